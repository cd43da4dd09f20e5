import { Forbidden, NotFound, type RepositoryId } from '@sluice/kernel';
import type { GithubApi, GithubCall } from './github-api.js';
import { zAnything, zHooks } from './schema.js';

/** What Sluice wants to be told of. Comments are not among them: GitHub does not tell their request's branches, and only Sluice's own count. */
const EVENTS = ['push', 'pull_request', 'pull_request_review', 'status', 'check_run', 'check_suite'];
const NEEDED = 'GitHub does not let Sluice see or change the webhooks: webhooks: write (tells Sluice what happens in the repository) is missing';

/** Makes the webhook, or brings it up to date. docs.github.com/en/rest/repos/webhooks */
export async function setHook(api: GithubApi, repository: RepositoryId, { url, secret }: { readonly url: string; readonly secret: string }): Promise<void> {
  const body = { active: true, events: EVENTS, config: { url, secret, content_type: 'json', insecure_ssl: '0' } };
  const [known, ...more] = await hooksOf(api, repository, url);
  const action = 'register a webhook';
  if (known === undefined) await ask(api, repository, { route: 'POST /repos/{owner}/{repo}/hooks', parameters: { name: 'web', ...body }, action });
  else await ask(api, repository, { route: 'PATCH /repos/{owner}/{repo}/hooks/{hook_id}', parameters: { hook_id: known, ...body }, action });
  await remove(api, repository, more);
}

export async function removeHook(api: GithubApi, repository: RepositoryId, url: string): Promise<void> {
  await remove(api, repository, await hooksOf(api, repository, url));
}

async function remove(api: GithubApi, repository: RepositoryId, hooks: readonly number[]): Promise<void> {
  for (const id of hooks) await ask(api, repository, { route: 'DELETE /repos/{owner}/{repo}/hooks/{hook_id}', parameters: { hook_id: id }, action: 'remove a webhook' });
}

async function hooksOf(api: GithubApi, repository: RepositoryId, url: string): Promise<readonly number[]> {
  const found: number[] = [];
  try {
    for await (const page of api.pages(zHooks, repository, { route: 'GET /repos/{owner}/{repo}/hooks', action: 'read the webhooks' })) found.push(...page.filter(({ config }) => config.url === url).map(({ id }) => id));
    return found;
  } catch (error) {
    // who may not see them is told that there is nothing at all
    if (error instanceof Forbidden || error instanceof NotFound) throw new Forbidden(NEEDED);
    throw error;
  }
}

async function ask(api: GithubApi, repository: RepositoryId, call: GithubCall): Promise<void> {
  const reply = await api.call(repository, call);
  if (reply.status === 403) throw new Forbidden(NEEDED);
  // gone already
  if (reply.status !== 404) api.read(zAnything, reply, call);
}
