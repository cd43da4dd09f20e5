import { CatFileSession, RefSession, type RefUpdate } from '@sluice/git-process';
import { commitSha, type CommitSha } from '@sluice/kernel';
import type { PushOutcome } from '@sluice/usecases';

/** A repository on this machine that is read and changed where it is, through two long-lived processes: a conversation of git with itself takes six, for each branch that is set. */
export class InPlace {
  private readonly objects: CatFileSession;
  private readonly refs: RefSession;

  constructor(readonly folder: string) {
    this.objects = new CatFileSession(folder);
    this.refs = new RefSession(folder);
  }

  /** The commit of a reference; undefined when there is none. */
  async tip(ref: string): Promise<CommitSha | undefined> {
    const info = await this.objects.info(ref);
    return info?.type === 'commit' ? commitSha(info.sha) : undefined;
  }

  /** Sets a reference by compare-and-swap to a commit that is there. `expected` absent: it must not exist. @throws GitFailed when the commit is not there, or git fails otherwise. */
  async set(ref: string, commit: CommitSha, expected: CommitSha | undefined): Promise<PushOutcome> {
    const tip = await this.tip(ref);
    if (tip === commit) return 'up-to-date';
    if (tip !== expected) return 'stale';
    return (await this.update([{ ref, to: commit, from: expected ?? null }])) ? 'pushed' : 'stale';
  }

  /** Changes all references or none. @returns false when somebody else was faster. @throws like {@link set} */
  async update(updates: readonly RefUpdate[]): Promise<boolean> {
    return (await this.refs.update(updates)).kind === 'updated';
  }

  close(): void {
    this.objects.close();
    this.refs.close();
  }
}
