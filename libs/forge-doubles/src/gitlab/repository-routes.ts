import type { CommitSha } from '@sluice/kernel';
import { z } from 'zod';
import type { DoubleRepository } from '../base/double-repository.js';
import { route, type Route } from '../base/route.js';
import { type GitlabContext, notFound, timeOf, userOf } from './gitlab-context.js';
import { listed, PAGING } from './listed.js';

const PATH = '/api/v4/projects/{id}';
const zDay = z.string().regex(/^\d{4}-\d{2}-\d{2}$/);

export function repositoryRoutes(context: GitlabContext): readonly Route[] {
  return [...branchRoutes(context), ...historyRoutes(context)];
}

function branchRoutes(context: GitlabContext): readonly Route[] {
  return [
    route({
      method: 'GET',
      path: `${PATH}/repository/branches/{branch}`,
      docs: 'docs.gitlab.com/api/branches/#get-single-repository-branch',
      handle: async (call) => {
        const repository = context.project(call);
        return { status: 200, body: await branchOf(repository, call.params['branch'] ?? '') };
      },
    }),
    route({
      method: 'GET',
      path: `${PATH}/repository/merge_base`,
      docs: 'docs.gitlab.com/api/repositories/#merge-base',
      query: z.strictObject({ 'refs[]': z.string() }),
      handle: async (call) => {
        const repository = context.project(call);
        const [one, other] = await Promise.all(call.query['refs[]'].split(',').map((name) => commitNamed(repository, name)));
        const base = one && other && (await repository.git.mergeBase(one, other));
        if (!base) throw notFound('Merge Base');
        return { status: 200, body: { id: base, short_id: base.slice(0, 8) } };
      },
    }),
  ];
}

function historyRoutes(context: GitlabContext): readonly Route[] {
  return [
    route({
      method: 'GET',
      path: `${PATH}/repository/compare`,
      docs: 'docs.gitlab.com/api/repositories/#compare-branches-tags-or-commits',
      query: z.strictObject({ from: z.string(), to: z.string(), straight: z.enum(['true', 'false']).optional() }),
      handle: async (call) => {
        const repository = context.project(call);
        const [from, to] = await Promise.all([commitNamed(repository, call.query.from), commitNamed(repository, call.query.to)]);
        if (!from || !to) throw notFound('Ref');
        const commits = await repository.git.commitsBetween(from, to);
        return { status: 200, body: { commit: { id: to }, commits: commits.map((id) => ({ id, short_id: id.slice(0, 8) })), diffs: await diffsOf(repository, from, to), compare_timeout: false, compare_same_ref: from === to } };
      },
    }),
    route({
      method: 'GET',
      path: `${PATH}/events`,
      docs: 'docs.gitlab.com/api/events/#list-all-visible-events-for-a-project',
      query: z.strictObject({ ...PAGING, action: z.enum(['pushed']).optional(), target_type: z.string().optional(), before: zDay.optional(), after: zDay.optional(), sort: z.enum(['asc', 'desc']).default('desc') }),
      handle: async (call) => {
        const repository = context.project(call);
        const pushes = call.query.sort === 'asc' ? repository.pushes : [...repository.pushes].reverse();
        const page = listed(pushes, call.url, call.query);
        return { ...page, body: await Promise.all((page.body as DoubleRepository['pushes']).map((push) => pushEvent(context, repository, push))) };
      },
    }),
  ];
}

async function commitNamed({ git }: DoubleRepository, name: string): Promise<CommitSha | undefined> {
  return (await git.head(name)) ?? git.resolve(name);
}

async function branchOf(repository: DoubleRepository, branch: string): Promise<object> {
  const id = await repository.git.head(branch);
  if (!id) throw notFound('Branch');
  return { name: branch, merged: false, protected: false, default: branch === repository.parts.defaultBranch, commit: { id, short_id: id.slice(0, 8) } };
}

async function diffsOf({ git }: DoubleRepository, from: CommitSha, to: CommitSha): Promise<readonly object[]> {
  const [before, after] = await Promise.all([git.files(from), git.files(to)]);
  const paths = [...new Set([...Object.keys(before), ...Object.keys(after)])].filter((path) => before[path] !== after[path]);
  return paths.map((path) => ({ old_path: path, new_path: path, a_mode: '100644', b_mode: '100644', diff: '', new_file: before[path] === undefined, renamed_file: false, deleted_file: after[path] === undefined }));
}

async function pushEvent({ world }: GitlabContext, repository: DoubleRepository, { id, by, at, ref, before, after }: DoubleRepository['pushes'][number]): Promise<object> {
  const base = before ?? (await repository.git.head(repository.parts.defaultBranch));
  const commits = after === undefined ? [] : await repository.git.commitsBetween(base === after ? undefined : base, after);
  const action = before === undefined ? 'created' : after === undefined ? 'removed' : 'pushed';
  return {
    id,
    project_id: repository.parts.id,
    action_name: { created: 'pushed new', removed: 'deleted', pushed: 'pushed to' }[action],
    target_id: null,
    target_type: null,
    author_id: by.id,
    author: userOf(by, world.url),
    author_username: by.login,
    created_at: timeOf(at),
    push_data: { commit_count: commits.length, action, ref_type: 'branch', commit_from: before ?? null, commit_to: after ?? null, ref: ref.replace('refs/heads/', ''), commit_title: 'Change', ref_count: null },
  };
}

