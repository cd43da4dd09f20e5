import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Unavailable } from '@sluice/kernel';
import { createLogger, createMetrics } from '@sluice/runtime';
import { embeddedTemplate, freePort, type Services } from '@sluice/testing';
import { applyBootstrap } from './bootstrap.js';
import { assemblePorts, type OpenReaders } from './compose/assemble-ports.js';
import type { Ports } from './compose/ports.js';
import { startServer, type RunningServer } from './server.js';
import { readSettings } from './settings.js';

export interface Answer {
  readonly status: number;
  readonly headers: Headers;
  /** Parsed when it is JSON. */
  readonly body: unknown;
}

export interface CallOptions {
  readonly token?: string;
  readonly body?: unknown;
  readonly headers?: Record<string, string>;
}

/** A whole server over real HTTP, on the services of a combination. */
export interface TestServer {
  readonly url: string;
  readonly dataFolder: string;
  readonly adminToken: string;
  readonly ports: Ports;
  readonly server: RunningServer;
  readonly logged: readonly string[];
  call(method: string, path: string, options?: CallOptions): Promise<Answer>;
  stop(): Promise<void>;
}

/** A new embedded database takes some seconds, and many on a busy machine. */
export const START_TIMEOUT = 120_000;

const ADMIN_TOKEN = `slt_${'a'.repeat(43)}`;
const ADMIN = { name: 'ada', displayName: 'Ada', emails: ['ada@example.org'], groups: ['owners'] };

/** For suites that are about HTTP alone: one combination is enough, and this one is everywhere. */
export const ON_EMBEDDED: Services = { kind: 'embedded', folder: '', template: embeddedTemplate(), stop: () => Promise.resolve() };

/** Repositories that nobody can read: for tests that need no content. */
const unreadable: OpenReaders = () => {
  const refuse = (): Promise<never> => Promise.reject(new Unavailable('there is no git here'));
  return { mirrors: { open: refuse, withPack: refuse }, reader: { parsePipeline: refuse, compose: refuse, diff: refuse, findRoots: refuse, evaluatePolicy: refuse, findSecrets: refuse, findImages: refuse, updateImages: refuse, takeOver: refuse }, closings: [] };
};

export async function startTestServer(services: Services, options: { readonly environment?: Record<string, string>; readonly openReaders?: OpenReaders } = {}): Promise<TestServer> {
  const folder = await mkdtemp(join(tmpdir(), 'sluice-server-'));
  const settings = readSettings({ SLUICE_DATA: folder, SLUICE_PORT: String(await freePort()), SLUICE_ROLES: 'api,forge', SLUICE_DASHBOARD: join(folder, 'dashboard'), ...servicesOf(services), ...options.environment });
  const logged: string[] = [];
  const log = createLogger({ name: 'test', level: 'debug', destination: { write: (line) => void logged.push(line) } });
  const ports = await assemblePorts(settings, log, options.openReaders ?? unreadable);
  const bootstrap = join(folder, 'bootstrap.json');
  await writeFile(bootstrap, JSON.stringify({ admin: ADMIN, adminToken: ADMIN_TOKEN }), { mode: 0o600 });
  await applyBootstrap(bootstrap, ports);
  const server = await startServer({ settings, ports, log, metrics: createMetrics() });
  return {
    url: settings.publicUrl,
    dataFolder: folder,
    adminToken: ADMIN_TOKEN,
    ports,
    server,
    logged,
    call: (method, path, callOptions) => call(`${settings.publicUrl}${path}`, method, callOptions),
    stop: async () => {
      await server.close();
      await rm(folder, { recursive: true, force: true });
    },
  };
}

async function call(url: string, method: string, { token, body, headers = {} }: CallOptions = {}): Promise<Answer> {
  const response = await fetch(url, {
    method,
    redirect: 'manual',
    headers: { ...(token && { authorization: `Bearer ${token}` }), ...(body !== undefined && { 'content-type': 'application/json' }), ...headers },
    ...(body !== undefined && { body: typeof body === 'string' ? body : JSON.stringify(body) }),
  });
  const text = await response.text();
  const isJson = /[/+]json/.test(response.headers.get('content-type') ?? '');
  return { status: response.status, headers: response.headers, body: isJson ? JSON.parse(text) : text };
}

function servicesOf(services: Services): Record<string, string> {
  return services.kind === 'embedded' ? { SLUICE_DATABASE_TEMPLATE: services.template } : { SLUICE_DATABASE_URL: services.databaseUrl, SLUICE_REDIS_URL: services.redis.url };
}
