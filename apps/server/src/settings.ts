import { isAbsolute, resolve } from 'node:path';
import { parseDuration, present } from '@sluice/kernel';
import { InvalidEnvironment, parseEnvironment, SecretBox } from '@sluice/runtime';
import { z } from 'zod';
import { NOTIFY_FIELDS, notifyIn, type NotifyEnvironment } from './notify-settings.js';
import { OIDC_FIELDS, oidcIn, type OidcSettings } from './oidc-settings.js';

export const ROLES = ['api', 'worker', 'forge'] as const;
export type ServerRole = (typeof ROLES)[number];

const list = z.string().transform((text) => text.split(',').map((part) => part.trim()).filter(Boolean));

const fields = z.object({
  SLUICE_ROLES: list.pipe(z.array(z.enum(ROLES)).min(1)).default([...ROLES]),
  SLUICE_DATA: z.string({ error: 'set it to the folder that the server keeps its data in' }).transform((path) => (isAbsolute(path) ? path : resolve(path))),
  SLUICE_HOST: z.string().default('127.0.0.1'),
  SLUICE_PORT: z.coerce.number().int().min(0).max(65_535).default(8080),
  SLUICE_PUBLIC_URL: z.url({ protocol: /^https?$/, error: 'the URL under which people reach the server, such as https://sluice.example.org' }).optional(),
  SLUICE_ALLOWED_HOSTS: list.default([]),
  SLUICE_TRUST_PROXY: z.enum(['true', 'false']).default('false').transform((text) => text === 'true'),
  SLUICE_DATABASE_URL: connection(['postgres:', 'postgresql:']).optional(),
  SLUICE_REDIS_URL: connection(['redis:', 'rediss:']).optional(),
  SLUICE_DATABASE_WAIT_SECONDS: duration(60, 0),
  // a folder that a new embedded database is copied from (made when it is missing): many servers start one after the other in tests
  SLUICE_DATABASE_TEMPLATE: z.string().optional(),
  SLUICE_LOG_LEVEL: z.enum(['debug', 'info', 'warn', 'error', 'silent']).default('info'),
  SLUICE_PARENT: z.literal('stdin', { error: "only 'stdin': the server ends when its standard input closes" }).optional(),
  SLUICE_DASHBOARD: z.string().optional(),
  SLUICE_BOOTSTRAP: z.string().optional(),
  SLUICE_CONCURRENCY: z.coerce.number().int().min(1).max(64).default(4),
  SLUICE_SWEEP_SECONDS: duration(30, 1),
  SLUICE_IMAGE_INTERVAL: imageInterval('5m'),
  SLUICE_OUTBOUND_ALLOW: list.pipe(z.array(z.union([z.cidrv4(), z.cidrv6()], { error: 'networks such as 10.0.0.0/8 or fd00::/8, with commas between them' }))).default([]),
  SLUICE_ENCRYPTION_KEY: list.pipe(z.array(z.string().refine(isKey, 'keys of 32 random bytes in base64, the newest first, with commas between them: make one with `openssl rand -base64 32`'))).default([]),
  SLUICE_REMOTE_SWEEP_SECONDS: duration(300, 1),
  SLUICE_AUDIT_SINK: z.string().optional(),
  SLUICE_AUDIT_RETENTION_DAYS: z.coerce.number().int().min(1).max(36_500).optional(),
  SLUICE_RATE_LIMIT: z.coerce.number().int().min(1).default(3_000),
  ...OIDC_FIELDS,
  ...NOTIFY_FIELDS,
});

/** Variables that begin so are secrets that gates sign with. */
const GATE_SECRET = 'SLUICE_GATE_SECRET_';

/** Every variable that the server reads, and what those begin with of which there may be any number. */
export const VARIABLES: readonly string[] = [...Object.keys(fields.shape), GATE_SECRET];

const schema = fields.refine((found) => (found.SLUICE_DATABASE_URL === undefined) === (found.SLUICE_REDIS_URL === undefined), {
  message: 'SLUICE_DATABASE_URL and SLUICE_REDIS_URL belong together: set both to run on PostgreSQL and Redis, or neither to run on the embedded database',
});

function connection(protocols: readonly string[]) {
  return z.string().refine((text) => protocols.includes(protocolOf(text)), `a URL that starts with ${protocols.map((protocol) => `${protocol}//`).join(' or ')}`);
}

function isKey(text: string): boolean {
  try {
    return !new SecretBox([text]).isEmpty;
  } catch {
    return false;
  }
}

/** Given in seconds, kept in milliseconds. */
function duration(seconds: number, min: number) {
  return z.coerce.number().min(min).max(86_400).default(seconds).transform((value) => value * 1_000);
}

/** A length of time as pipelines have it, kept in milliseconds. */
function imageInterval(byDefault: string) {
  const isSensible = (text: string): boolean => (parseDuration(text) ?? 0) >= 10_000 && (parseDuration(text) ?? Infinity) <= 86_400_000;
  return z.string().default(byDefault).refine(isSensible, 'a length of time from 10s to 24h, such as 5m').transform((text) => parseDuration(text) ?? 0);
}

/** What a server process is started with. Times in milliseconds. */
export interface Settings {
  readonly roles: ReadonlySet<ServerRole>;
  readonly dataFolder: string;
  readonly host: string;
  readonly port: number;
  /** Without a slash at the end. */
  readonly publicUrl: string;
  /** `host:port` values of the Host header that are served; others may be DNS rebinding. */
  readonly allowedHosts: ReadonlySet<string>;
  readonly trustProxy: boolean;
  readonly backing: Backing;
  readonly logLevel: 'debug' | 'info' | 'warn' | 'error' | 'silent';
  readonly parent?: 'stdin';
  readonly dashboardFolder: string;
  readonly bootstrapFile?: string;
  /** Lanes and, beside them, environments that this process works on at a time. */
  readonly concurrency: number;
  readonly sweepInterval: number;
  /** How often repositories on forges over the network are looked at when nobody tells of a change. */
  readonly remoteSweepInterval: number;
  /** What secrets of others are sealed with. */
  readonly secrets: SecretBox;
  /** How often registries are asked for newer images. */
  readonly imageInterval: number;
  /** A file that signed heads of the audit are appended to. */
  readonly auditSink?: string;
  /** Days for which entries of the audit are kept; absent: for good. */
  readonly auditRetention?: number;
  /** Requests a minute for one credential or, without one, one address. */
  readonly rateLimit: number;
  /** Networks beside the public ones that gates may ask. */
  readonly outboundAllow: readonly string[];
  /** What `http` gates sign with, by the name that a pipeline has for it. */
  readonly gateSecrets: ReadonlyMap<string, string>;
  /** Who is told by the server itself, and by which mail server. */
  readonly notify: NotifyEnvironment;
  /** By whom people sign in, beside login links. */
  readonly oidc?: OidcSettings;
}

/** The two supported combinations. */
export type Backing = { readonly kind: 'embedded'; readonly template?: string } | { readonly kind: 'postgres+redis'; readonly databaseUrl: string; readonly databaseWait: number; readonly redisUrl: string };

/** @throws InvalidEnvironment naming every variable that is wrong. */
export function readSettings(environment: Readonly<Record<string, string | undefined>>): Settings {
  const found = parseEnvironment(schema, environment);
  const { SLUICE_PARENT: parent, SLUICE_BOOTSTRAP: bootstrapFile } = found;
  const publicUrl = (found.SLUICE_PUBLIC_URL ?? `http://${urlHost(found.SLUICE_HOST)}:${found.SLUICE_PORT}`).replace(/\/+$/, '');
  const oidc = oidcIn(found);
  if (new URL(publicUrl).pathname !== '/') throw new InvalidEnvironment(['SLUICE_PUBLIC_URL: a path in it is not supported: give the server a host name of its own']);
  return {
    roles: new Set(found.SLUICE_ROLES),
    dataFolder: found.SLUICE_DATA,
    host: found.SLUICE_HOST,
    port: found.SLUICE_PORT,
    publicUrl,
    allowedHosts: new Set([new URL(publicUrl).host, ...localHosts(found.SLUICE_PORT), ...found.SLUICE_ALLOWED_HOSTS.map((host) => host.toLowerCase())]),
    trustProxy: found.SLUICE_TRUST_PROXY,
    backing: backingOf(found),
    logLevel: found.SLUICE_LOG_LEVEL,
    ...(parent && { parent }),
    dashboardFolder: resolve(found.SLUICE_DASHBOARD ?? resolve(import.meta.dirname, '../../dashboard/dist')),
    ...(bootstrapFile !== undefined && { bootstrapFile: resolve(bootstrapFile) }),
    concurrency: found.SLUICE_CONCURRENCY,
    sweepInterval: found.SLUICE_SWEEP_SECONDS,
    remoteSweepInterval: found.SLUICE_REMOTE_SWEEP_SECONDS,
    secrets: new SecretBox(found.SLUICE_ENCRYPTION_KEY),
    imageInterval: found.SLUICE_IMAGE_INTERVAL,
    ...present({ auditSink: found.SLUICE_AUDIT_SINK === undefined ? undefined : resolve(found.SLUICE_AUDIT_SINK), auditRetention: found.SLUICE_AUDIT_RETENTION_DAYS }),
    rateLimit: found.SLUICE_RATE_LIMIT,
    outboundAllow: found.SLUICE_OUTBOUND_ALLOW,
    gateSecrets: gateSecretsIn(environment),
    notify: notifyIn(found),
    ...(oidc && { oidc }),
  };
}

function gateSecretsIn(environment: Readonly<Record<string, string | undefined>>): ReadonlyMap<string, string> {
  const names = Object.keys(environment).filter((name) => name.startsWith(GATE_SECRET));
  return new Map(names.map((name) => [name.slice(GATE_SECRET.length), environment[name] ?? '']));
}

function backingOf(found: z.output<typeof schema>): Backing {
  const { SLUICE_DATABASE_URL: databaseUrl, SLUICE_DATABASE_WAIT_SECONDS: databaseWait, SLUICE_REDIS_URL: redisUrl, SLUICE_DATABASE_TEMPLATE: template } = found;
  if (databaseUrl !== undefined && redisUrl !== undefined) return { kind: 'postgres+redis', databaseUrl, databaseWait, redisUrl };
  return { kind: 'embedded', ...(template !== undefined && { template }) };
}

function protocolOf(text: string): string {
  return URL.canParse(text) ? new URL(text).protocol : '';
}

function urlHost(host: string): string {
  if (host === '0.0.0.0' || host === '::') return 'localhost';
  return host.includes(':') ? `[${host}]` : host;
}

function localHosts(port: number): readonly string[] {
  return ['localhost', '127.0.0.1', '[::1]'].map((host) => `${host}:${port}`);
}
