import { z } from 'zod';
import type { Account } from '../base/accounts.js';
import type { DoubleRepository } from '../base/double-repository.js';
import type { StoredRequest, StoredReview } from '../base/records.js';
import { ApiError, route, type Route } from '../base/route.js';
import { DEVELOPER, type GitlabContext, notFound, REPORTER, timeOf, userOf } from './gitlab-context.js';
import { listed, PAGING } from './listed.js';
import { noteOf, systemNotesOf } from './represent.js';

const PATH = '/api/v4/projects/{id}/merge_requests/{iid}';

export function reviewRoutes(context: GitlabContext): readonly Route[] {
  return [...approvalRoutes(context), ...noteRoutes(context)];
}

function approvalRoutes(context: GitlabContext): readonly Route[] {
  return [
    route({
      method: 'GET',
      path: `${PATH}/approvals`,
      docs: 'docs.gitlab.com/api/merge_request_approvals/#retrieve-approval-state-for-a-merge-request',
      handle: (call) => {
        const repository = context.project(call);
        const request = context.request(repository, call);
        return { status: 200, body: approvalsOf(context, repository, request) };
      },
    }),
    route({
      method: 'POST',
      path: `${PATH}/approve`,
      docs: 'docs.gitlab.com/api/merge_request_approvals/#approve-a-merge-request',
      body: z.strictObject({ sha: z.string().optional() }),
      handle: (call) => {
        const repository = context.project(call, DEVELOPER);
        const request = context.request(repository, call);
        const by = context.account(call);
        if (call.body.sha !== undefined && call.body.sha !== request.head) throw new ApiError({ status: 409, body: { message: `SHA does not match HEAD of source branch: ${request.head}` } });
        // who has approved already may not once more, before that is taken back
        if (request.state !== 'open' || activeApproval(repository, request, by)) throw new ApiError({ status: 401, body: { message: '401 Unauthorized' } });
        repository.review(request, { state: 'approved', body: '' }, by);
        return { status: 201, body: approvalsOf(context, repository, request) };
      },
    }),
    route({
      method: 'POST',
      path: `${PATH}/unapprove`,
      docs: 'docs.gitlab.com/api/merge_request_approvals/#unapprove-a-merge-request',
      handle: (call) => {
        const repository = context.project(call, DEVELOPER);
        const request = context.request(repository, call);
        const by = context.account(call);
        const given = activeApproval(repository, request, by);
        if (!given) throw notFound();
        repository.dismiss(request, given, by);
        return { status: 201 };
      },
    }),
    route({
      method: 'PUT',
      path: `${PATH}/reset_approvals`,
      docs: 'docs.gitlab.com/api/merge_request_approvals/#reset-approvals-for-a-merge-request',
      handle: (call) => {
        const repository = context.project(call, DEVELOPER);
        const request = context.request(repository, call);
        if (!context.projects.of(repository).resetsApprovals) throw notFound();
        // so it is documented: only for bots of a project's or group's access token
        if (!['project', 'group'].includes(call.grant?.kind ?? '')) throw new ApiError({ status: 401, body: { message: '401 Unauthorized' } });
        for (const review of repository.reviews) if (review.request === request.number && review.state === 'approved') repository.dismiss(request, review, context.account(call));
        return { status: 202 };
      },
    }),
  ];
}

function noteRoutes(context: GitlabContext): readonly Route[] {
  return [
    route({
      method: 'GET',
      path: `${PATH}/notes`,
      docs: 'docs.gitlab.com/api/notes/#list-all-merge-request-notes',
      query: z.strictObject({ ...PAGING, sort: z.enum(['asc', 'desc']).default('desc'), order_by: z.enum(['created_at', 'updated_at']).default('created_at') }),
      handle: (call) => {
        const repository = context.project(call);
        const request = context.request(repository, call);
        const notes = [...repository.comments.filter((one) => one.request === request.number), ...systemNotesOf(repository, request)].sort((a, b) => (call.query.sort === 'asc' ? a.id - b.id : b.id - a.id));
        return listed(notes.map((note) => noteOf(context, note)), call.url, call.query);
      },
    }),
    route({
      method: 'POST',
      path: `${PATH}/notes`,
      docs: 'docs.gitlab.com/api/notes/#create-new-merge-request-note',
      // a line that begins with a slash would be an order (a quick action), which nobody means here
      body: z.strictObject({ body: z.string().min(1).max(1_000_000).refine((text) => !/^\/\w/m.test(text), 'a quick action'), internal: z.boolean().optional() }),
      handle: (call) => {
        const repository = context.project(call, REPORTER);
        return { status: 201, body: noteOf(context, repository.comment(context.request(repository, call), call.body.body, context.account(call))) };
      },
    }),
  ];
}

function activeApproval({ reviews }: DoubleRepository, { number }: StoredRequest, by: Account): StoredReview | undefined {
  return reviews.find((one) => one.request === number && one.state === 'approved' && one.by.login === by.login);
}

function approvalsOf({ projects, world }: GitlabContext, repository: DoubleRepository, request: StoredRequest): object {
  const { approvalTimes } = projects.of(repository);
  const given = repository.reviews.filter((one) => one.request === request.number && one.state === 'approved');
  const approved = given.filter((one) => !given.some((other) => other.by === one.by && other.id > one.id));
  const required = repository.protections.get(request.target)?.approvals ?? 0;
  const by = approved.map(({ by: account, at }) => ({ user: userOf(account, world.url), ...(approvalTimes && { approved_at: timeOf(at) }) }));
  return { id: request.id, iid: request.number, project_id: repository.parts.id, approved: by.length >= required, approvals_required: required, approvals_left: Math.max(0, required - by.length), approved_by: by, user_has_approved: false, user_can_approve: true };
}
