import { join, resolve } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { API } from '@sluice/contracts';
import { InvalidInput, Unavailable } from '@sluice/kernel';
import { writeSecretFile } from '../connection.js';
import type { ExamplePerson } from './example.js';
import type { UpOptions } from './options.js';
import { SupervisedProcess } from './supervised-process.js';

const SCRIPT = resolve(import.meta.dirname, '../../../server/dist/main.js');
const READY_WITHIN = 120_000;

interface ServerStart {
  readonly options: UpOptions;
  readonly url: string;
  readonly token: string;
  readonly people: readonly ExamplePerson[];
  readonly logs: string;
  readonly tell: (text: string) => void;
}

/** Starts the server and waits until it answers. @throws Unavailable when it ends or does not become ready; the log says why. */
export async function startServer(start: ServerStart): Promise<SupervisedProcess> {
  const { options, url, logs } = start;
  const logFile = join(logs, 'server.log');
  const bootstrap = join(options.data, 'bootstrap.json');
  await writeSecretFile(bootstrap, bootstrapOf(start));
  const failed: string[] = [];
  const state = { ready: false };
  const server = new SupervisedProcess({
    name: 'server',
    script: SCRIPT,
    logFile,
    environment: {
      SLUICE_DATA: options.data,
      SLUICE_HOST: options.host,
      SLUICE_PORT: String(options.port),
      SLUICE_PUBLIC_URL: url,
      SLUICE_BOOTSTRAP: bootstrap,
      ...(options.backing ? { SLUICE_DATABASE_URL: options.backing.database, SLUICE_REDIS_URL: options.backing.redis } : {}),
    },
    restart: true,
    onUnexpectedEnd: (detail) => {
      failed.push(detail);
      if (state.ready) start.tell(`the server has ended (${detail}); it is started again (log: ${logFile})`);
    },
  });
  server.start();
  const until = Date.now() + READY_WITHIN;
  while (!(await isReady(url))) {
    if (failed.length > 0 || Date.now() > until) {
      await server.stop();
      throw new Unavailable(`the server did not start (${failed[0] ?? 'no answer within two minutes'}): see ${logFile}`);
    }
    await pause(100);
  }
  state.ready = true;
  return server;
}

/** The first administrator: nobody else can be made before somebody can sign in. */
function bootstrapOf(start: ServerStart): unknown {
  const owner = start.people.find((person) => person.admin);
  if (!owner) throw new InvalidInput('the example has no administrator');
  const { name, displayName, emails, groups } = owner;
  return { admin: { name, displayName, emails, groups }, adminToken: start.token };
}

async function isReady(url: string): Promise<boolean> {
  const response = await fetch(new URL(API.ready.path, url), { signal: AbortSignal.timeout(5_000) }).catch(() => undefined);
  return response?.ok === true;
}
