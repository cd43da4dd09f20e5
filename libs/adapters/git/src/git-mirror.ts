import { RefSession, isRefName, listRefs, runGit } from '@sluice/git-process';
import { type Clock, type CommitSha, InvalidInput, NotFound, type ObjectSha, type AtMost } from '@sluice/kernel';
import type { CommitEntry, Heads, Mirror, NewCommit, PathChange, PathSelection, PinnedBase, PushOutcome, TreeEntry } from '@sluice/usecases';
import { Branches } from './branches.js';
import { changesBetween } from './changed-paths.js';
import { ContentKeys } from './content-key.js';
import { branchRefused } from './faults.js';
import { firstParentHistory, historyOf, shortHistory, shortHistoryOf } from './history.js';
import { entriesAt, filesBelow } from './list-files.js';
import { Lru } from './lru.js';
import { needsMaintenance, packMirror } from './maintenance.js';
import { type ObjectFormat, makeMirror, shareObjects } from './mirror-folder.js';
import { ObjectReader } from './object-reader.js';
import { OneAtATime, Shared } from './one-at-a-time.js';
import type { PathRulesCache } from './path-rules.js';
import { Pins } from './pins.js';
import { Recovery } from './recovery.js';
import type { Remote } from './remote.js';
import { TreeWalk } from './tree-walk.js';
import { writeCommit } from './write-commit.js';

export interface GitMirrorOptions {
  readonly gitDir: string;
  readonly remote: Remote;
  readonly clock: Clock;
  readonly rules: PathRulesCache;
  /** Bounds the local git processes of all mirrors together. A remote that hangs takes no place here. */
  readonly processes: AtMost;
}

/** First parents of either commit that are looked through for the other one before git is asked: mostly it is one of the last few. */
const NEAR = [8, 64];
const EVERYTHING: PathSelection = { include: ['**'], exclude: [] };
const AUDIT = 'refs/sluice/audit';
const KEPT = '+refs/sluice/*:refs/sluice/*';
/** Milliseconds for which "the remote does not have this commit" is not asked again. */
const MISSING_FOR = 30_000;

/** A bare mirror that {@link prepareMirror} has made ready. */
export class GitMirror implements Mirror {
  private readonly objects: ObjectReader;
  private readonly refs: RefSession;
  private readonly keys: ContentKeys;
  private readonly branches: Branches;
  private readonly pins: Pins;
  private readonly recovery: Recovery;
  private readonly lock = new OneAtATime();
  private readonly ancestry = new Lru<string, boolean>(20_000);
  private readonly missing = new Lru<CommitSha, number>(1_000);
  private readonly refreshing = new Shared(() => this.lock.run(() => this.branches.refresh()));
  private readonly fetchingKept = new Shared(() => this.lock.run(() => this.options.remote.fetch(this.options.gitDir, [KEPT])));

  constructor(private readonly options: GitMirrorOptions) {
    const { gitDir, remote, clock } = options;
    this.objects = new ObjectReader(gitDir);
    this.refs = new RefSession(gitDir);
    this.keys = new ContentKeys(this.objects);
    this.branches = new Branches({ gitDir, remote, objects: this.objects, refs: this.refs });
    this.pins = new Pins({ gitDir, remote, refs: this.refs });
    this.recovery = new Recovery({ repository: remote.repository, lock: this.lock, clock, rebuild: () => this.rebuild() });
  }

  /** Where its objects are. */
  get gitDir(): string {
    return this.options.gitDir;
  }

  async refresh(): Promise<Heads> {
    return this.recovery.run(() => this.refreshing.run());
  }

  async head(branch: string): Promise<CommitSha | undefined> {
    return this.recovery.run(async () => {
      const tip = await this.options.remote.tip(branch);
      if (tip === undefined) return (await this.refreshing.run()).get(branch);
      return tip.commit;
    });
  }

  async ensure(commit: CommitSha): Promise<void> {
    return this.recovery.run(async () => {
      if (await this.objects.has(commit)) return;
      await this.refreshing.run();
      if (await this.objects.has(commit)) return;
      await this.fetchMissing(commit);
    });
  }

  async has(commit: CommitSha): Promise<boolean> {
    return this.recovery.run(() => this.objects.has(commit));
  }

  async isAncestor(ancestor: CommitSha, descendant: CommitSha): Promise<boolean> {
    return this.recovery.run(async () => {
      const pair = `${ancestor} ${descendant}`;
      const known = this.ancestry.get(pair);
      if (known !== undefined) return known;
      await this.require(ancestor, descendant);
      const answer = (await this.nearby(ancestor, descendant)) ?? (await this.askAncestry(ancestor, descendant));
      this.ancestry.set(pair, answer);
      return answer;
    });
  }

  async firstParent(head: CommitSha, { until, limit }: { until?: CommitSha; limit: number }): Promise<readonly CommitEntry[]> {
    return this.recovery.run(async () => {
      await this.require(head, ...(until ? [until] : []));
      const short = await shortHistory(this.objects, { until, head }, limit, this.options.rules.of(EVERYTHING));
      return short ?? this.process(() => firstParentHistory(this.options.gitDir, head, until, limit));
    });
  }

  async commitsBetween(until: CommitSha | undefined, head: CommitSha, selection: PathSelection, limit: number): Promise<readonly CommitEntry[]> {
    return this.recovery.run(async () => {
      await this.require(head, ...(until ? [until] : []));
      const rules = this.options.rules.of(selection);
      const short = await shortHistoryOf(this.objects, { until, head }, limit, rules);
      return short ?? this.process(() => historyOf(this.options.gitDir, { until, head }, rules, limit));
    });
  }

  async changedPaths(from: CommitSha, to: CommitSha, selection: PathSelection): Promise<readonly PathChange[]> {
    return this.recovery.run(async () => {
      const [before, after] = await Promise.all([this.objects.root(from), this.objects.root(to)]);
      return changesBetween(this.walk(selection), before, after);
    });
  }

  async list(commit: CommitSha, selection: PathSelection): Promise<readonly TreeEntry[]> {
    return this.recovery.run(async () => filesBelow(this.walk(selection), await this.objects.root(commit), ''));
  }

  async entries(commit: CommitSha, paths: readonly string[]): Promise<ReadonlyMap<string, TreeEntry>> {
    return this.recovery.run(() => entriesAt(this.objects, commit, paths));
  }

  async commitObject(commit: CommitSha, maxBytes: number): Promise<Uint8Array> {
    return this.recovery.run(() => this.objects.commitObject(commit, maxBytes));
  }

  async blob(sha: ObjectSha, maxBytes: number): Promise<Uint8Array> {
    return this.recovery.run(() => this.objects.blob(sha, maxBytes));
  }

  async contentKey(commit: CommitSha, selection: PathSelection): Promise<ObjectSha> {
    return this.recovery.run(() => this.keys.of(commit, this.options.rules.of(selection)));
  }

  async commit(input: NewCommit): Promise<{ readonly commit: CommitSha; readonly tree: ObjectSha }> {
    return this.recovery.run(async () => {
      const { gitDir, remote } = this.options;
      return writeCommit((await remote.folderInPlace()) ?? gitDir, this.objects, input);
    });
  }

  async push(branch: string, commit: CommitSha, expected: CommitSha | undefined): Promise<PushOutcome> {
    const ref = `refs/heads/${branch}`;
    if (!branch.startsWith('sluice/') || !isRefName(ref)) throw branchRefused(branch);
    return this.recovery.run(async () => {
      await this.require(commit);
      return this.options.remote.set(this.options.gitDir, ref, commit, expected);
    });
  }

  async advance(branch: string, commit: CommitSha, expected: CommitSha): Promise<PushOutcome> {
    const ref = `refs/heads/${branch}`;
    if (!isRefName(ref)) throw branchRefused(branch);
    return this.recovery.run(async () => {
      const [entry] = await this.firstParent(commit, { limit: 1 });
      if (entry?.parents[0] !== expected) throw new InvalidInput(`the commit ${commit} was not made on ${expected}: only that moves ${branch} on`);
      return this.options.remote.set(this.options.gitDir, ref, commit, expected);
    });
  }

  async restore(branch: string, commit: CommitSha): Promise<PushOutcome> {
    const ref = `refs/heads/${branch}`;
    if (!isRefName(ref)) throw branchRefused(branch);
    return this.recovery.run(async () => {
      await this.require(commit);
      return this.options.remote.set(this.options.gitDir, ref, commit, undefined);
    });
  }

  async pin(base: PinnedBase): Promise<void> {
    return this.recovery.run(async () => {
      await this.require(base.commit);
      await this.pins.set(base);
    });
  }

  async auditTip(): Promise<CommitSha | undefined> {
    return this.recovery.run(async () => {
      const { gitDir, remote } = this.options;
      if (!(await this.lock.run(() => remote.fetch(gitDir, [`+${AUDIT}:${AUDIT}`])))) return undefined;
      return (await listRefs(gitDir, [AUDIT])).map(({ sha }) => sha as CommitSha)[0];
    });
  }

  async advanceAudit(commit: CommitSha, expected: CommitSha | undefined): Promise<PushOutcome> {
    return this.recovery.run(async () => {
      const [entry] = await this.firstParent(commit, { limit: 1 });
      if (entry?.parents[0] !== expected) throw new InvalidInput(`the commit ${commit} was not made on ${expected ?? 'nothing'}: ${AUDIT} is only appended to`);
      return this.options.remote.set(this.options.gitDir, AUDIT, commit, expected);
    });
  }

  /** Packs the mirror when it has grown many small files. @returns whether it did. */
  async maintain(limits?: Parameters<typeof needsMaintenance>[1]): Promise<boolean> {
    const { gitDir } = this.options;
    if (!(await needsMaintenance(gitDir, limits))) return false;
    await this.recovery.run(() => this.lock.run(() => packMirror(gitDir)));
    return true;
  }

  async close(): Promise<void> {
    await this.pins.flush();
    this.objects.close();
    this.refs.close();
    this.options.remote.close();
  }

  /** What the first parents of either one tell: a commit before another is not behind it. */
  private async nearby(ancestor: CommitSha, descendant: CommitSha): Promise<boolean | undefined> {
    for (const limit of NEAR) {
      if ((await this.objects.line(descendant, ancestor, limit))?.end === 'until') return true;
      if ((await this.objects.line(ancestor, descendant, limit))?.end === 'until') return false;
    }
    return undefined;
  }

  private async askAncestry(ancestor: CommitSha, descendant: CommitSha): Promise<boolean> {
    const { exitCode } = await this.process(() => runGit(['merge-base', '--is-ancestor', ancestor, descendant], { gitDir: this.options.gitDir, answers: [1] }));
    return exitCode === 0;
  }

  private walk(selection: PathSelection): TreeWalk {
    return new TreeWalk(this.objects, this.options.rules.of(selection));
  }

  private process<T>(work: () => Promise<T>): Promise<T> {
    return this.options.processes.run(work);
  }

  private async require(...commits: readonly CommitSha[]): Promise<void> {
    await Promise.all(commits.map((commit) => this.objects.root(commit)));
  }

  private async fetchMissing(commit: CommitSha): Promise<void> {
    const { remote, clock } = this.options;
    const missingSince = this.missing.get(commit);
    if (missingSince === undefined || clock() - missingSince >= MISSING_FOR) {
      await this.fetchingKept.run();
      if (await this.objects.has(commit)) return;
      await this.checkHistory();
      this.missing.set(commit, clock());
    }
    throw new NotFound(`the repository ${remote.repository} has the commit ${commit} in no branch: it was force-pushed away or never pushed`, { details: { commit } });
  }

  /** A commit that the mirror has lost looks like one that the remote never had. */
  private async checkHistory(): Promise<void> {
    await this.process(() => runGit(['rev-list', '--quiet', '--branches'], { gitDir: this.options.gitDir }));
  }

  private async rebuild(): Promise<void> {
    const { gitDir, remote } = this.options;
    const heads = await remote.heads();
    const format: ObjectFormat = [...heads.values()][0]?.length === 64 ? 'sha256' : 'sha1';
    await makeMirror(gitDir, format);
    await shareObjects(gitDir, await remote.sharedFolder());
    this.objects.reopen();
    this.pins.forget();
    this.missing.clear();
    await this.branches.fetchAll();
  }
}
