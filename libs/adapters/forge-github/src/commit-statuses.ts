import { type CommitSha, Forbidden, instant, type RepositoryId } from '@sluice/kernel';
import type { CommitStatus, CommitStatuses } from '@sluice/usecases';
import type { z } from 'zod';
import type { GithubApi } from './github-api.js';
import { writtenStatus } from './request-text.js';
import { zAnything, zCheckRuns, zStatuses } from './schema.js';

type CheckRun = z.output<typeof zCheckRuns>['check_runs'][number];

/** As GitHub's own required checks take them: docs.github.com/en/pull-requests/collaborating-with-pull-requests/collaborating-on-repositories-with-code-quality-features/about-status-checks */
const CONCLUSIONS: Readonly<Record<string, CommitStatus['state']>> = { success: 'success', neutral: 'success', skipped: 'success', failure: 'failure', timed_out: 'failure', action_required: 'failure', cancelled: 'error', stale: 'error', startup_failure: 'error' };
const WORST_FIRST: readonly CommitStatus['state'][] = ['error', 'failure', 'pending', 'success'];

/** Commit statuses and check runs: GitHub's tools write the one or the other. */
export class GithubStatuses implements CommitStatuses {
  constructor(private readonly api: GithubApi) {}

  /** The newest of each context. Where check runs of several suites, or a status, have the same name, the worst of them. */
  async list(repository: RepositoryId, commit: CommitSha): Promise<readonly CommitStatus[]> {
    const found = new Map<string, CommitStatus>();
    // newest first
    for (const status of await this.statuses(repository, commit)) if (!found.has(status.context)) found.set(status.context, status);
    for (const run of await this.runs(repository, commit)) found.set(run.context, worse(run, found.get(run.context)));
    return [...found.values()];
  }

  /** One call for each context whose newest known state is another. docs.github.com/en/rest/commits/statuses#create-a-commit-status */
  async set(repository: RepositoryId, commit: CommitSha, statuses: readonly Omit<CommitStatus, 'at'>[]): Promise<void> {
    const path = (await this.api.path(repository)).toLowerCase();
    for (const { context, state, description, url } of statuses) {
      const body = { state, context, description: writtenStatus(description), ...(url !== undefined && { target_url: url }) };
      const key = `status:${path}:${commit}:${context}`;
      // another description alone is not worth a call: the link leads to what is true now
      if ((await this.api.memory.get(key)) === state) continue;
      await this.api.ask(zAnything, repository, { route: 'POST /repos/{owner}/{repo}/statuses/{sha}', parameters: { sha: commit, ...body }, action: `set the status ${context}` });
      await this.api.memory.put(key, state);
    }
  }

  /** docs.github.com/en/rest/commits/statuses#list-commit-statuses-for-a-reference: the combined status would not say by whom. */
  private async statuses(repository: RepositoryId, commit: CommitSha): Promise<readonly CommitStatus[]> {
    const all: CommitStatus[] = [];
    const call = { route: 'GET /repos/{owner}/{repo}/commits/{ref}/statuses', parameters: { ref: commit }, action: `read the statuses of ${commit}` };
    for await (const page of this.api.pages(zStatuses, repository, call)) {
      for (const { context, state, description, target_url: url, creator, created_at: at } of page) all.push({ context, state, description: description ?? '', by: creator, at, ...(url && { url }) });
    }
    return all;
  }

  /** Without the permission for check runs there are none: `check` says so, and a gate that names one waits. */
  private async runs(repository: RepositoryId, commit: CommitSha): Promise<readonly CommitStatus[]> {
    const all: CommitStatus[] = [];
    const call = { route: 'GET /repos/{owner}/{repo}/commits/{ref}/check-runs', parameters: { ref: commit, filter: 'latest' }, action: `read the check runs of ${commit}` };
    try {
      for await (const page of this.api.pages(zCheckRuns, repository, call)) all.push(...page.check_runs.map(shownRun));
      return all;
    } catch (error) {
      if (error instanceof Forbidden) return [];
      throw error;
    }
  }
}

function shownRun(run: CheckRun): CommitStatus {
  const { name: context, html_url: page, details_url: details, app, completed_at: ended, started_at: begun } = run;
  const url = page ?? details;
  return { context, state: stateOf(run), description: descriptionOf(run), by: `${app?.slug ?? 'unknown'}[bot]`, at: ended ?? begun ?? instant(0), ...(url && { url }) };
}

function stateOf({ status, conclusion }: CheckRun): CommitStatus['state'] {
  return status === 'completed' ? (CONCLUSIONS[conclusion ?? ''] ?? 'error') : 'pending';
}

function descriptionOf({ output, conclusion, status }: CheckRun): string {
  return output?.title ?? conclusion ?? status;
}

function worse(one: CommitStatus, other: CommitStatus | undefined): CommitStatus {
  return other && WORST_FIRST.indexOf(other.state) <= WORST_FIRST.indexOf(one.state) ? other : one;
}
