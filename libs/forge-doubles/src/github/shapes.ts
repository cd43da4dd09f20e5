import type { Account } from '../base/accounts.js';
import type { DoubleRepository } from '../base/double-repository.js';
import type { Hook, StoredComment, StoredPush, StoredRequest, StoredReview, StoredStatus } from '../base/records.js';
import type { World } from '../base/world.js';
import { isoTime } from './context.js';
import { OpenApi } from './openapi.js';

export type Shape = Record<string, unknown>;

/** What GitHub shows of things: a published example, with what the double knows in its place. */
export class Shapes {
  constructor(private readonly world: World) {}

  account(account: Account): Shape {
    const login = encodeURIComponent(account.login);
    const api = `${this.world.url}/api/v3/users/${login}`;
    return { ...fieldOf('status', 'creator'), login: account.login, id: account.id, node_id: `U_${account.id}`, url: api, html_url: `${this.world.url}/${login}`, type: account.kind === 'bot' ? 'Bot' : 'User' };
  }

  repository({ path, parts, settings }: DoubleRepository): Shape {
    const [, name] = path.split('/');
    const { source: _source, parent: _parent, template_repository: _template, organization: _organization, ...example } = OpenApi.load().example<Shape>('full-repository-default-response');
    return {
      ...example,
      ...this.place(path),
      id: parts.id,
      name,
      full_name: path,
      owner: this.account(parts.owner),
      private: true,
      fork: false,
      language: null,
      default_branch: parts.defaultBranch,
      archived: settings.archived,
      allow_squash_merge: settings.methods.includes('squash'),
      allow_merge_commit: settings.methods.includes('merge'),
      allow_rebase_merge: settings.methods.includes('rebase'),
      delete_branch_on_merge: settings.deleteBranchOnMerge,
      permissions: { pull: true, push: true, admin: true, maintain: true, triage: true },
    };
  }

  async pull(repository: DoubleRepository, request: StoredRequest, mergeable: boolean | null): Promise<Shape> {
    const { ended } = request;
    return {
      ...this.pullSimple(repository, request),
      merged: request.state === 'merged',
      merged_by: request.state === 'merged' && ended ? this.account(ended.by) : null,
      mergeable: request.state === 'open' ? mergeable : null,
      mergeable_state: request.state === 'open' ? mergeState(request, mergeable, await repository.isBehind(request)) : 'unknown',
      comments: repository.comments.filter((one) => one.request === request.number).length,
      review_comments: 0,
      maintainer_can_modify: false,
      commits: 1,
      additions: 1,
      deletions: 0,
      changed_files: 1,
    };
  }

  pullSimple(repository: DoubleRepository, request: StoredRequest): Shape {
    const { ended, state, number } = request;
    const { merged: _, merged_by: _by, mergeable: _able, mergeable_state: _state, rebaseable: _rebase, ...base } = OpenApi.load().example<Shape>('pull-request');
    const api = `${this.world.url}/api/v3/repos/${repository.path}`;
    return {
      ...base,
      url: `${api}/pulls/${number}`,
      html_url: `${this.world.url}/${repository.path}/pull/${number}`,
      id: request.id,
      node_id: `PR_${request.id}`,
      number,
      state: state === 'open' ? 'open' : 'closed',
      locked: false,
      active_lock_reason: null,
      title: request.title,
      body: request.body === '' ? null : request.body,
      user: this.account(request.author),
      labels: request.labels.map((name, index) => this.label(name, index)),
      milestone: null,
      assignee: null,
      assignees: [],
      requested_reviewers: [],
      requested_teams: [],
      draft: request.draft,
      created_at: isoTime(request.createdAt),
      updated_at: isoTime(request.updatedAt),
      closed_at: ended ? isoTime(ended.at) : null,
      merged_at: ended && state === 'merged' ? isoTime(ended.at) : null,
      // of an open one: the merge that GitHub has tried
      merge_commit_sha: state === 'merged' ? (ended?.commit ?? null) : request.head,
      head: this.side(repository, request.source, request.head),
      base: this.side(repository, request.target, request.base),
    };
  }

  label(name: string, index: number): Shape {
    return { id: index + 1, node_id: `LA_${index}`, url: `${this.world.url}/api/v3/labels/${encodeURIComponent(name)}`, name, description: '', color: 'ededed', default: false };
  }

  comment(repository: DoubleRepository, { id, body, by, at, updatedAt, request }: StoredComment): Shape {
    return { ...OpenApi.load().example<Shape>('issue-comment'), id, node_id: `IC_${id}`, body, user: this.account(by), created_at: isoTime(at), updated_at: isoTime(updatedAt), html_url: `${this.world.url}/${repository.path}/pull/${request}#issuecomment-${id}` };
  }

  review({ id, by, body, state, commit, at }: StoredReview): Shape {
    const names = { approved: 'APPROVED', rejected: 'CHANGES_REQUESTED', commented: 'COMMENTED', dismissed: 'DISMISSED' };
    return { ...OpenApi.load().example<Shape>('pull-request-review'), id, node_id: `PRR_${id}`, user: this.account(by), body, state: names[state], commit_id: commit, submitted_at: isoTime(at) };
  }

  status({ id, by, state, description, context, url, at }: StoredStatus): Shape {
    return { ...OpenApi.load().example<Shape>('status'), id, node_id: `SC_${id}`, state, description, context, target_url: url ?? null, created_at: isoTime(at), updated_at: isoTime(at), creator: this.account(by) };
  }

  checkRun({ id, context, commit, state, at, extra, description }: StoredStatus): Shape {
    const [run] = OpenApi.load().example<{ check_runs: Shape[] }>('check-run-paginated').check_runs;
    const app = { ...(run?.['app'] as Shape), slug: extra['app'] };
    return { ...run, id, name: context, head_sha: commit, status: extra['status'], conclusion: extra['status'] === 'completed' ? state : null, started_at: isoTime(at), completed_at: extra['status'] === 'completed' ? isoTime(at) : null, html_url: `${this.world.url}/runs/${id}`, output: { ...(run?.['output'] as Shape), title: description }, app, pull_requests: [] };
  }

  hook(repository: DoubleRepository, { id, url, active, events, settings, createdAt }: Hook): Shape {
    const api = `${this.world.url}/api/v3/repos/${repository.path}/hooks/${id}`;
    // the secret is never shown
    return { ...OpenApi.load().example<Shape>('hook'), id, active, events, config: { ...settings, url, secret: '********' }, url: api, ping_url: `${api}/pings`, created_at: isoTime(createdAt), updated_at: isoTime(createdAt) };
  }

  activity({ id, before, after, ref, by, at }: StoredPush, merged: boolean): Shape {
    const none = '0'.repeat(40);
    const type = before === undefined ? 'branch_creation' : after === undefined ? 'branch_deletion' : merged ? 'pr_merge' : 'push';
    return { id, node_id: `PA_${id}`, before: before ?? none, after: after ?? none, ref, timestamp: isoTime(at), activity_type: type, actor: this.account(by) };
  }

  private side({ path, parts }: DoubleRepository, ref: string, sha: string): Shape {
    const [owner] = path.split('/');
    const { ['head']: head } = OpenApi.load().example<{ head: { repo: Shape } }>('pull-request');
    const repo = { ...head.repo, ...this.place(path), id: parts.id, name: path.split('/')[1], full_name: path, owner: this.account(parts.owner) };
    return { label: `${owner}:${ref}`, ref, sha, user: this.account(parts.owner), repo };
  }

  private place(path: string): Shape {
    return { url: `${this.world.url}/api/v3/repos/${path}`, html_url: `${this.world.url}/${path}`, clone_url: `${this.world.url}/${path}.git` };
  }
}

function fieldOf(name: string, field: string): Shape {
  return OpenApi.load().example<Record<string, Shape>>(name)[field] ?? {};
}

/** docs.github.com/en/graphql/reference/enums#mergestatestatus */
function mergeState({ draft }: StoredRequest, mergeable: boolean | null, isBehind: boolean): string {
  if (mergeable === null) return 'unknown';
  if (!mergeable) return 'dirty';
  if (draft) return 'draft';
  return isBehind ? 'behind' : 'clean';
}
