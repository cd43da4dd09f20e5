import { type CommitSha, Forbidden, NotFound, type RepositoryId } from '@sluice/kernel';
import type { PushLog } from '@sluice/usecases';
import type { GiteaApi } from './gitea-api.js';
import { type Activity, zActivities, zPushContent } from './schema.js';

/** Pages of a repository's newest activities that are looked through. */
const MAX_PAGES = 5;

/**
 * Who pushed, by the repository's activities. They name at most five commits of a push and its last one, and only what is not too long ago: what they do not say nobody knows.
 */
export class GiteaPushLog implements PushLog {
  constructor(private readonly api: GiteaApi) {}

  async pushersOf(repository: RepositoryId, commits: readonly CommitSha[]): Promise<ReadonlyMap<CommitSha, string>> {
    const wanted = new Set(commits);
    const found = new Map<CommitSha, string>();
    let page = 0;
    for await (const pushes of this.pushes(repository)) {
      // the first who pushed a commit brought it: an older push goes before a newer one, also one that is pages back
      for (const push of pushes) for (const commit of push.commits) if (wanted.has(commit)) found.set(commit, push.by);
      page += 1;
      if (page >= MAX_PAGES) break;
    }
    return found;
  }

  /** Follows repoListActivityFeeds, newest first. Instances may hide activities: then there are none. */
  private async *pushes(repository: RepositoryId): AsyncGenerator<readonly Push[]> {
    try {
      for await (const activities of this.api.pages(zActivities, { path: `${await this.api.repository(repository)}/activities/feeds`, action: 'see who pushed' })) yield activities.flatMap(pushIn);
    } catch (error) {
      if (!(error instanceof Forbidden) && !(error instanceof NotFound)) throw error;
    }
  }
}

interface Push {
  readonly by: string;
  readonly commits: readonly CommitSha[];
}

function pushIn({ op_type: kind, act_user: user, content }: Activity): readonly Push[] {
  return kind === 'commit_repo' && user ? [{ by: user.login, commits: commitsIn(content) }] : [];
}

function commitsIn(content: string | null | undefined): readonly CommitSha[] {
  try {
    const { Commits, HeadCommit } = zPushContent.parse(JSON.parse(content ?? ''));
    return [...(Commits ?? []), ...(HeadCommit ? [HeadCommit] : [])].map(({ Sha1 }) => Sha1 as CommitSha);
  } catch {
    return [];
  }
}
