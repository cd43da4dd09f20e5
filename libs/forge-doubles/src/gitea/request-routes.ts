import { z } from 'zod';
import { route, type Route } from '../base/route.js';
import type { StoredRequest } from '../base/records.js';
import type { DoubleRepository } from '../base/double-repository.js';
import { doer, failure, type GiteaParts, list, listed, notFound, repositoryOf, REPO, requestOf, timeline, writable } from './parts.js';
import { changedFiles, isDraftTitle, requestJson, time, userJson } from './wire.js';

const page = { page: z.coerce.number().int().min(1).optional(), limit: z.coerce.number().int().min(0).optional() };
const SWAGGER = 'docs.gitea.com/api/#tag/repository/operation/';

/** Pull requests but their merge. */
export function requestRoutes(parts: GiteaParts): readonly Route[] {
  return [listRoute(parts), createRoute(parts), getRoute(parts), editRoute(parts), filesRoute(parts), timelineRoute(parts), issuesRoute(parts)];
}

function listRoute(parts: GiteaParts): Route {
  return route({
    method: 'GET',
    path: `${REPO}/pulls`,
    docs: `${SWAGGER}repoListPullRequests`,
    query: z.strictObject({ ...page, state: z.enum(['open', 'closed', 'all']).default('open') }),
    handle: async (call) => {
      const repository = repositoryOf(parts, call);
      // mustAllowPulls of routers/api/v1/api.go
      if (repository.settings.empty) throw notFound(parts.world);
      const all = [...repository.requests.values()].filter(({ state }) => call.query.state === 'all' || (state === 'open') === (call.query.state === 'open'));
      const { items, headers } = listed(parts, call, all.reverse());
      return { status: 200, body: await Promise.all(items.map((one) => requestJson(parts, repository, one))), headers };
    },
  });
}

const newRequest = z.strictObject({ head: z.string().optional(), base: z.string().optional(), title: z.string().optional(), body: z.string().optional(), labels: z.array(z.number().int()).optional() });

function createRoute(parts: GiteaParts): Route {
  return route({
    method: 'POST',
    path: `${REPO}/pulls`,
    docs: `${SWAGGER}repoCreatePullRequest`,
    body: newRequest,
    handle: async (call) => {
      const repository = repositoryOf(parts, call);
      const request = await repository.alone(() => created(parts, { repository, body: call.body, by: doer(call) }));
      return { status: 201, body: await requestJson(parts, repository, request) };
    },
  });
}

async function created({ world }: GiteaParts, { repository, body, by }: { readonly repository: DoubleRepository; readonly body: z.output<typeof newRequest>; readonly by: ReturnType<typeof doer> }): Promise<StoredRequest> {
  const { head = '', base = '', title = '', body: text = '' } = body;
  const invalid = invalidity(body);
  if (invalid !== undefined) throw failure(world, 422, invalid);
  if (repository.settings.archived) throw failure(world, 423, `${repository.path} is archived`);
  const [source, target] = await Promise.all([repository.git.head(head), repository.git.head(base)]);
  if (!source || !target) throw notFound(world);
  const open = repository.openOf(head, base);
  if (open) throw failure(world, 409, `pull request already exists for these targets [id: ${open.id}, issue_id: ${open.number}, head_repo_id: ${repository.parts.id}, base_repo_id: ${repository.parts.id}, head_branch: ${head}, base_branch: ${base}]`);
  return repository.open({ title, body: text, source: head, target: base, draft: isDraftTitle(title), labels: labelsIn(repository, body) }, by);
}

/** An id that no label has is passed over (GetLabelsInRepoByIDs). */
function labelsIn(repository: DoubleRepository, { labels = [] }: z.output<typeof newRequest>): string[] {
  return labels.flatMap((id) => repository.labels.get(id) ?? []);
}

function invalidity({ head = '', base = '', title = '' }: z.output<typeof newRequest>): string | undefined {
  const empty = Object.entries({ Head: head, Base: base, Title: title }).find(([, value]) => value === '');
  if (empty) return `[${empty[0]}]: Required`;
  return head === base ? 'Invalid PullRequest: There are no changes between the head and the base' : undefined;
}

function getRoute(parts: GiteaParts): Route {
  return route({
    method: 'GET',
    path: `${REPO}/pulls/{index}`,
    docs: `${SWAGGER}repoGetPullRequest`,
    handle: async (call) => {
      const { repository, request } = requestOf(parts, call);
      return { status: 200, body: await requestJson(parts, repository, request) };
    },
  });
}

function editRoute(parts: GiteaParts): Route {
  return route({
    method: 'PATCH',
    path: `${REPO}/pulls/{index}`,
    docs: `${SWAGGER}repoEditPullRequest`,
    body: z.strictObject({ title: z.string().min(1).max(255).optional(), body: z.string().optional(), state: z.enum(['open', 'closed']).optional(), base: z.string().optional() }),
    handle: async (call) => {
      writable(parts, call);
      const { repository, request } = requestOf(parts, call);
      const { title, body, state, base } = call.body;
      const by = doer(call);
      if (state !== undefined && request.state === 'merged') throw failure(parts.world, 412, 'cannot change state of this pull request, it was already merged');
      if (base !== undefined && !(await repository.git.head(base))) throw failure(parts.world, 404, `new base '${base}' not exist`);
      repository.edit(request, { ...(title !== undefined && { title }), ...(body !== undefined && { body }), ...(base !== undefined && { target: base }) }, by);
      repository.setDraft(request, isDraftTitle(request.title), by);
      if (state === 'closed') repository.close(request, by);
      if (state === 'open') repository.reopen(request, by);
      // 201, not 200: so it is documented
      return { status: 201, body: await requestJson(parts, repository, request) };
    },
  });
}

function filesRoute(parts: GiteaParts): Route {
  return route({
    method: 'GET',
    path: `${REPO}/pulls/{index}/files`,
    docs: `${SWAGGER}repoGetPullRequestFiles`,
    query: z.strictObject(page),
    handle: async (call) => {
      const { repository, request } = requestOf(parts, call);
      const target = (await repository.git.head(request.target)) ?? request.base;
      const files = await changedFiles(repository, await repository.git.mergeBase(request.head, target), request.head);
      return list(parts, call, files.map((filename) => ({ filename, status: 'changed', additions: 1, deletions: 1, changes: 2 })));
    },
  });
}

const TIMELINE: Partial<Record<string, string>> = { closed: 'close', reopened: 'reopen', merged: 'merge_pull', pushed: 'pull_push', drafted: 'change_title', ready: 'change_title' };

function timelineRoute(parts: GiteaParts): Route {
  return route({
    method: 'GET',
    path: `${REPO}/issues/{index}/timeline`,
    docs: 'docs.gitea.com/api/#tag/issue/operation/issueGetCommentsAndTimeline',
    query: z.strictObject(page),
    handle: (call) => {
      const { request } = requestOf(parts, call);
      const entries = request.history.flatMap(({ id, action, by, at }) => (TIMELINE[action] === undefined ? [] : [{ id, type: TIMELINE[action], user: userJson(by), body: '', ...titles(request, action), created_at: time(at), updated_at: time(at) }]));
      return timeline(parts, call, entries);
    },
  });
}

function titles({ title }: StoredRequest, action: string): Readonly<Record<string, string>> {
  const plain = title.replace(/^WIP: /, '');
  if (action === 'ready') return { old_title: `WIP: ${plain}`, new_title: plain };
  return action === 'drafted' ? { old_title: plain, new_title: `WIP: ${plain}` } : { old_title: '', new_title: '' };
}

function issuesRoute(parts: GiteaParts): Route {
  return route({
    method: 'GET',
    path: `${REPO}/issues`,
    docs: 'docs.gitea.com/api/#tag/issue/operation/issueListIssues',
    query: z.strictObject({ ...page, type: z.enum(['issues', 'pulls']), state: z.enum(['open', 'closed', 'all']) }),
    handle: (call) => {
      repositoryOf(parts, call);
      return list(parts, call, []);
    },
  });
}
