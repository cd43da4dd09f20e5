import { setTimeout as pause } from 'node:timers/promises';
import { API } from '@sluice/contracts';
import type { Matrix } from '@sluice/contracts';
import { hasBranches, pushExample, pushExampleChange } from './example.js';
import type { GitRemote } from './example.js';
import { repositoryName } from './options.js';
import type { ServedRun } from './run.js';
import { pushSource } from './source-repository.js';
import type { FetchedRepository } from './source-repository.js';

const READ_WITHIN = 60_000;
const BROKEN_AFTER = 10_000;

export interface SeededRepository {
  readonly id: string;
  readonly gitUrl: string;
}

/**
 * Makes the repository at the first start: the example's, the branches of another one (`source`), or an empty one. Can be done again after it was broken off: what is there stays.
 */
export async function seedRepository(run: ServedRun, source: FetchedRepository | undefined): Promise<SeededRepository> {
  const { client, options, signal } = run;
  const { id, gitUrl } = (await existing(run)) ?? (await client.call(API.createRepository, { body: { id: repositoryName(options), configBranch: source?.configBranch ?? 'main', mergeMethod: options.mergeMethod } }));
  const remote = remoteOf(gitUrl, run.token);
  if (!source && !options.example) return { id, gitUrl };
  if (!(await hasBranches(remote, signal))) await (source ? pushSource(source, remote, signal) : pushExample(remote, signal));
  await pipelineRead(run, id, options.example ? READ_WITHIN : BROKEN_AFTER);
  return { id, gitUrl };
}

/** The repository of an earlier start. */
export async function existing({ client }: Pick<ServedRun, 'client'>): Promise<SeededRepository | undefined> {
  return (await client.call(API.repositories)).items[0];
}

/** Pushes the first change of the example, so that there is something on its way. */
export async function startExample(run: ServedRun, repository: SeededRepository): Promise<void> {
  run.tell('recording what the environments have in common');
  await allInSync(run, repository.id);
  run.tell('pushing a first change to dev');
  await pushExampleChange(remoteOf(repository.gitUrl, run.token), run.signal);
}

function remoteOf(url: string, token: string): GitRemote {
  return { url, credential: { username: 'token', password: token } };
}

/**
 * Waits until the server has read the pipeline file. One with errors is shown in the dashboard and does not keep the system from running; findings count only after a while,
 * since the first ones are about the repository as it was before the push.
 */
async function pipelineRead(run: ServedRun, repository: string, brokenAfter: number): Promise<void> {
  const began = Date.now();
  for (; Date.now() - began < READ_WITHIN; await pause(100, undefined, { signal: run.signal })) {
    const matrix = await matrixOf(run, repository).catch(() => undefined);
    if (matrix && matrix.environments.length > 0) return;
    const [finding] = matrix?.diagnostics ?? [];
    if (finding && Date.now() - began > brokenAfter) return run.tell(`the pipeline file is not right: sluice.yaml:${finding.line}:${finding.column}: ${finding.message}`);
  }
  run.tell('the pipeline file has not been read within a minute: see the server’s log');
}

async function allInSync(run: ServedRun, repository: string): Promise<void> {
  for (const until = Date.now() + READ_WITHIN; Date.now() < until; await pause(100, undefined, { signal: run.signal })) {
    const matrix = await matrixOf(run, repository);
    const followers = new Set(matrix.environments.filter((environment) => environment.from.length > 0).map((environment) => environment.name));
    if (matrix.cells.filter((cell) => followers.has(cell.environment)).every((cell) => cell.condition === 'in-sync')) return;
  }
}

function matrixOf({ client }: ServedRun, repository: string): Promise<Matrix> {
  return client.call(API.matrix, { params: { repository } });
}
