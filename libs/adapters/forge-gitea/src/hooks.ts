import type { RepositoryId } from '@sluice/kernel';
import type { RemoteForge } from '@sluice/usecases';
import { z } from 'zod';
import type { GiteaApi } from './gitea-api.js';
import { zHooks } from './schema.js';

type Wanted = Parameters<RemoteForge['hook']>[1];

/** `pull_request` stands for all of its kinds (reviews, comments, pushes to it). What a version does not know it leaves out: statuses and runs of workflows came later, and are looked for where no event tells of them. */
const EVENTS = ['push', 'delete', 'pull_request', 'pull_request_sync', 'pull_request_review', 'pull_request_comment', 'status', 'workflow_run', 'workflow_job', 'action_run_failure', 'action_run_recover', 'action_run_success'];
const ACTION = 'register the webhook (administration of the repository)';

/** Follows repoListHooks, repoCreateHook and repoEditHook. */
export async function ensureHook(api: GiteaApi, repository: RepositoryId, { url, secret }: Wanted): Promise<void> {
  const path = `${await api.repository(repository)}/hooks`;
  const settings = { config: { url, content_type: 'json', secret }, events: EVENTS, active: true };
  const [first, ...more] = await hooksAt(api, path, url);
  if (first === undefined) await api.ask(z.unknown(), { method: 'POST', path, body: { ...settings, type: api.forge === 'Forgejo' ? 'forgejo' : 'gitea' }, action: ACTION });
  else await api.ask(z.unknown(), { method: 'PATCH', path: `${path}/${first}`, body: settings, action: ACTION });
  for (const id of more) await remove(api, path, id);
}

/** Follows repoDeleteHook. */
export async function removeHook(api: GiteaApi, repository: RepositoryId, url: string): Promise<void> {
  const path = `${await api.repository(repository)}/hooks`;
  for (const id of await hooksAt(api, path, url)) await remove(api, path, id);
}

async function remove(api: GiteaApi, path: string, id: number): Promise<void> {
  const answer = await api.call({ method: 'DELETE', path: `${path}/${id}`, action: ACTION });
  if (answer.status !== 404) api.read(z.unknown(), answer, ACTION);
}

async function hooksAt(api: GiteaApi, path: string, url: string): Promise<readonly number[]> {
  const hooks = await api.all(zHooks, { path, action: ACTION });
  return hooks.filter(({ config }) => config['url'] === url).map(({ id }) => id);
}
