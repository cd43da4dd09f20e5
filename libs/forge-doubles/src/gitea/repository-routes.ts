import type { CommitSha } from '@sluice/kernel';
import { z } from 'zod';
import { route, type Route } from '../base/route.js';
import type { DoubleRepository } from '../base/double-repository.js';
import { administrated, API, counted, doer, type GiteaParts, notFound, permissionOf, repositoryOf, REPO, requestOf } from './parts.js';
import { changedFiles, commitJson, repositoryJson, time, userJson } from './wire.js';

const page = { page: z.coerce.number().int().min(1).optional(), limit: z.coerce.number().int().min(0).optional() };
const SWAGGER = 'docs.gitea.com/api/#tag/repository/operation/';
/** The feed names so many commits of a push (`FEED_MAX_COMMIT_NUM`). */
const FEED_COMMITS = 5;
/** A branch's name has slashes, which stay ones in its address. */
const BRANCH_DEPTHS = [1, 2, 3, 4];

export function repositoryRoutes(parts: GiteaParts): readonly Route[] {
  return [userRoute(), settingsRoute(parts), repositoryRoute(parts), ...BRANCH_DEPTHS.map((depth) => branchRoute(parts, depth)), headRefRoute(parts), protectionsRoute(parts), activitiesRoute(parts), compareRoute(parts)];
}

function userRoute(): Route {
  return route({ method: 'GET', path: `${API}/user`, docs: 'docs.gitea.com/api/#tag/user/operation/userGetCurrent', handle: (call) => ({ status: 200, body: userJson(doer(call)) }) });
}

function settingsRoute({ maxItems }: GiteaParts): Route {
  const body = { max_response_items: maxItems, default_paging_num: 30, default_git_trees_per_page: 1000, default_max_blob_size: 10_485_760 };
  return route({ method: 'GET', path: `${API}/settings/api`, docs: 'docs.gitea.com/api/#tag/settings/operation/getGeneralAPISettings', handle: () => ({ status: 200, body }) });
}

function repositoryRoute(parts: GiteaParts): Route {
  return route({ method: 'GET', path: REPO, docs: `${SWAGGER}repoGet`, handle: (call) => ({ status: 200, body: repositoryJson(parts.world, repositoryOf(parts, call), permissionOf(call)) }) });
}

function branchRoute(parts: GiteaParts, depth: number): Route {
  const names = Array.from({ length: depth }, (_, index) => `branch${index}`);
  return route({
    method: 'GET',
    path: `${REPO}/branches/${names.map((name) => `{${name}}`).join('/')}`,
    docs: `${SWAGGER}repoGetBranch`,
    handle: async (call) => {
      const repository = repositoryOf(parts, call);
      return branchAnswer(parts, repository, { branch: names.map((name) => call.params[name]).join('/'), status: 200 });
    },
  });
}

async function branchAnswer({ world }: GiteaParts, repository: DoubleRepository, { branch, status }: { readonly branch: string; readonly status: number }) {
  const head = await repository.git.head(branch);
  if (!head) throw notFound(world);
  const protection = repository.protections.get(branch);
  const { checks = [], approvals = 0 } = protection ?? {};
  return { status, body: { name: branch, commit: await commitJson(world, repository, head), protected: protection !== undefined, required_approvals: approvals, enable_status_check: checks.length > 0, status_check_contexts: checks, user_can_push: true, user_can_merge: true } };
}

function headRefRoute(parts: GiteaParts): Route {
  return route({
    method: 'GET',
    path: `${REPO}/git/refs/pull/{index}/head`,
    docs: `${SWAGGER}repoListGitRefs`,
    handle: (call) => {
      const { request } = requestOf(parts, call);
      const reference = { ref: `refs/pull/${request.number}/head`, url: '', object: { type: 'commit', sha: request.head, url: '' } };
      // a list where several references begin so, else the one
      return { status: 200, body: parts.dialect.kind === 'forgejo' ? [reference] : reference };
    },
  });
}

function protectionsRoute(parts: GiteaParts): Route {
  return route({
    method: 'GET',
    path: `${REPO}/branch_protections`,
    docs: `${SWAGGER}repoListBranchProtection`,
    handle: (call) => {
      const repository = administrated(parts, call);
      const body = [...repository.protections].map(([branch, { checks = [], approvals = 0, upToDate = false }]) => ({ rule_name: branch, branch_name: branch, enable_push: true, enable_merge_whitelist: false, merge_whitelist_usernames: [], enable_status_check: checks.length > 0, status_check_contexts: checks, required_approvals: approvals, require_signed_commits: false, block_on_outdated_branch: upToDate }));
      return { status: 200, body };
    },
  });
}

function activitiesRoute(parts: GiteaParts): Route {
  return route({
    method: 'GET',
    path: `${REPO}/activities/feeds`,
    docs: `${SWAGGER}repoListActivityFeeds`,
    query: z.strictObject({ ...page, date: z.string().optional() }),
    handle: async (call) => {
      const repository = repositoryOf(parts, call);
      const pushes = repository.pushes.filter(({ after }) => after !== undefined).reverse();
      const activities = await Promise.all(
        pushes.map(async ({ id, by, at, ref, before, after }) => ({ id, user_id: by.id, op_type: 'commit_repo', act_user_id: by.id, act_user: userJson(by), repo_id: repository.parts.id, ref_name: ref, is_private: true, content: await pushContent(repository, before, after), created: time(at) })),
      );
      return counted(parts, call, activities);
    },
  });
}

async function pushContent(repository: DoubleRepository, before: CommitSha | undefined, after: CommitSha | undefined): Promise<string> {
  if (after === undefined) return '';
  const commits = [...(await repository.git.commitsBetween(before, after))].reverse();
  return JSON.stringify({ Commits: commits.slice(0, FEED_COMMITS).map((Sha1) => ({ Sha1, Message: '' })), HeadCommit: { Sha1: after, Message: '' }, CompareURL: '', Len: commits.length });
}

function compareRoute(parts: GiteaParts): Route {
  return route({
    method: 'GET',
    path: `${REPO}/compare/{basehead}`,
    docs: `${SWAGGER}repoCompareDiff`,
    handle: async (call) => {
      const repository = repositoryOf(parts, call);
      const [base, head] = await Promise.all((call.params['basehead'] ?? '').split('...').map((name) => repository.git.resolve(name)));
      if (!base || !head) throw notFound(parts.world);
      const commits = await repository.git.commitsBetween(base, head);
      const body = await Promise.all(commits.map(async (sha) => ({ sha, files: await filesOf(repository, sha) })));
      return { status: 200, body: { total_commits: commits.length, commits: body.reverse() } };
    },
  });
}

async function filesOf(repository: DoubleRepository, commit: CommitSha): Promise<readonly { readonly filename: string; readonly status: string }[]> {
  const { parents } = await repository.git.facts(commit);
  return (await changedFiles(repository, parents[0], commit)).map((filename) => ({ filename, status: 'modified' }));
}
