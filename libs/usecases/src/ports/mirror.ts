import type { ApplicationName, CommitSha, EnvironmentName, ObjectSha, RepositoryId } from '@sluice/kernel';

/** Which paths: matched by the globs of @sluice/pipeline (`*`, `?` within a segment, `**` over segments). */
export interface PathSelection {
  readonly include: readonly string[];
  readonly exclude: readonly string[];
}

export interface TreeEntry {
  readonly path: string;
  /** Git's mode: `100644`, `100755`, `120000`, `160000`. */
  readonly mode: string;
  readonly sha: ObjectSha;
}

export interface PathChange {
  readonly path: string;
  readonly before?: { readonly mode: string; readonly sha: ObjectSha };
  readonly after?: { readonly mode: string; readonly sha: ObjectSha };
}

export interface CommitEntry {
  readonly sha: CommitSha;
  readonly parents: readonly CommitSha[];
  readonly authorName: string;
  readonly authorEmail: string;
  readonly committerName: string;
  readonly committerEmail: string;
  /** Milliseconds since the epoch. */
  readonly committedAt: number;
  readonly subject: string;
  /** Whom its `Co-authored-by` lines name; absent: nobody. */
  readonly coAuthors?: readonly { readonly name: string; readonly email: string }[];
  /** Against the first parent (for a root commit: everything), no rename detection. */
  readonly changes: readonly PathChange[];
}

export interface FileEdit {
  readonly path: string;
  /** Absent: the path is deleted. */
  readonly file?: { readonly mode: string; readonly bytes: Uint8Array };
}

export interface NewCommit {
  readonly parents: readonly CommitSha[];
  readonly edits: readonly FileEdit[];
  readonly message: string;
  readonly author: { readonly name: string; readonly email: string };
  /** Author and committer date, seconds since the epoch, UTC. */
  readonly date: number;
}

/** The source commit that an application's ledger in a target names. */
export interface PinnedBase {
  readonly target: EnvironmentName;
  readonly application: ApplicationName;
  readonly commit: CommitSha;
}

export type PushOutcome = 'pushed' | 'up-to-date' | 'stale';

/** The branches that the remote has: short name to commit. */
export type Heads = ReadonlyMap<string, CommitSha>;

/** A worker's bare, disposable copy of one repository. Safe for concurrent use. Every method throws Unavailable when git or the remote fails. */
export interface Mirror {
  /** Asks the remote for its branches and fetches only when one moved. */
  refresh(): Promise<Heads>;
  /** The remote's branch now, with its commit here; undefined when there is none. Cheaper than {@link refresh} where the remote can be asked for one branch. */
  head(branch: string): Promise<CommitSha | undefined>;
  /** Makes sure that a commit is here, fetching when it is not. @throws NotFound when the remote has it in no branch or `refs/sluice/*`. */
  ensure(commit: CommitSha): Promise<void>;
  has(commit: CommitSha): Promise<boolean>;
  isAncestor(ancestor: CommitSha, descendant: CommitSha): Promise<boolean>;
  /** First-parent history of `head`, newest first, down to and without `until`; at most `limit` entries. */
  firstParent(head: CommitSha, options: { until?: CommitSha; limit: number }): Promise<readonly CommitEntry[]>;
  /** All commits reachable from `head` and not from `until` (absent: all) that touch the selection; newest first, without changes filled in beyond it. */
  commitsBetween(until: CommitSha | undefined, head: CommitSha, selection: PathSelection, limit: number): Promise<readonly CommitEntry[]>;
  /** Paths in the selection that differ between two commits. Cost follows the number of changed folders. */
  changedPaths(from: CommitSha, to: CommitSha, selection: PathSelection): Promise<readonly PathChange[]>;
  /** Every file in the selection at a commit. */
  list(commit: CommitSha, selection: PathSelection): Promise<readonly TreeEntry[]>;
  /** Entries for exact paths; absent ones are left out. */
  entries(commit: CommitSha, paths: readonly string[]): Promise<ReadonlyMap<string, TreeEntry>>;
  /** A commit as git keeps it, for its signature. @throws TooLarge above `maxBytes`; NotFound. */
  commitObject(commit: CommitSha, maxBytes: number): Promise<Uint8Array>;
  /** @throws TooLarge above `maxBytes`; NotFound. */
  blob(sha: ObjectSha, maxBytes: number): Promise<Uint8Array>;
  /**
   * A hash of (path, mode, object) of everything in the selection, as 40 or 64 hex digits. A folder that the selection covers whole is one entry (its tree), so the cost follows the
   * selection's shape, not the number of files. Equal keys mean equal content and the reverse.
   */
  contentKey(commit: CommitSha, selection: PathSelection): Promise<ObjectSha>;
  /** Writes a commit on its first parent's tree. The same input gives the same commit on any machine. */
  commit(input: NewCommit): Promise<{ readonly commit: CommitSha; readonly tree: ObjectSha }>;
  /** Sets a branch under `sluice/` on the remote; `expected` absent: it must not exist, unless it is at `commit` already. Other branches are refused. */
  push(branch: string, commit: CommitSha, expected: CommitSha | undefined): Promise<PushOutcome>;
  /** Moves any branch of the remote on from `expected`, which has to be the commit's first parent: nothing is ever forced. `stale`: the branch is elsewhere by now. */
  advance(branch: string, commit: CommitSha, expected: CommitSha): Promise<PushOutcome>;
  /** Puts any branch of the remote back that is gone there. `stale`: it is there. @throws NotFound when nobody has the commit any more. */
  restore(branch: string, commit: CommitSha): Promise<PushOutcome>;
  /**
   * Keeps the base of an application in a target from being collected by the mirror and the remote, in place of the base before: `refs/sluice/base/<target>/<application>`. On the remote it is
   * there a little later.
   */
  pin(base: PinnedBase): Promise<void>;
  /** Where the remote's `refs/sluice/audit` is, with its commits here; undefined when there is none. */
  auditTip(): Promise<CommitSha | undefined>;
  /** Moves the remote's `refs/sluice/audit` on to a commit on top of `expected` (absent: it must not exist). `stale`: it is elsewhere by now. */
  advanceAudit(commit: CommitSha, expected: CommitSha | undefined): Promise<PushOutcome>;
}

export interface Mirrors {
  open(repository: RepositoryId): Promise<Mirror>;
  /**
   * Lets `work` see a pack's objects beside the repository's, in a place of its own that is gone when it has ended, whatever came of it. What is written there goes with it; nothing is pushed. The pack
   * may be thin, and is untrusted.
   * @throws InvalidInput for what is no sound pack; TooLarge; Unavailable when too many are looked at already.
   */
  withPack<T>(repository: RepositoryId, pack: Uint8Array, work: (mirror: Mirror) => Promise<T>): Promise<T>;
}
