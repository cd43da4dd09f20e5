import { join, resolve } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { API } from '@sluice/contracts';
import { InvalidInput, Unavailable } from '@sluice/kernel';
import { writeSecretFile } from '../connection.js';
import { hostsOf } from './addresses.js';
import { encryptionKey } from './encryption-key.js';
import { lastWords } from './last-words.js';
import { freshLog } from './log-file.js';
import type { LocalPerson } from './people.js';
import type { Run } from './run.js';

const SCRIPT = resolve(import.meta.dirname, '../../../server/dist/main.js');
const READY_WITHIN = 120_000;
const TELL_AFTER = 10_000;
const HANDED_ON = ['SLUICE_OUTBOUND_ALLOW', 'SLUICE_SMTP_URL', 'SLUICE_SMTP_STARTTLS', 'SLUICE_MAIL_FROM', 'SLUICE_NOTIFY_DEFAULT', 'SLUICE_IMAGE_INTERVAL', 'SLUICE_REMOTE_SWEEP_SECONDS', 'SLUICE_AUDIT_SINK', 'SLUICE_AUDIT_RETENTION_DAYS'];
/** Of these there may be more in a later version: secrets that gates sign with, and the provider of identities. */
const HANDED_ON_ALL = ['SLUICE_GATE_SECRET_', 'SLUICE_OIDC_'];
/** What no waiting mends. */
const REFUSED = /refuses the login/;

/** What is known while the server starts, and whenever it falls over. */
interface Watched {
  ready: boolean;
  ended?: string;
}

/** Starts the server and waits until it answers. @throws Unavailable when it ends or does not become ready, with what it said last. */
export async function startServer(run: Run, token: string, people: readonly LocalPerson[]): Promise<void> {
  const { options, addresses } = run;
  const logFile = await freshLog(run.logs, 'server');
  const bootstrap = join(options.data, 'bootstrap.json');
  await writeSecretFile(bootstrap, bootstrapOf(token, people));
  const watched: Watched = { ready: false };
  run.processes.start({
    script: SCRIPT,
    logFile,
    environment: {
      SLUICE_DATA: options.data,
      SLUICE_HOST: options.host,
      SLUICE_PORT: String(options.port),
      SLUICE_PUBLIC_URL: addresses.url,
      SLUICE_ALLOWED_HOSTS: hostsOf(addresses).join(','),
      SLUICE_BOOTSTRAP: bootstrap,
      SLUICE_ENCRYPTION_KEY: await encryptionKey(options.data, process.env),
      ...serverSettings(process.env),
      ...(options.backing ? { SLUICE_DATABASE_URL: options.backing.database, SLUICE_REDIS_URL: options.backing.redis, SLUICE_DATABASE_WAIT_SECONDS: '10' } : {}),
    },
    onUnexpectedEnd: (detail) => {
      watched.ended = detail;
      if (watched.ready) void tellOfRestart(run, detail, logFile);
    },
  });
  await untilReady(run, watched, logFile);
  watched.ready = true;
}

/** What gates and image updates may ask and how often, secrets that gates sign with, and by whom people sign in, are the server's own business: they are handed on as they are. */
function serverSettings(environment: Readonly<Record<string, string | undefined>>): Record<string, string> {
  const names = Object.keys(environment).filter((name) => HANDED_ON.includes(name) || HANDED_ON_ALL.some((start) => name.startsWith(start)));
  return Object.fromEntries(names.map((name) => [name, environment[name] ?? '']));
}

async function untilReady(run: Run, watched: Watched, logFile: string): Promise<void> {
  const began = Date.now();
  let told = began;
  for (let state = await readiness(run); state !== 'ready'; state = await readiness(run)) {
    if (watched.ended !== undefined) throw new Unavailable(`the server did not start: ${(await lastWords(logFile)) ?? watched.ended} (log: ${logFile})`);
    if (REFUSED.test(state)) throw new Unavailable(`the server cannot work: ${state} (log: ${logFile})`);
    if (Date.now() - began > READY_WITHIN) throw new Unavailable(`the server is not ready after two minutes: ${state} (log: ${logFile})`);
    if (Date.now() - told > TELL_AFTER) {
      told = Date.now();
      run.tell(`still waiting: ${state}`);
    }
    await pause(100, undefined, { signal: run.signal });
  }
}

/** `ready`, or what is missing. */
async function readiness({ addresses, signal }: Run): Promise<string> {
  const response = await fetch(new URL(API.ready.path, addresses.url), { signal: AbortSignal.any([signal, AbortSignal.timeout(5_000)]) }).catch(() => undefined);
  if (!response) return 'it does not answer yet';
  if (response.ok) return 'ready';
  const health = API.ready.reply.safeParse(await response.json().catch(() => undefined));
  const reasons = health.success ? Object.values(health.data.reasons ?? {}) : [];
  return reasons.length === 0 ? `it answers ${response.status}` : reasons.join('; ');
}

async function tellOfRestart(run: Run, detail: string, logFile: string): Promise<void> {
  run.tell(`the server has ended (${detail}); it is started again (log: ${logFile})`);
  try {
    while ((await readiness(run)) !== 'ready') await pause(200, undefined, { signal: run.signal });
    run.tell('the server answers again');
  } catch {
    // it is to end
  }
}

/** The first administrator: nobody else can be made before somebody can sign in. */
function bootstrapOf(token: string, people: readonly LocalPerson[]): unknown {
  const owner = people.find((person) => person.admin);
  if (!owner) throw new InvalidInput('nobody is an administrator');
  const { name, displayName, emails, groups } = owner;
  return { admin: { name, displayName, emails, groups }, adminToken: token };
}
