import type { CommitSha } from '@sluice/kernel';
import type { DoubleRepository } from '../base/double-repository.js';
import type { Route } from '../base/route.js';
import { githubError, type GithubContext, repositoryOf } from './context.js';
import { type GithubCall, githubPage, githubRoute } from './github-route.js';
import { OpenApi } from './openapi.js';
import { accountOf, bodyOf, fileShape } from './pull-routes.js';
import { type Shape, Shapes } from './shapes.js';

const REPO = '/repos/{owner}/{repo}';

/** The repository, its branches and commits, who pushed, and what protects it. */
export function repositoryRoutes(context: GithubContext): readonly Route[] {
  const shapes = new Shapes(context.world);
  return [
    githubRoute({ method: 'GET', path: REPO, handle: (call) => ({ status: 200, body: withoutSecretSettings(shapes.repository(repositoryOf(context, call)), call) }) }),
    githubRoute({ method: 'GET', path: `${REPO}/activity`, handle: (call) => activity(shapes, repositoryOf(context, call, { contents: 'read' }), call) }),
    githubRoute({
      method: 'GET',
      path: `${REPO}/git/ref/{ref}`,
      handle: async (call) => {
        const repository = repositoryOf(context, call, { contents: 'read' });
        const sha = await repository.git.resolve(`refs/${call.params['ref'] ?? ''}`);
        if (!sha) throw githubError(404, 'Not Found');
        return { status: 200, body: refShape(`refs/${call.params['ref'] ?? ''}`, sha) };
      },
    }),
    githubRoute({ method: 'POST', path: `${REPO}/git/refs`, handle: (call) => createRef(repositoryOf(context, call, { contents: 'write' }), call) }),
    githubRoute({ method: 'GET', path: `${REPO}/compare/{basehead}`, handle: (call) => compare(repositoryOf(context, call, { contents: 'read' }), call.params['basehead'] ?? '') }),
    githubRoute({
      method: 'GET',
      path: `${REPO}/rules/branches/{branch}`,
      handle: (call) => {
        repositoryOf(context, call);
        const rules = context.state.rules.get(call.params['branch'] ?? '') ?? [];
        return { status: 200, ...bodyOf(githubPage(call, rules.map((rule) => ({ ruleset_source_type: 'Repository', ruleset_source: 'shop', ruleset_id: 42, ...rule })))) };
      },
    }),
    githubRoute({
      method: 'GET',
      path: `${REPO}/branches/{branch}/protection`,
      handle: (call) => protection(repositoryOf(context, call, { administration: 'read' }), call.params['branch'] ?? ''),
    }),
  ];
}

/** Only those who may administrate a repository are told how it merges. */
function withoutSecretSettings(shape: Shape, { grant }: GithubCall): Shape {
  if (grant?.kind === 'classic' || grant?.rights['administration'] !== undefined) return shape;
  const { allow_squash_merge: _s, allow_merge_commit: _m, allow_rebase_merge: _r, delete_branch_on_merge: _d, ...rest } = shape;
  return rest;
}

/** docs.github.com/en/rest/repos/repos#list-repository-activities: newest first, by cursors. */
function activity(shapes: Shapes, repository: DoubleRepository, { query, url }: GithubCall): { readonly status: 200; readonly body: unknown; readonly headers: Readonly<Record<string, string>> } {
  const size = Number(query['per_page'] ?? 30);
  const merges = new Set([...repository.requests.values()].map(({ ended }) => ended?.commit));
  const all = [...repository.pushes].reverse();
  const start = query['after'] === undefined ? 0 : all.findIndex(({ id }) => String(id) === query['after']) + 1;
  const items = all.slice(start, start + size);
  const last = items.at(-1);
  const next = new URL(url);
  if (last) next.searchParams.set('after', String(last.id));
  return { status: 200, headers: last && start + size < all.length ? { link: `<${next.href}>; rel="next"` } : {}, body: items.map((push) => shapes.activity(push, merges.has(push.after))) };
}

function refShape(ref: string, sha: string): Shape {
  const example = OpenApi.load().example<Shape & { object: Shape }>('git-ref');
  return { ...example, ref, object: { ...example.object, sha } };
}

async function createRef(repository: DoubleRepository, call: GithubCall): Promise<{ readonly status: 201; readonly body: unknown }> {
  const { ref = '', sha = '' } = call.body as { ref?: string; sha?: string };
  const branch = /^refs\/heads\/(.+)$/.exec(ref)?.[1];
  if (branch === undefined) throw new Error('the double makes branches only');
  const commit = /^[0-9a-f]{40}$/.test(sha) ? await repository.git.resolve(sha) : undefined;
  if (!commit) throw githubError(422, 'Object does not exist');
  if (await repository.git.head(branch)) throw githubError(422, 'Reference already exists');
  await repository.setBranch(branch, commit, accountOf(call));
  return { status: 201, body: refShape(ref, commit) };
}

async function compare(repository: DoubleRepository, basehead: string): Promise<{ readonly status: 200; readonly body: unknown }> {
  const names = basehead.split('...');
  const [base, head] = await Promise.all(names.map(async (name) => (await repository.git.head(name)) ?? repository.git.resolve(name)));
  if (!base || !head) throw githubError(404, 'Not Found');
  const fork = await repository.git.mergeBase(base, head);
  const commits = await repository.git.commitsBetween(base, head);
  const example = OpenApi.load().example<Shape & { commits: Shape[]; base_commit: Shape }>('commit-comparison');
  const shown = (sha: string): Shape => ({ ...example.commits[0], sha });
  const files = (await repository.git.changedFiles(fork, head)).map(fileShape);
  return { status: 200, body: { ...example, base_commit: { ...example.base_commit, sha: base }, total_commits: commits.length, ahead_by: commits.length, commits: commits.slice(-250).map(shown), files } };
}

/** docs.github.com/en/rest/branches/branch-protection#get-branch-protection */
function protection(repository: DoubleRepository, branch: string): { readonly status: 200; readonly body: unknown } {
  const found = repository.protections.get(branch);
  if (!found) throw githubError(404, 'Branch not protected');
  const { checks = [], approvals = 0, upToDate = false } = found;
  const url = `https://api.example/branches/${branch}/protection`;
  return {
    status: 200,
    body: {
      url,
      ...(checks.length > 0 && { required_status_checks: { url, contexts: checks, contexts_url: url, checks: checks.map((context) => ({ context, app_id: null })), strict: upToDate } }),
      ...(approvals > 0 && { required_pull_request_reviews: { url, dismiss_stale_reviews: false, require_code_owner_reviews: false, required_approving_review_count: approvals } }),
      enforce_admins: { url, enabled: true },
    },
  };
}

/** A commit that is named in a path. @throws the refusal of one that is not there */
export async function commitIn(repository: DoubleRepository, name: string): Promise<CommitSha> {
  const commit = (await repository.git.head(name)) ?? (/^[0-9a-f]{40}$/.test(name) ? await repository.git.resolve(name) : undefined);
  if (!commit) throw githubError(422, `No commit found for SHA: ${name}`);
  return commit;
}
