import { setTimeout as pause } from 'node:timers/promises';
import { API } from '@sluice/contracts';
import { Unavailable } from '@sluice/kernel';
import type { ApiClient } from '../api-client.js';
import { pushBranchesOf, pushExample, pushExampleChange } from './example.js';
import type { GitRemote } from './example.js';
import type { UpOptions } from './options.js';

const NAME = 'shop';
const READ_WITHIN = 60_000;
const BROKEN_AFTER = 10_000;

export interface SeededRepository {
  readonly id: string;
  readonly gitUrl: string;
  readonly fresh: boolean;
}

/** Makes the repository at the first start: the example's, the branches of another one, or an empty one. */
export async function seedRepository(client: ApiClient, options: UpOptions, token: string): Promise<SeededRepository> {
  const existing = (await client.call(API.repositories)).items[0];
  if (existing) return { id: existing.id, gitUrl: existing.gitUrl, fresh: false };
  const made = await client.call(API.createRepository, { body: { id: NAME, configBranch: 'main' } });
  const remote = remoteOf(made.gitUrl, token);
  if (options.repository !== undefined) await pushBranchesOf(options.repository, remote);
  else if (options.example) await pushExample(remote);
  if (options.repository !== undefined || options.example) await pipelineRead(client, made.id, options.example ? READ_WITHIN : BROKEN_AFTER);
  return { id: made.id, gitUrl: made.gitUrl, fresh: true };
}

/** Pushes the first change of the example, so that there is something on its way. */
export async function startExample(client: ApiClient, repository: SeededRepository, token: string, tell: (text: string) => void): Promise<void> {
  if (!repository.fresh) return;
  tell('recording what the environments have in common');
  await allInSync(client, repository.id);
  tell('pushing a first change to dev');
  await pushExampleChange(remoteOf(repository.gitUrl, token));
}

function remoteOf(url: string, token: string): GitRemote {
  return { url, credential: { username: 'token', password: token } };
}

/**
 * Waits until the server has read the pipeline file. One with errors is shown in the dashboard and does not keep the system from running; findings count only after a while,
 * since the first ones are about the repository as it was before the push.
 */
async function pipelineRead(client: ApiClient, repository: string, brokenAfter: number): Promise<void> {
  const began = Date.now();
  for (; Date.now() - began < READ_WITHIN; await pause(100)) {
    const matrix = await client.call(API.matrix, { params: { repository } }).catch(() => undefined);
    if (matrix && matrix.environments.length > 0) return;
    if (matrix && matrix.diagnostics.length > 0 && Date.now() - began > brokenAfter) return;
  }
  throw new Unavailable('the server has not read the pipeline file within a minute: see its log');
}

async function allInSync(client: ApiClient, repository: string): Promise<void> {
  for (const until = Date.now() + READ_WITHIN; Date.now() < until; await pause(100)) {
    const matrix = await client.call(API.matrix, { params: { repository } });
    const followers = new Set(matrix.environments.filter((environment) => environment.from.length > 0).map((environment) => environment.name));
    if (matrix.cells.filter((cell) => followers.has(cell.environment)).every((cell) => cell.condition === 'in-sync')) return;
  }
}
