import type { RepositoryId } from '@sluice/kernel';
import { failureOf } from './api-error.js';
import type { Call, GitlabApi } from './gitlab-api.js';
import { zHooks } from './schema.js';

/** What Sluice wants to hear of; the rest is off. */
const EVENTS = { push_events: true, tag_push_events: false, merge_requests_events: true, note_events: true, pipeline_events: true, job_events: true, issues_events: false, enable_ssl_verification: true };

/** Makes the project's webhook, or brings the one with this address up to date. docs.gitlab.com/api/project_webhooks */
export async function setHook(api: GitlabApi, repository: RepositoryId, { url, secret }: { readonly url: string; readonly secret: string }): Promise<void> {
  const [existing, ...more] = await hooksOf(api, repository, url);
  const path = `${await api.project(repository)}/hooks`;
  const body = { url, token: secret, ...EVENTS };
  const action = 'set the webhook of the project (which needs the role of a maintainer)';
  await done(api, existing === undefined ? { method: 'POST', path, body, action } : { method: 'PUT', path: `${path}/${existing}`, body, action });
  for (const id of more) await done(api, { method: 'DELETE', path: `${path}/${id}`, action });
}

/** One that is not there is no error. */
export async function removeHook(api: GitlabApi, repository: RepositoryId, url: string): Promise<void> {
  const path = `${await api.project(repository)}/hooks`;
  for (const id of await hooksOf(api, repository, url)) await done(api, { method: 'DELETE', path: `${path}/${id}`, action: 'remove the webhook of the project' });
}

async function hooksOf(api: GitlabApi, repository: RepositoryId, url: string): Promise<readonly number[]> {
  const hooks = await api.all(zHooks, { path: `${await api.project(repository)}/hooks`, action: 'read the webhooks of the project (which needs the role of a maintainer)' });
  return hooks.filter((hook) => hook.url === url).map(({ id }) => id);
}

async function done(api: GitlabApi, call: Call): Promise<void> {
  const answer = await api.call(call);
  const gone = call.method === 'DELETE' && answer.status === 404;
  if (answer.status >= 300 && !gone) throw failureOf(answer, call.action, api.clock());
}
