import { type CommitSha, commitSha } from '@sluice/kernel';
import { z } from 'zod';
import type { DoubleRepository } from '../base/double-repository.js';
import { ApiError, type Call, route, type Route } from '../base/route.js';
import { DEVELOPER, type GitlabContext, notFound } from './gitlab-context.js';
import { listed, PAGING } from './listed.js';
import { latestStatuses, pipelinesOf, refOf } from './pipelines.js';
import { pipelineOf, statusOf } from './represent.js';

const zStatusBody = z.strictObject({
  state: z.enum(['pending', 'running', 'success', 'failed', 'canceled', 'skipped']),
  name: z.string().max(255).optional(),
  context: z.string().max(255).optional(),
  ref: z.string().max(255).optional(),
  target_url: z.string().max(255).optional(),
  description: z.string().max(255).optional(),
  coverage: z.number().optional(),
  pipeline_id: z.number().optional(),
});

export function statusRoutes(context: GitlabContext): readonly Route[] {
  return [
    route({
      method: 'GET',
      path: '/api/v4/projects/{id}/repository/commits/{sha}/statuses',
      docs: 'docs.gitlab.com/api/commits/#list-the-statuses-of-a-commit',
      query: z.strictObject({ ...PAGING, ref: z.string().optional(), name: z.string().optional(), all: z.enum(['true', 'false']).optional() }),
      handle: async (call) => {
        const repository = context.project(call);
        const { ref, name } = call.query;
        const statuses = latestStatuses(repository, await commitOf(repository, call)).filter((one) => (ref ?? refOf(one)) === refOf(one) && (name ?? one.context) === one.context);
        return listed(statuses.map((one) => statusOf(context, one)), call.url, call.query);
      },
    }),
    route({
      method: 'POST',
      path: '/api/v4/projects/{id}/statuses/{sha}',
      docs: 'docs.gitlab.com/api/commits/#set-the-pipeline-status-of-a-commit',
      body: zStatusBody,
      handle: async (call) => {
        const repository = context.project(call, DEVELOPER);
        const commit = await commitOf(repository, call);
        const { state, target_url: url, description = '', name = call.body.context ?? 'default' } = call.body;
        const ref = call.body.ref ?? (await refWith(repository, commit));
        checkTransition(repository, { commit, name, ref, state });
        const status = repository.setStatus({ commit, context: name, state, description, ...(url !== undefined && { url }), extra: { ref } }, context.account(call));
        return { status: 201, body: statusOf(context, status) };
      },
    }),
    route({
      method: 'GET',
      path: '/api/v4/projects/{id}/pipelines',
      docs: 'docs.gitlab.com/api/pipelines/#list-project-pipelines',
      query: z.strictObject({ ...PAGING, sha: z.string().optional(), ref: z.string().optional(), order_by: z.enum(['id', 'status', 'ref', 'updated_at', 'user_id']).optional(), sort: z.enum(['asc', 'desc']).optional() }),
      handle: (call) => {
        const repository = context.project(call);
        const { sha } = call.query;
        if (sha === undefined) return listed([], call.url, call.query);
        return listed(pipelinesOf(repository, commitSha(sha)).map((pipeline) => pipelineOf(context, repository, { pipeline, sha })), call.url, call.query);
      },
    }),
  ];
}

async function commitOf({ git }: DoubleRepository, { params }: Pick<Call, 'params'>): Promise<CommitSha> {
  const commit = await git.resolve(params['sha'] ?? '');
  if (!commit) throw notFound('Commit');
  return commit;
}

/** Without a ref GitLab takes the first branch that has the commit. */
async function refWith({ git }: DoubleRepository, commit: CommitSha): Promise<string> {
  for (const [branch, tip] of await git.branches()) if (await git.isAncestor(commit, tip)) return branch;
  throw notFound('References for commit');
}

/** A status that has not ended can only go on. */
function checkTransition(repository: DoubleRepository, { commit, name, ref, state }: { readonly commit: CommitSha; readonly name: string; readonly ref: string; readonly state: string }): void {
  const before = latestStatuses(repository, commit).find((one) => one.context === name && refOf(one) === ref)?.state;
  const impossible = (state === 'pending' && (before === 'pending' || before === 'running')) || (state === 'running' && before === 'running');
  if (impossible) throw new ApiError({ status: 400, body: { message: `Cannot transition status via :${state === 'pending' ? 'enqueue' : 'run'} from :${before} (Reason(s): Status cannot transition via "${state === 'pending' ? 'enqueue' : 'run'}")` } });
}
