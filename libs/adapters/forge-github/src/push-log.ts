import type { CommitSha, RepositoryId } from '@sluice/kernel';
import type { PushLog } from '@sluice/usecases';
import { readLinks } from '@sluice/forge-http';
import type { z } from 'zod';
import type { GithubApi } from './github-api.js';
import { repositoryFacts } from './repository-facts.js';
import { zActivities, zComparison } from './schema.js';

type Activity = z.output<typeof zActivities>[number];

/** Pages of 100 pushes that are looked through. */
const MAX_PAGES = 5;
/** Pushes whose commits are asked for. */
const MAX_COMPARED = 10;
const BRANCH = /^refs\/heads\//;
const NOTHING = /^0+$/;

/**
 * Who pushed a commit, by the repository's activity: the first who did, wherever it is pushed to later. GitHub names only the commits before and after a push; the others lie between them.
 * docs.github.com/en/rest/repos/repos#list-repository-activities
 */
export class GithubPushLog implements PushLog {
  constructor(private readonly api: GithubApi) {}

  async pushersOf(repository: RepositoryId, commits: readonly CommitSha[]): Promise<ReadonlyMap<CommitSha, string>> {
    const sought = new Set(commits);
    const found = new Map<CommitSha, string>();
    const note = (commit: string, { actor }: Activity): void => {
      const wanted = commit as CommitSha;
      if (sought.has(wanted) && !found.has(wanted)) found.set(wanted, actor);
    };
    // oldest first: who came first stays
    const pushes = await this.pushes(repository);
    for (const push of pushes) note(push.after, push);
    for (const push of pushes.slice(-MAX_COMPARED)) {
      if (found.size === sought.size) break;
      for (const commit of await this.between(repository, push)) note(commit, push);
    }
    return found;
  }

  /** Pushes to branches, oldest first, as far back as is looked. */
  private async pushes(repository: RepositoryId): Promise<readonly Activity[]> {
    const all: Activity[] = [];
    let after: string | undefined;
    for (let page = 0; page < MAX_PAGES; page += 1) {
      const call = { route: 'GET /repos/{owner}/{repo}/activity', parameters: { per_page: 100, ...(after !== undefined && { after }) }, action: 'read who pushed' };
      const reply = await this.api.call(repository, call);
      // older Enterprise Servers do not have it: then nobody knows who pushed
      if (reply.status === 404) break;
      all.push(...this.api.read(zActivities, reply, call));
      after = cursorIn(reply.headers['link']);
      if (after === undefined) break;
    }
    return all.filter(({ ref, after: to }) => BRANCH.test(ref) && !NOTHING.test(to)).reverse();
  }

  /** What lies between two commits stays so: it is asked for once, whether what is sought is among it or not. */
  private async between(repository: RepositoryId, push: Activity): Promise<readonly string[]> {
    const key = `between:${(await this.api.path(repository)).toLowerCase()}:${push.before}:${push.after}`;
    const known = await this.api.memory.get(key);
    if (known !== undefined) return known.split(' ');
    const commits = await this.compared(repository, push);
    await this.api.memory.put(key, commits.join(' '));
    return commits;
  }

  /** docs.github.com/en/rest/commits/commits#compare-two-commits. What a new branch began with is what the default branch does not have. */
  private async compared(repository: RepositoryId, { before, after }: Activity): Promise<readonly CommitSha[]> {
    const base = NOTHING.test(before) ? (await repositoryFacts(this.api, repository)).default_branch : before;
    const call = { route: 'GET /repos/{owner}/{repo}/compare/{basehead}', parameters: { basehead: `${base}...${after}` }, action: 'read which commits were pushed' };
    const reply = await this.api.call(repository, call);
    // one of them is gone: forced away, and collected
    return reply.status === 404 ? [] : this.api.read(zComparison, reply, call).commits.map(({ sha }) => sha);
  }
}

function cursorIn(link: string | number | undefined): string | undefined {
  const next = readLinks(String(link ?? '')).get('next');
  return next !== undefined && URL.canParse(next) ? (new URL(next).searchParams.get('after') ?? undefined) : undefined;
}
