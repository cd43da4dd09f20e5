import type { MergeMethod } from '../base/merge-branches.js';
import type { DoubleRepository, MergeResult } from '../base/double-repository.js';
import type { StoredRequest } from '../base/records.js';
import type { Route } from '../base/route.js';
import { githubError, type GithubContext, type Needs, repositoryOf, requestOf } from './context.js';
import { type GithubCall, githubPage, githubRoute } from './github-route.js';
import { OpenApi } from './openapi.js';
import { type Shape, Shapes } from './shapes.js';

const READS: Needs = { pull_requests: 'read' };
const WRITES: Needs = { pull_requests: 'write' };
const PULL = '/repos/{owner}/{repo}/pulls/{pull_number}';

/** Pull requests. */
export function pullRoutes(context: GithubContext): readonly Route[] {
  const shapes = new Shapes(context.world);
  const shown = async (repository: DoubleRepository, request: StoredRequest): Promise<Shape> => shapes.pull(repository, request, await mergeable(context, repository, request));
  const found = (call: GithubCall, needs: Needs): Found => foundIn(context, call, needs);
  return [
    githubRoute({ method: 'GET', path: '/repos/{owner}/{repo}/pulls', handle: (call) => list(shapes, repositoryOf(context, call, READS), call) }),
    githubRoute({ method: 'POST', path: '/repos/{owner}/{repo}/pulls', handle: async (call) => ({ status: 201, body: await open(context, call, shown) }) }),
    githubRoute({
      method: 'GET',
      path: PULL,
      handle: async (call) => {
        const { repository, request } = found(call, READS);
        return { status: 200, body: await shown(repository, request) };
      },
    }),
    githubRoute({
      method: 'PATCH',
      path: PULL,
      handle: async (call) => {
        const { repository, request } = found(call, WRITES);
        await patch(call, { repository, request });
        return { status: 200, body: await shown(repository, request) };
      },
    }),
    githubRoute({
      method: 'PUT',
      path: `${PULL}/merge`,
      handle: (call) => {
        const { repository, request } = found(call, { contents: 'write' });
        return merge(call, repository, request);
      },
    }),
    githubRoute({
      method: 'GET',
      path: `${PULL}/files`,
      handle: async (call) => {
        const { repository, request } = found(call, READS);
        const base = await repository.git.mergeBase(request.base, request.head);
        return { status: 200, ...bodyOf(githubPage(call, (await repository.git.changedFiles(base, request.head)).map(fileShape))) };
      },
    }),
  ];
}

export interface Found {
  readonly repository: DoubleRepository;
  readonly request: StoredRequest;
}

/** The request of a call. */
export function foundIn(context: GithubContext, call: GithubCall, needs: Needs): Found {
  const repository = repositoryOf(context, call, needs);
  return { repository, request: requestOf(repository, call.params['pull_number'] ?? call.params['issue_number']) };
}

export function bodyOf<T>({ items, headers }: { readonly items: readonly T[]; readonly headers: Readonly<Record<string, string>> }): { readonly body: readonly T[]; readonly headers: Readonly<Record<string, string>> } {
  return { body: items, headers };
}

export function accountOf({ grant }: Pick<GithubCall, 'grant'>): NonNullable<GithubCall['grant']>['account'] {
  if (!grant) throw githubError(401, 'Bad credentials');
  return grant.account;
}

function list(shapes: Shapes, repository: DoubleRepository, call: GithubCall): { readonly status: 200; readonly body: readonly unknown[]; readonly headers: Readonly<Record<string, string>> } {
  const { state = 'open', head, base, sort = 'created', direction = 'desc' } = call.query;
  if (sort !== 'created') throw new Error('the double sorts by creation only');
  const [owner] = repository.path.split('/');
  const all = [...repository.requests.values()].filter(
    (one) => (state === 'all' || (state === 'open') === (one.state === 'open')) && (head === undefined || head.toLowerCase() === `${owner}:${one.source}`.toLowerCase()) && (base === undefined || one.target === base),
  );
  if (direction === 'desc') all.reverse();
  return { status: 200, ...bodyOf(githubPage(call, all.map((one) => shapes.pullSimple(repository, one)))) };
}

async function open(context: GithubContext, call: GithubCall, shown: (repository: DoubleRepository, request: StoredRequest) => Promise<Shape>): Promise<Shape> {
  const repository = repositoryOf(context, call, WRITES);
  const { title = '', head = '', base = '', body = '', draft = false } = call.body as { title?: string; head?: string; base?: string; body?: string; draft?: boolean };
  if (repository.settings.archived) throw githubError(403, 'Repository was archived so is read-only.');
  for (const [field, branch] of Object.entries({ head, base })) if (!(await repository.git.head(branch))) throw invalidField(field, 'invalid');
  const problem = await openProblem(context, repository, { title, head, base, body, draft });
  if (problem !== undefined) throw githubError(422, 'Validation Failed', { errors: [{ resource: 'PullRequest', code: 'custom', message: problem }] });
  return shown(repository, await repository.alone(async () => repository.openOf(head, base) ?? repository.open({ title, body, source: head, target: base, draft }, accountOf(call))));
}

async function openProblem({ state }: GithubContext, repository: DoubleRepository, { title, head, base, body, draft }: Readonly<Record<'title' | 'head' | 'base' | 'body', string>> & { readonly draft: boolean }): Promise<string | undefined> {
  const [owner] = repository.path.split('/');
  if (repository.openOf(head, base)) return `A pull request already exists for ${owner}:${head}.`;
  if (draft && !state.draftsSupported) return 'Draft pull requests are not supported in this repository.';
  if (title.length > 256) return 'title is too long (maximum is 256 characters)';
  if (body.length > 65_536) return 'body is too long (maximum is 65536 characters)';
  const [from, to] = [await repository.git.head(base), await repository.git.head(head)];
  return from && to && (await repository.git.isAncestor(to, from)) ? `No commits between ${base} and ${head}` : undefined;
}

interface Patch {
  readonly title?: string;
  readonly body?: string;
  readonly base?: string;
  readonly state?: string;
}

async function patch(call: GithubCall, { repository, request }: Found): Promise<void> {
  const { state, base, title, body } = call.body as Patch;
  if (base !== undefined && !(await repository.git.head(base))) throw invalidField('base', 'invalid');
  for (const [field, text = '', most] of [['title', title, 256], ['body', body, 65_536]] as const) if (text.length > most) throw invalidField(field, 'custom');
  const fields = Object.fromEntries(Object.entries({ title, body, target: base }).filter(([, value]) => value !== undefined));
  if (Object.keys(fields).length > 0) repository.edit(request, fields, accountOf(call));
  if (state === 'closed') repository.close(request, accountOf(call));
  if (state === 'open') repository.reopen(request, accountOf(call));
}

function invalidField(field: string, code: string): Error {
  return githubError(422, 'Validation Failed', { errors: [{ resource: 'PullRequest', field, code }] });
}

/** docs.github.com/en/rest/pulls/pulls#merge-a-pull-request; its sentences are those that GitHub's servers send. */
async function merge(call: GithubCall, repository: DoubleRepository, request: StoredRequest): Promise<{ readonly status: number; readonly body: unknown }> {
  const { sha, merge_method: method = 'merge', commit_title: title, commit_message: text } = call.body as { sha?: string; merge_method?: MergeMethod; commit_title?: string; commit_message?: string };
  const usual = method === 'squash' ? `${request.title} (#${request.number})` : `Merge pull request #${request.number} from ${repository.path.split('/')[0]}/${request.source}`;
  const message = `${title ?? usual}\n${(text ?? '') === '' ? '' : `\n${text}\n`}`;
  const result = await repository.merge(request, { method, by: accountOf(call), message, isGood: (state) => ['success', 'neutral', 'skipped'].includes(state), ...(sha !== undefined && { head: sha as StoredRequest['head'] }) });
  if (result.kind === 'merged') return { status: 200, body: { sha: result.commit, merged: true, message: 'Pull Request successfully merged' } };
  if (result.reason === 'head') throw githubError(409, 'Head branch was modified. Review and try the merge again.');
  throw githubError(405, refusal(result, method));
}

function refusal(result: Exclude<MergeResult, { kind: 'merged' }>, method: MergeMethod): string {
  const names = { squash: 'Squash merges', rebase: 'Rebase merges', merge: 'Merge commits' };
  switch (result.reason) {
    case 'draft':
      return 'Pull Request is still a draft';
    case 'method':
      return `${names[method]} are not allowed on this repository.`;
    case 'moved':
      return 'Base branch was modified. Review and try the merge again.';
    case 'behind':
      // it says nothing of the branch: checks that have passed count for what is up to date only
      return 'Required status check "ci" is expected.';
    case 'checks':
      return `Required status check "${result.missing[0]}" is expected.`;
    case 'approvals':
      return `At least ${result.missing[0]} approving review is required by reviewers with write access.`;
    default:
      return 'Pull Request is not mergeable';
  }
}

async function mergeable({ state }: GithubContext, repository: DoubleRepository, request: StoredRequest): Promise<boolean | null> {
  const unknown = state.unknownMergeability.get(request.number) ?? 0;
  state.unknownMergeability.set(request.number, unknown - 1);
  const target = await repository.git.head(request.target);
  if (unknown > 0 || request.state !== 'open' || !target) return null;
  return !(await repository.git.conflicts(target, request.head));
}

export function fileShape(filename: string): Shape {
  return { ...OpenApi.load().example<Shape[]>('diff-entry-items')[0], filename, status: 'modified' };
}
