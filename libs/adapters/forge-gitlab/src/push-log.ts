import type { CommitSha, RepositoryId } from '@sluice/kernel';
import type { PushLog } from '@sluice/usecases';
import type { z } from 'zod';
import type { Call, GitlabApi } from './gitlab-api.js';
import { zComparison, zEvents } from './schema.js';

type Push = z.output<typeof zEvents>[number];

/** Pages of 100 pushes that are looked through. */
const MAX_PAGES = 5;
/** Pushes of several commits whose commits are asked for: the newest ones. */
const MAX_COMPARED = 10;

/**
 * Who pushed a commit, by the project's events: the first who pushed it, wherever it is pushed to later. GitLab names only the newest commit of a push; the others are what lies between it and the one
 * before. docs.gitlab.com/api/events/#list-all-visible-events-for-a-project
 */
export class GitlabPushLog implements PushLog {
  constructor(private readonly api: GitlabApi) {}

  async pushersOf(repository: RepositoryId, commits: readonly CommitSha[]): Promise<ReadonlyMap<CommitSha, string>> {
    const sought = new Set(commits);
    const found = new Map<CommitSha, string>();
    const pushes = await this.pushes(repository);
    for (const push of pushes) note(found, sought, [push.push_data?.commit_to as CommitSha], push);
    for (const push of pushes.filter(isLong).slice(-MAX_COMPARED)) {
      if (found.size === sought.size) break;
      note(found, sought, await this.between(repository, push), push);
    }
    return found;
  }

  /** Pushes to branches, oldest first, as far back as is looked. */
  private async pushes(repository: RepositoryId): Promise<readonly Push[]> {
    const events: Push[] = [];
    let pages = 0;
    for await (const page of this.api.pages(zEvents, { path: `${await this.api.project(repository)}/events`, query: { action: 'pushed', sort: 'desc' }, action: 'read who pushed' }, MAX_PAGES + 1)) {
      events.push(...page);
      pages += 1;
      if (pages >= MAX_PAGES) break;
    }
    return events.filter(({ push_data: data }) => data?.ref_type === 'branch' && data.commit_to != null).reverse();
  }

  /** What lies between two commits stays so: it is asked for once, whether what is sought is among it or not. */
  private async between(repository: RepositoryId, push: Push): Promise<readonly CommitSha[]> {
    const key = `between:${await this.api.path(repository)}:${push.push_data?.commit_from ?? ''}:${push.push_data?.commit_to ?? ''}`;
    const known = await this.api.memory.get(key);
    if (known !== undefined) return known.split(' ') as CommitSha[];
    const commits = await this.compared(repository, push);
    await this.api.memory.put(key, commits.join(' '));
    return commits;
  }

  private async compared(repository: RepositoryId, { push_data: data }: Push): Promise<readonly CommitSha[]> {
    const call: Call = { method: 'GET', path: `${await this.api.project(repository)}/repository/compare`, query: { from: data?.commit_from ?? undefined, to: data?.commit_to ?? undefined }, action: 'read which commits were pushed' };
    const answer = await this.api.call(call);
    // one of them is gone: forced away, and collected
    return answer.status === 404 ? [] : this.api.read(zComparison, answer, call).commits.map(({ id }) => id);
  }
}

/** Pushes come oldest first, and who came first stays. */
function note(found: Map<CommitSha, string>, sought: ReadonlySet<CommitSha>, commits: readonly CommitSha[], { author_username: by }: Push): void {
  for (const commit of commits) if (sought.has(commit) && !found.has(commit)) found.set(commit, by);
}

/** Of more than one commit, onto something: what a new branch began with is not told. */
function isLong({ push_data: data }: Push): boolean {
  return (data?.commit_count ?? 0) > 1 && data?.commit_from != null;
}
