import type { StoredRequest } from '../base/records.js';
import type { Route } from '../base/route.js';
import { githubError, type GithubContext, isoTime } from './context.js';
import { type GithubCall, githubPage, githubRoute } from './github-route.js';
import { OpenApi } from './openapi.js';
import { accountOf, bodyOf, type Found, foundIn } from './pull-routes.js';
import { type Shape, Shapes } from './shapes.js';

const ISSUE = '/repos/{owner}/{repo}/issues/{issue_number}';

/** What of issues belongs to pull requests. */
export function issueRoutes(context: GithubContext): readonly Route[] {
  const shapes = new Shapes(context.world);
  const found = (call: GithubCall, level: 'read' | 'write'): Found => foundIn(context, call, { pull_requests: level });
  return [
    githubRoute({
      method: 'GET',
      path: ISSUE,
      handle: (call) => {
        const { request } = found(call, 'read');
        return { status: 200, body: issueShape(shapes, request) };
      },
    }),
    githubRoute({
      method: 'GET',
      path: `${ISSUE}/comments`,
      handle: (call) => {
        const { repository, request } = found(call, 'read');
        return { status: 200, ...bodyOf(githubPage(call, repository.comments.filter((one) => one.request === request.number).map((one) => shapes.comment(repository, one)))) };
      },
    }),
    githubRoute({
      method: 'POST',
      path: `${ISSUE}/comments`,
      handle: (call) => {
        const { repository, request } = found(call, 'write');
        if (String(call.body['body']).length > 65_536) throw githubError(422, 'Validation Failed', { errors: [{ resource: 'IssueComment', field: 'body', code: 'custom', message: 'body is too long (maximum is 65536 characters)' }] });
        return { status: 201, body: shapes.comment(repository, repository.comment(request, String(call.body['body']), accountOf(call))) };
      },
    }),
    githubRoute({
      method: 'POST',
      path: `${ISSUE}/labels`,
      handle: (call) => {
        const { repository, request } = found(call, 'write');
        repository.addLabels(request, labelsIn(call), accountOf(call));
        return { status: 200, body: request.labels.map((name, index) => shapes.label(name, index)) };
      },
    }),
    githubRoute({
      method: 'GET',
      path: `${ISSUE}/events`,
      handle: (call) => {
        const { request } = found(call, 'read');
        return { status: 200, ...bodyOf(githubPage(call, eventShapes(shapes, request))) };
      },
    }),
  ];
}

function issueShape(shapes: Shapes, request: StoredRequest): Shape {
  const { ended, number, state } = request;
  return {
    ...OpenApi.load().example<Shape>('issue'),
    id: request.id,
    number,
    title: request.title,
    body: request.body,
    state: state === 'open' ? 'open' : 'closed',
    user: shapes.account(request.author),
    assignee: null,
    assignees: [],
    labels: [],
    milestone: null,
    closed_at: ended ? isoTime(ended.at) : null,
    closed_by: ended ? shapes.account(ended.by) : null,
  };
}

/** docs.github.com/en/rest/issues/labels#add-labels-to-an-issue */
function labelsIn({ body }: GithubCall): readonly string[] {
  const { labels = [] } = body as { readonly labels?: readonly string[] };
  if (labels.some((name) => name.length > 50)) throw githubError(422, 'Validation Failed', { errors: [{ resource: 'Label', field: 'name', code: 'custom', message: 'name is too long (maximum is 50 characters)' }] });
  return labels;
}

const EVENT_NAMES: Readonly<Record<string, readonly string[]>> = { ready: ['ready_for_review'], drafted: ['convert_to_draft'], closed: ['closed'], merged: ['merged', 'closed'], reopened: ['reopened'], retargeted: ['base_ref_changed'] };

function eventShapes(shapes: Shapes, { history }: StoredRequest): readonly Shape[] {
  const [example] = OpenApi.load().example<Shape[]>('issue-event-for-issue-items');
  const { label: _, ...plain } = example ?? {};
  return history.flatMap(({ id, action, by, at }) => (EVENT_NAMES[action] ?? []).map((event) => ({ ...plain, id, node_id: `E_${id}`, event, actor: shapes.account(by), created_at: isoTime(at), commit_id: null, commit_url: null })));
}
