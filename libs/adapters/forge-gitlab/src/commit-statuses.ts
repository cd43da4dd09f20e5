import { type CommitSha, present, printableLine, type RepositoryId } from '@sluice/kernel';
import type { CommitStatus, CommitStatuses } from '@sluice/usecases';
import { failureOf, messageIn } from './api-error.js';
import type { Call, GitlabApi } from './gitlab-api.js';
import { type Status, zPipelines, zStatuses } from './schema.js';

/** Characters of a description and of an address. */
const MAX_TEXT = 255;
/** The name under which the newest pipeline of a commit is seen as a whole. */
const PIPELINE = 'pipeline';
const OWN_STATUSES = 'sluice/';

/** docs.gitlab.com/api/jobs: what a job or a pipeline can be. What is not here has not ended. */
const STATES: Readonly<Record<string, CommitStatus['state']>> = { success: 'success', failed: 'failure', canceled: 'error', canceling: 'pending', skipped: 'error' };
const WRITTEN = { pending: 'pending', success: 'success', failure: 'failed', error: 'failed' } as const;

/** Statuses of commits: jobs of pipelines, statuses of others (`external`), and the pipeline as a whole. docs.gitlab.com/api/commits/#commit-status */
export class GitlabStatuses implements CommitStatuses {
  constructor(private readonly api: GitlabApi) {}

  /** One call, and one more where others have set statuses. A name may come more than once, in pipelines of several branches: the newest counts. */
  async list(repository: RepositoryId, commit: CommitSha): Promise<readonly CommitStatus[]> {
    const project = await this.api.project(repository);
    const statuses = await this.api.all(zStatuses, { path: `${project}/repository/commits/${commit}/statuses`, action: `read the statuses of ${commit}` });
    const newest = new Map<string, Status>();
    for (const status of [...statuses].sort((a, b) => a.id - b.id)) newest.set(status.name, status);
    const shown = [...newest.values()].map(shownStatus);
    const others = shown.some(({ context }) => !context.startsWith(OWN_STATUSES));
    return others && !newest.has(PIPELINE) ? [...shown, ...(await this.newestPipeline(project, commit))] : shown;
  }

  /** None where pipelines are switched off. One that is only of statuses that others have written is none that somebody would wait for. */
  private async newestPipeline(project: string, commit: CommitSha): Promise<readonly CommitStatus[]> {
    const call: Call = { method: 'GET', path: `${project}/pipelines`, query: { sha: commit, order_by: 'id', sort: 'desc', per_page: 20 }, action: `read the pipelines of ${commit}` };
    const answer = await this.api.call(call);
    const pipelines = answer.status === 403 || answer.status === 404 ? [] : this.api.read(zPipelines, answer, call);
    const newest = pipelines.find(({ source }) => source !== 'external');
    return newest ? [pipelineStatus(newest)] : [];
  }

  /** One call for each context whose state is another than the last one that was written. */
  async set(repository: RepositoryId, commit: CommitSha, statuses: readonly Omit<CommitStatus, 'at'>[]): Promise<void> {
    const path = await this.api.path(repository);
    for (const status of statuses) {
      const key = `status:${path}:${commit}:${status.context}`;
      if ((await this.api.memory.get(key)) === status.state) continue;
      await this.write(repository, commit, status);
      await this.api.memory.put(key, status.state);
    }
  }

  private async write(repository: RepositoryId, commit: CommitSha, { context, state, description, url }: Omit<CommitStatus, 'at'>): Promise<void> {
    const call: Call = {
      method: 'POST',
      path: `${await this.api.project(repository)}/statuses/${commit}`,
      body: { state: WRITTEN[state], name: context, description: printableLine(description, MAX_TEXT), ...(url !== undefined && url.length <= MAX_TEXT && { target_url: url }) },
      action: `write the status ${context}`,
    };
    const answer = await this.api.call(call);
    // "Cannot transition status via :enqueue from :pending": it is that already
    if (answer.status === 400 && /cannot transition status/i.test(messageIn(answer.body))) return;
    if (answer.status >= 300) throw failureOf(answer, call.action, this.api.clock());
  }
}

function shownStatus({ name, status, description, target_url: url, allow_failure: mayFail, author, created_at: made, finished_at: finished }: Status): CommitStatus {
  const state = STATES[status] ?? 'pending';
  // a gate names the job because it wants it to pass: that the pipeline goes on without it is said, and changes nothing
  const said = state === 'failure' && mayFail === true ? [description, 'allowed to fail'] : [description];
  const words = said.filter((part) => part != null && part !== '').join('; ');
  return { context: name, state, description: words === '' ? status : words, by: author?.username ?? '', at: finished ?? made, ...present({ url: url ?? undefined }) };
}

function pipelineStatus({ status, web_url: url, created_at: at }: { readonly status: string; readonly web_url?: string | null; readonly created_at: CommitStatus['at'] }): CommitStatus {
  return { context: PIPELINE, state: STATES[status] ?? 'pending', description: `the newest pipeline: ${status}`, by: '', at, ...present({ url: url ?? undefined }) };
}
