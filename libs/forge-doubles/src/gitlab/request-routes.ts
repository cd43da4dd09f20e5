import { z } from 'zod';
import type { DoubleRepository } from '../base/double-repository.js';
import type { StoredRequest } from '../base/records.js';
import { ApiError, route, type Route } from '../base/route.js';
import { DEVELOPER, type GitlabContext, timeOf } from './gitlab-context.js';
import { listed, PAGING } from './listed.js';
import { noticedVersionsOf } from './mergeability.js';
import { requestOf, wholeRequestOf } from './represent.js';

const PATH = '/api/v4/projects/{id}/merge_requests';
const DRAFT = /^(\[draft\]|\(draft\)|draft:)\s*/i;
const zFlag = z.enum(['true', 'false']).transform((text) => text === 'true');
const zTitle = z.string().min(1).max(255);
const zDescription = z.string().max(1_048_576);

/** docs.gitlab.com/api/merge_requests */
export function requestRoutes(context: GitlabContext): readonly Route[] {
  return [...listRoutes(context), ...singleRoutes(context)];
}

function listRoutes(context: GitlabContext): readonly Route[] {
  return [
    route({
      method: 'GET',
      path: PATH,
      docs: 'docs.gitlab.com/api/merge_requests/#list-project-merge-requests',
      query: z.strictObject({
        ...PAGING,
        state: z.enum(['opened', 'closed', 'locked', 'merged', 'all']).default('all'),
        source_branch: z.string().optional(),
        target_branch: z.string().optional(),
        order_by: z.enum(['created_at', 'updated_at', 'title']).default('created_at'),
        sort: z.enum(['asc', 'desc']).default('desc'),
      }),
      handle: (call) => {
        const repository = context.project(call);
        const { state, source_branch: source, target_branch: target, sort } = call.query;
        const wanted = (one: StoredRequest): boolean => (state === 'all' || state === (one.state === 'open' ? 'opened' : one.state)) && (source ?? one.source) === one.source && (target ?? one.target) === one.target;
        const found = [...repository.requests.values()].filter(wanted).sort((a, b) => (sort === 'asc' ? a.number - b.number : b.number - a.number));
        const page = listed(found, call.url, call.query);
        return { ...page, body: (page.body as readonly StoredRequest[]).map((one) => requestOf(context, repository, one)) };
      },
    }),
    route({
      method: 'POST',
      path: PATH,
      docs: 'docs.gitlab.com/api/merge_requests/#create-mr',
      body: z.strictObject({ source_branch: z.string(), target_branch: z.string(), title: zTitle, description: zDescription.optional(), remove_source_branch: z.boolean().optional(), squash: z.boolean().optional(), labels: z.string().optional() }),
      handle: async (call) => {
        const repository = context.project(call, DEVELOPER);
        const request = await repository.alone(() => created(repository, call.body, context.account(call)));
        const extra = context.projects.extra(request);
        Object.assign(extra, { squash: call.body.squash ?? context.projects.of(repository).squashOption === 'default_on', forceRemoveSourceBranch: call.body.remove_source_branch ?? context.projects.of(repository).removeSourceBranchAfterMerge });
        // docs.gitlab.com/api/merge_requests/#empty-api-fields-for-new-merge-requests
        return { status: 201, body: { ...(await wholeRequestOf(context, repository, request)), diff_refs: null, changes_count: null, detailed_merge_status: 'preparing', merge_status: 'checking' } };
      },
    }),
  ];
}

function singleRoutes(context: GitlabContext): readonly Route[] {
  return [
    route({
      method: 'GET',
      path: `${PATH}/{iid}`,
      docs: 'docs.gitlab.com/api/merge_requests/#get-single-mr',
      query: z.strictObject({ include_rebase_in_progress: zFlag.optional(), include_diverged_commits_count: zFlag.optional() }),
      handle: async (call) => {
        const repository = context.project(call);
        const request = context.request(repository, call);
        const rebasing = call.query.include_rebase_in_progress === true && { rebase_in_progress: isRebasing(context, request) };
        const body = { ...(await wholeRequestOf(context, repository, request)), ...rebasing };
        const extra = context.projects.extra(request);
        extra.unnoticed = Math.max(0, (extra.unnoticed ?? 0) - 1);
        return { status: 200, body };
      },
    }),
    route({
      method: 'PUT',
      path: `${PATH}/{iid}`,
      docs: 'docs.gitlab.com/api/merge_requests/#update-mr',
      body: z
        .strictObject({ title: zTitle.optional(), description: zDescription.optional(), target_branch: z.string().optional(), state_event: z.enum(['close', 'reopen']).optional(), squash: z.boolean().optional(), remove_source_branch: z.boolean().optional() })
        .refine((body) => Object.keys(body).length > 0, 'at least one parameter must be provided'),
      handle: async (call) => {
        const repository = context.project(call, DEVELOPER);
        const request = context.request(repository, call);
        const by = context.account(call);
        const { title, description: body, target_branch: target, state_event: event, squash } = call.body;
        if (title !== undefined) repository.setDraft(request, DRAFT.test(title), by);
        repository.edit(request, { ...(title !== undefined && { title: title.replace(DRAFT, '') }), ...(body !== undefined && { body }), ...(target !== undefined && { target }) }, by);
        if (squash !== undefined) context.projects.extra(request).squash = squash;
        if (event === 'close') repository.close(request, by);
        if (event === 'reopen') repository.reopen(request, by);
        return { status: 200, body: await wholeRequestOf(context, repository, request) };
      },
    }),
    route({
      method: 'GET',
      path: `${PATH}/{iid}/versions`,
      docs: 'docs.gitlab.com/api/merge_requests/#get-merge-request-diff-versions',
      query: z.strictObject(PAGING),
      handle: (call) => {
        const repository = context.project(call);
        const request = context.request(repository, call);
        const versions = noticedVersionsOf(context.projects, repository, request).map(({ id, head, at }) => ({ id, head_commit_sha: head, base_commit_sha: request.base, start_commit_sha: request.base, created_at: timeOf(at), merge_request_id: request.id, state: 'collected', real_size: '1', patch_id_sha: null }));
        return listed(versions, call.url, call.query);
      },
    }),
  ];
}

async function created(repository: DoubleRepository, body: { readonly source_branch: string; readonly target_branch: string; readonly title: string; readonly description?: string | undefined; readonly labels?: string | undefined }, by: StoredRequest['author']): Promise<StoredRequest> {
  const { source_branch: source, target_branch: target, title } = body;
  if (source === target) throw new ApiError({ status: 422, body: { message: ["You can't use same project/branch for source and target"] } });
  for (const [field, branch] of [['source_branch', source], ['target_branch', target]] as const) {
    if ((await repository.git.head(branch)) === undefined) throw new ApiError({ status: 400, body: { message: { [field]: ['does not exist'] } } });
  }
  const open = repository.openOf(source, target);
  if (open) throw new ApiError({ status: 409, body: { message: [`Another open merge request already exists for this source branch: !${open.number}`] } });
  return repository.open({ title: title.replace(DRAFT, ''), body: body.description ?? '', source, target, draft: DRAFT.test(title), labels: (body.labels ?? '').split(',').filter((label) => label !== '') }, by);
}

/** A rebase takes as many looks as the settings say. */
function isRebasing({ projects }: GitlabContext, request: StoredRequest): boolean {
  const extra = projects.extra(request);
  if (extra.rebasing === undefined || extra.rebasing <= 0) return false;
  extra.rebasing -= 1;
  return true;
}
