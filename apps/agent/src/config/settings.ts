import { homedir } from 'node:os';
import { join } from 'node:path';
import { labelsProblem, parseLabels } from '@sluice/kernel';
import { parseEnvironment } from '@sluice/runtime';
import { z } from 'zod';
import { parseAllowedTests } from './allowed-tests.js';
import { absolute, duration, program } from './fields.js';
import { missingOfTarget, TARGET_SETTINGS, targetOf } from './target-settings.js';

const flag = z.enum(['true', 'false', '1', '0']).transform((text) => text === 'true' || text === '1');
const webUrl = z
  .url({ protocol: /^https?$/, error: 'an http or https URL' })
  .refine((text) => !text.includes('@') || new URL(text).username === '', 'a URL without a user or a password in it')
  .transform((text) => text.replace(/\/+$/, ''));
const allowedTests = z.string().transform((text, context) => {
  const tests = parseAllowedTests(text);
  if (!tests) context.addIssue({ code: 'custom', message: 'a JSON map of names and commands: {"smoke": ["./smoke.sh"]}' });
  return tests ?? [];
});

const labels = z.string().transform((text, context) => {
  const parsed = parseLabels(text);
  const problem = parsed ? labelsProblem(parsed) : 'labels like canary=true,region=eu';
  if (problem !== undefined) context.addIssue({ code: 'custom', message: problem });
  return parsed ?? {};
});

const settings = z
  .object({
    /** Needed until the agent is enrolled; afterwards it says where the server moved to. */
    SLUICE_SERVER_URL: webUrl.optional(),
    SLUICE_JOIN_TOKEN: z.string().min(20).max(200).optional(),
    SLUICE_JOIN_TOKEN_FILE: absolute.optional(),
    /** What waves select the cluster by, from its enrolment on; its token and operators know better. */
    SLUICE_LABELS: labels.optional(),
    SLUICE_AGENT_DATA: absolute.default(join(homedir(), '.local', 'share', 'sluice-agent')),
    ...TARGET_SETTINGS,
    /** Where to fetch from instead of what the control plane says: a locally pinned repository. */
    SLUICE_GIT_URL: webUrl.optional(),
    /** What that repository is read with, when it is not the server's: only there, never where the server says that git is. */
    SLUICE_GIT_TOKEN_FILE: absolute.optional(),
    /** Or a folder as a mounted Secret is: `token` or `password`, and `username` where the forge wants a certain one. */
    SLUICE_GIT_CREDENTIAL_DIR: absolute.optional(),
    SLUICE_GIT_USER: z.string().regex(/^[^:\s]{1,200}$/, 'a user name without colons and spaces').default('sluice'),
    SLUICE_ADOPT: flag.default(false),
    SLUICE_ALLOW_EMPTY: flag.default(false),
    SLUICE_SYNC_INTERVAL: duration(1_000, 3_600_000).default(60_000),
    SLUICE_HEARTBEAT_INTERVAL: duration(200, 300_000).default(15_000),
    /** Tests that this agent may run for its server; beside the command after a change the only ones that it ever runs. */
    SLUICE_ALLOWED_TESTS: allowedTests.default([]),
    SLUICE_AFTER_CHANGE: program.optional(),
    SLUICE_AFTER_CHANGE_TIMEOUT: duration(100, 3_600_000).default(60_000),
    /** Where probes ask how the agent does; without it nobody can. */
    SLUICE_HEALTH_PORT: z.coerce.number().int().min(1).max(65_535).optional(),
    SLUICE_HEALTH_HOST: z.union([z.ipv4(), z.ipv6()], { error: 'an address of this machine' }).optional(),
    SLUICE_LOG_LEVEL: z.enum(['debug', 'info', 'warn', 'error', 'silent']).default('info'),
    SLUICE_PARENT: z.literal('stdin').optional(),
  })
  .superRefine((env, context) => {
    const missing = missingOfTarget(env);
    if (missing) context.addIssue({ code: 'custom', path: [missing.path], message: missing.message });
    const wrong = gitProblem(env);
    if (wrong) context.addIssue({ code: 'custom', path: [wrong.path], message: wrong.message });
    if (env.SLUICE_TARGET !== 'directory' && env.SLUICE_AFTER_CHANGE) context.addIssue({ code: 'custom', path: ['SLUICE_AFTER_CHANGE'], message: 'only a target of files has a command after a change' });
  })
  .transform((env) => ({
    serverUrl: env.SLUICE_SERVER_URL,
    joinToken: env.SLUICE_JOIN_TOKEN,
    joinTokenFile: env.SLUICE_JOIN_TOKEN_FILE,
    labels: env.SLUICE_LABELS,
    dataFolder: env.SLUICE_AGENT_DATA,
    target: targetOf(env),
    git: env.SLUICE_GIT_URL === undefined ? undefined : { url: env.SLUICE_GIT_URL, user: env.SLUICE_GIT_USER, tokenFile: env.SLUICE_GIT_TOKEN_FILE, credentialFolder: env.SLUICE_GIT_CREDENTIAL_DIR },
    adopt: env.SLUICE_ADOPT,
    allowEmpty: env.SLUICE_ALLOW_EMPTY,
    /** Milliseconds, as all of them. */
    syncInterval: env.SLUICE_SYNC_INTERVAL,
    heartbeatInterval: env.SLUICE_HEARTBEAT_INTERVAL,
    allowedTests: env.SLUICE_ALLOWED_TESTS,
    afterChange: env.SLUICE_AFTER_CHANGE,
    afterChangeTimeout: env.SLUICE_AFTER_CHANGE_TIMEOUT,
    healthAddress: env.SLUICE_HEALTH_PORT === undefined ? undefined : { port: env.SLUICE_HEALTH_PORT, host: env.SLUICE_HEALTH_HOST },
    logLevel: env.SLUICE_LOG_LEVEL,
    parent: env.SLUICE_PARENT,
  }));

interface GitSettings {
  readonly SLUICE_GIT_URL?: string | undefined;
  readonly SLUICE_GIT_TOKEN_FILE?: string | undefined;
  readonly SLUICE_GIT_CREDENTIAL_DIR?: string | undefined;
}

/** A credential of this machine is for one repository, and there is one of it. */
function gitProblem(env: GitSettings): { readonly path: string; readonly message: string } | undefined {
  const given = (['SLUICE_GIT_TOKEN_FILE', 'SLUICE_GIT_CREDENTIAL_DIR'] as const).filter((name) => env[name] !== undefined);
  const [one, other] = given;
  if (other !== undefined) return { path: other, message: `leave it out, or ${one}: they are two ways to say the same` };
  if (one === undefined || env.SLUICE_GIT_URL !== undefined) return undefined;
  return { path: 'SLUICE_GIT_URL', message: `set it to the repository that the token of ${one} is for` };
}

export type Settings = z.output<typeof settings>;

/** @throws InvalidEnvironment naming every setting that is missing or wrong. */
export function readSettings(environment: Readonly<Record<string, string | undefined>>): Settings {
  return parseEnvironment(settings, environment);
}
