import { randomBytes } from 'node:crypto';
import { mkdir, readFile, readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { createInterface } from 'node:readline/promises';
import { API } from '@sluice/contracts';
import { InvalidInput } from '@sluice/kernel';
import { lockFolder, onEnd } from '@sluice/runtime';
import { ApiClient } from '../api-client.js';
import { LOCAL_CONNECTION, writeSecretFile } from '../connection.js';
import type { Context } from '../context.js';
import { paint } from '../terminal.js';
import type { Terminal } from '../terminal.js';
import { startAgents } from './agents.js';
import { examplePeople } from './example.js';
import type { ExamplePerson } from './example.js';
import { checkPortIsFree } from './free-port.js';
import type { UpOptions } from './options.js';
import { stateFile } from './run-down.js';
import { seedRepository, startExample } from './seed.js';
import { startServer } from './server-process.js';
import type { SupervisedProcess } from './supervised-process.js';

/** Runs the whole system until it is told to end. */
export async function runUp(context: Context, options: UpOptions): Promise<void> {
  const { terminal } = context;
  await mkdir(options.data, { recursive: true, mode: 0o700 });
  const lock = await lockFolder(options.data);
  const children: SupervisedProcess[] = [];
  const stop = { asked: false };
  const ended = new Promise<void>((resolve) => {
    onEnd({}, () => {
      stop.asked = true;
      resolve();
    });
  });
  try {
    if (options.reset) await reset(terminal, options);
    await writeSecretFile(stateFile(options.data), { pid: process.pid });
    await Promise.race([bringUp(terminal, options, children), ended]);
    await ended;
    terminal.out('\nEnding …');
  } finally {
    await Promise.all(children.slice(1).map((child) => child.stop()));
    await children[0]?.stop();
    await rm(stateFile(options.data), { force: true });
    await lock.release();
  }
}

async function bringUp(terminal: Terminal, options: UpOptions, children: SupervisedProcess[]): Promise<void> {
  const began = Date.now();
  const step = (text: string): void => terminal.out(paint(terminal, 'dim', `[${((Date.now() - began) / 1000).toFixed(1).padStart(5)} s] `) + text);
  const logs = join(options.data, 'logs');
  await mkdir(logs, { recursive: true, mode: 0o700 });
  await checkPortIsFree(options.port, options.host);
  const people = await examplePeople();
  const token = await ownToken(options.data);
  step(`starting the server on ${options.backing ? 'PostgreSQL and Redis' : 'the embedded database'} (log: ${join(logs, 'server.log')})`);
  const url = `http://${options.host === '0.0.0.0' ? '127.0.0.1' : options.host}:${options.port}`;
  children.push(await startServer({ options, url, token, people, logs, tell: step }));
  const client = new ApiClient({ url, token });
  for (const { role: _role, ...person } of people) await client.call(API.savePerson, { body: person });
  step('preparing the repository');
  const repository = await seedRepository(client, options, token);
  step('starting an agent for each environment');
  children.push(...(await startAgents({ client, options, repository: repository.id, url, logs, tell: step })));
  if (options.example) await startExample(client, repository, token, step);
  await writeSecretFile(join(options.data, 'connection.json'), { url, token, repository: repository.gitUrl });
  await announce(terminal, { client, url, people, options, repository: repository.gitUrl });
}

/** The token of the person who started this; it stays the same over restarts. */
async function ownToken(data: string): Promise<string> {
  const text = await readFile(join(data, 'connection.json'), 'utf8').catch(() => undefined);
  const known = text === undefined ? undefined : LOCAL_CONNECTION.safeParse(safeJson(text));
  return known?.success ? known.data.token : `slt_${randomBytes(32).toString('base64url')}`;
}

function safeJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** Deletes what `up` keeps, and only that: a folder that does not look like ours is left alone. */
async function reset(terminal: Terminal, options: UpOptions): Promise<void> {
  const known = new Set(['database', 'repositories', 'mirrors', 'agents', 'targets', 'logs', 'connection.json', 'up.json', 'bootstrap.json', '.lock', 'server']);
  const found = await readdir(options.data);
  const foreign = found.filter((name) => !known.has(name));
  if (foreign.length > 0) throw new InvalidInput(`${options.data} holds files that are not Sluice's (${foreign.slice(0, 3).join(', ')}): --reset will not delete it`);
  if (found.length > 0 && !options.yes) await confirm(terminal, options.data);
  for (const name of found) await rm(join(options.data, name), { recursive: true, force: true });
}

async function confirm(terminal: Terminal, data: string): Promise<void> {
  if (!process.stdin.isTTY) throw new InvalidInput('--reset deletes everything: add --yes to do it without being asked');
  const prompt = createInterface({ input: process.stdin, output: process.stdout });
  const answer = await prompt.question(`Delete everything in ${data}: repositories, history, targets? [y/N] `);
  prompt.close();
  if (!/^y(es)?$/i.test(answer.trim())) throw new InvalidInput('nothing was deleted');
  terminal.out('Starting over.');
}

interface Announcement {
  readonly client: ApiClient;
  readonly url: string;
  readonly people: readonly ExamplePerson[];
  readonly options: UpOptions;
  readonly repository: string;
}

async function announce(terminal: Terminal, { client, url, people, options, repository }: Announcement): Promise<void> {
  terminal.out('');
  terminal.out(`Dashboard   ${paint(terminal, 'bold', url)}`);
  terminal.out(`Repository  ${repository}  (user: anything, password: the token in ${join(options.data, 'connection.json')})`);
  terminal.out(`Targets     ${join(options.data, 'targets')}`);
  for (const person of people) {
    const link = await client.call(API.createLoginLink, { body: { person: person.name } });
    terminal.out(`Sign in as ${person.displayName}, once, within 10 minutes (another: sluice login --link --person ${person.name}):\n  ${link.url}`);
  }
  terminal.out('');
  terminal.out(`Sluice is ready: ${url}`);
  terminal.out(paint(terminal, 'dim', 'Ctrl-C or `sluice down` ends it.'));
}
