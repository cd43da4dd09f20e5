import { type CommitSha, commitSha, type Instant, type RepositoryId, type Turns } from '@sluice/kernel';
import { listRefs, runGit } from '@sluice/git-process';
import type { PushEvent, PushLog } from '@sluice/usecases';
import { LOST, untilWon } from './compare-and-swap.js';
import { PUSHES, pushesOfDayRef } from './forge-refs.js';
import { PushIndex } from './push-index.js';
import { readCommit } from './commit-object.js';
import type { RecordStore } from './record-store.js';
import { type PushRecord } from './records.js';
import type { RepositoryFolder } from './repository-folder.js';

/** Commits named by one push; of a larger one (a whole history) the oldest have no known pusher. */
const MAX_COMMITS = 5_000;
const MAX_OLD_DAYS = 400;
const DAY = 24 * 60 * 60_000;

/** Who pushed what: one chain of records a day. The first who pushed a commit stays the one who pushed it, wherever it is pushed to later. */
export class BuiltinPushLog implements PushLog {
  private readonly indexes = new WeakMap<RecordStore, PushIndex>();

  constructor(
    private readonly repositories: RepositoryFolder,
    private readonly turns: Turns,
  ) {}

  async pushersOf(repository: RepositoryId, commits: readonly CommitSha[]): Promise<ReadonlyMap<CommitSha, string>> {
    const store = await this.repositories.open(repository);
    const index = this.indexes.get(store) ?? new PushIndex(store);
    this.indexes.set(store, index);
    return this.turns.take(`${repository} push index`, () => index.pushersOf(commits));
  }

  /** Notes an accepted push. */
  async append({ repository, by, updates }: PushEvent): Promise<void> {
    const store = await this.repositories.open(repository);
    const commits = await newCommits(store, updates);
    const at = store.now();
    const ref = pushesOfDayRef(at);
    const record: PushRecord = { kind: 'push', by, at, updates: [...updates], commits };
    await this.turns.take(`${repository} pushes`, () =>
      untilWon('The log of pushes', async () => {
        const newest = await store.tip(ref);
        const next = await store.write(`push by ${by}`, record, newest === undefined ? [] : [newest]);
        return (await store.swap([{ ref, to: next, from: newest ?? null }])) || LOST;
      }),
    );
  }

  /** Drops days that are older than 400 days. */
  async forgetOldDays(repository: RepositoryId): Promise<void> {
    const store = await this.repositories.open(repository);
    const oldest = pushesOfDayRef((store.now() - MAX_OLD_DAYS * DAY) as Instant);
    const days = await listRefs(store.gitDir, [PUSHES]);
    await store.swap(days.filter(({ ref }) => ref < oldest).map(({ ref, sha }) => ({ ref, to: null, from: sha })));
  }
}

async function newCommits(store: RecordStore, updates: PushEvent['updates']): Promise<CommitSha[]> {
  const branches = updates.filter(({ ref, after }) => ref.startsWith('refs/heads/') && after !== undefined);
  const [only] = branches;
  if (branches.length === 0) return [];
  // the usual push is one commit on what was there
  if (branches.length === 1 && only?.after && only.before) {
    const { parents } = await readCommit(store.objects, only.after);
    if (parents.length === 1 && parents[0] === only.before) return [only.after];
  }
  const input = branches.flatMap(({ before, after }) => [after ?? '', ...(before ? [`^${before}`] : [])]);
  // a new branch has only what no other branch had
  const others = branches.some(({ before }) => before === undefined) ? await otherTips(store.gitDir, branches) : [];
  const { stdout } = await runGit(['rev-list', `--max-count=${MAX_COMMITS}`, '--stdin'], { gitDir: store.gitDir, input: `${[...input, ...others].join('\n')}\n` });
  return stdout.toString('latin1').split('\n').filter(Boolean).map(commitSha);
}

async function otherTips(gitDir: string, branches: PushEvent['updates']): Promise<string[]> {
  const moved = new Set(branches.map(({ ref }) => ref));
  const refs = await listRefs(gitDir, ['refs/heads/']);
  return refs.filter(({ ref }) => !moved.has(ref)).map(({ sha }) => `^${sha}`);
}
