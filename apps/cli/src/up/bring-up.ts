import { randomBytes } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { API } from '@sluice/contracts';
import { ApiClient } from '../api-client.js';
import { LOCAL_CONNECTION, writeSecretFile } from '../connection.js';
import type { Context } from '../context.js';
import { paint } from '../terminal.js';
import type { Terminal } from '../terminal.js';
import { addressesOf } from './addresses.js';
import { LocalAgents } from './agents.js';
import { announce } from './announce.js';
import { checkServices } from './check-services.js';
import { makeFolder, readNotes, writeNotes } from './data-folder.js';
import { checkPortIsFree } from './free-port.js';
import { firstPeople } from './people.js';
import type { LocalPerson } from './people.js';
import type { Run, ServedRun } from './run.js';
import { existing, seedRepository, startExample } from './seed.js';
import type { SeededRepository } from './seed.js';
import { startServer } from './server-process.js';
import { checkSlack, startSlackBot } from './slack-bot.js';
import { fetchSource } from './source-repository.js';
import type { FetchedRepository } from './source-repository.js';

/** Starts everything, step by step; the processes are for the caller to end, also when it fails. Begins the first start again where an earlier one was broken off. */
export async function bringUp({ terminal, folder }: Context, start: Pick<Run, 'options' | 'processes' | 'signal'>): Promise<void> {
  const { options } = start;
  const stored = await readNotes(options.data, options);
  await checkPortIsFree(options.port, options.host);
  await checkServices(options);
  const run: Run = { ...start, tell: teller(terminal), addresses: addressesOf(options.host, options.port), logs: join(options.data, 'logs') };
  const slack = await checkSlack(run);
  const source = await sourceOf(run, stored.seeded);
  try {
    // who was made at the first start; before that was noted, it was always the example's people
    const people = stored.people ?? (await firstPeople({ ...options, example: options.example || stored.seeded }));
    // before the server makes anything: a folder with a database and no notes would be one whose first start is over
    await writeNotes(options.data, stored);
    const notes = { ...stored, people };
    const served = await serve(run, people);
    await writeNotes(options.data, notes);
    run.tell('preparing the repository');
    const repository = (notes.seeded ? await existing(served) : undefined) ?? (await seedRepository(served, source));
    const environments = await startAgents(served, repository);
    await startSlackBot(served, slack);
    if (options.example && !notes.seeded) await startExample(served, repository);
    await writeNotes(options.data, { ...notes, seeded: true });
    await announce(terminal, served, { people, repository, environments, folder });
  } finally {
    await source?.remove();
  }
}

function teller(terminal: Terminal): Run['tell'] {
  const began = Date.now();
  return (text) => terminal.out(paint(terminal, 'dim', `[${((Date.now() - began) / 1000).toFixed(1).padStart(5)} s] `) + text);
}

/** Before anything is started: a wrong address must leave nothing behind. */
async function sourceOf({ options, signal, tell }: Run, seeded: boolean): Promise<FetchedRepository | undefined> {
  if (!options.repository) return undefined;
  if (seeded) {
    tell('--repository counts at the first start only: this folder has its repository already (--reset starts over)');
    return undefined;
  }
  tell(`fetching ${options.repository.url}`);
  return fetchSource(options.repository, signal);
}

async function serve(run: Run, people: readonly LocalPerson[]): Promise<ServedRun> {
  const { options, addresses } = run;
  const token = await ownToken(options.data);
  await makeFolder(run.logs);
  run.tell(`starting the server on ${options.backing ? 'PostgreSQL and Redis' : 'the embedded database'} (log: ${join(run.logs, 'server.log')})`);
  await startServer(run, token, people);
  const client = new ApiClient({ url: addresses.url, token });
  // whoever is there stays as an admin has left them
  const { items } = await client.call(API.people);
  const missing = people.filter(({ name }) => items.every((person) => person.name !== name));
  for (const person of missing) await client.call(API.savePerson, { body: person });
  return { ...run, client, token };
}

async function startAgents(run: ServedRun, repository: SeededRepository): Promise<readonly string[]> {
  const agents = new LocalAgents(run, repository.id);
  run.tell('starting an agent for each environment');
  const environments = await agents.start();
  await writeSecretFile(join(run.options.data, 'connection.json'), { url: run.addresses.url, token: run.token, repository: repository.gitUrl });
  void agents.follow();
  return environments;
}

/** The token of the person who started this; it stays the same over restarts. */
async function ownToken(data: string): Promise<string> {
  const text = await readFile(join(data, 'connection.json'), 'utf8').catch(() => undefined);
  const parsed = text === undefined ? undefined : LOCAL_CONNECTION.safeParse(safeJson(text));
  return parsed?.success ? parsed.data.token : `slt_${randomBytes(32).toString('base64url')}`;
}

function safeJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
