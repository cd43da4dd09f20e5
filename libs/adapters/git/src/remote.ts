import { isAbsolute } from 'node:path';
import { GitFailed, type GitOptions, type GitRef, listRefs, parseRefLines, runGit } from '@sluice/git-process';
import { type CommitSha, Forbidden, InvalidInput, type RepositoryId, type AtMost } from '@sluice/kernel';
import type { PushOutcome, RepositoryAccess, RepositoryLocation } from '@sluice/usecases';
import { remoteFault } from './faults.js';
import { InPlace } from './in-place.js';
import { porcelain } from './porcelain.js';

const LIST_DEADLINE = 30_000;
const FETCH_DEADLINE = 600_000;
const PUSH_DEADLINE = 120_000;
const FETCH = ['fetch', '--no-tags', '--no-write-fetch-head', '--no-auto-maintenance'];
// A mirror is disposable, so nothing waits for the disk.
const FETCH_CONFIG = { 'core.fsync': 'none', 'fetch.unpackLimit': '500' };
const NOT_THERE = /couldn't find remote ref|not our ref|unadvertised object|did not send all necessary objects/i;
const MAX_LISTING = 64 * 1024 * 1024;
const HEADS = 'refs/heads/';
// Somebody was faster between git's look at the remote and its write, in the words of git, of its receive-pack and of the built-in forge.
const STALE = /stale info|cannot lock ref|failed to update ref|incorrect old value|fetch first|non-fast-forward|reference already exists|remote ref updated/i;

interface Place {
  readonly url: string;
  readonly options: Pick<GitOptions, 'credential' | 'allowLocal'>;
  readonly shared: boolean;
  readonly inPlace: InPlace | undefined;
}

/** A repository as git reaches it over the network (or, where allowed, by path). */
export class Remote {
  private opened: InPlace | undefined;

  constructor(
    readonly repository: RepositoryId,
    private readonly access: RepositoryAccess,
    private readonly allowLocal: boolean,
    /** Bounds what all remotes together have under way. */
    private readonly transfers: AtMost,
  ) {}

  /** The folder whose objects a mirror may read in place; undefined when there is none, or it is not known yet. */
  async sharedFolder(): Promise<string | undefined> {
    const location = await this.access.locate(this.repository).catch(() => undefined);
    return location && this.isShared(location) ? location.url : undefined;
  }

  /** The folder that objects for the remote may be written to, so that nothing is left to transfer; undefined when there is none, or it is not known yet. */
  async folderInPlace(): Promise<string | undefined> {
    const location = await this.access.locate(this.repository).catch(() => undefined);
    return location && this.inPlace(location)?.folder;
  }

  /** One branch's commit, if the remote can be asked for it alone at once. */
  async tip(branch: string): Promise<{ readonly commit: CommitSha | undefined } | undefined> {
    return this.reach(async ({ inPlace }) => inPlace && { commit: await inPlace.tip(`${HEADS}${branch}`) });
  }

  /** The remote's branches in one round of `ls-remote`. */
  async heads(): Promise<Map<string, CommitSha>> {
    return this.reach(async ({ url, options, shared }) => {
      if (shared) return headsOf(await listRefs(url, [HEADS]));
      const { stdout } = await runGit(['ls-remote', '--heads', '--end-of-options', url], { ...options, deadline: LIST_DEADLINE, maxOutputBytes: MAX_LISTING });
      return headsOf(parseRefLines(stdout.toString('utf8')).filter(({ ref }) => ref.startsWith(HEADS)));
    });
  }

  /** @returns false when the remote does not have (any more) what a refspec names. */
  async fetch(gitDir: string, refspecs: readonly string[]): Promise<boolean> {
    return this.reach(async ({ url, options }) => {
      try {
        await runGit([...FETCH, '--quiet', '--end-of-options', url, ...refspecs], { ...options, config: FETCH_CONFIG, gitDir, deadline: FETCH_DEADLINE });
        return true;
      } catch (error) {
        if (error instanceof GitFailed && NOT_THERE.test(error.stderr)) return false;
        throw error;
      }
    });
  }

  /**
   * Fetches what the refspecs match and removes here what is gone there. Through simple-git, which is right for long, rare work; the small fetches go past it, because it waits 50 ms for a git
   * that has nothing to say.
   */
  async clone(folder: string, refspecs: readonly string[]): Promise<void> {
    await this.reach(({ url, options }) =>
      porcelain('fetch', { ...options, config: FETCH_CONFIG, folder, deadline: FETCH_DEADLINE }, (git) => git.raw([...FETCH, '--prune', '--end-of-options', url, ...refspecs])),
    );
  }

  /** Sets one reference by compare-and-swap. `expected` absent: it must not exist. */
  async set(gitDir: string, ref: string, commit: CommitSha, expected: CommitSha | undefined): Promise<PushOutcome> {
    return this.reach(async ({ url, options, inPlace }) => {
      // what was composed before the remote's folder was known is not in it
      const set = await inPlace?.set(ref, commit, expected).catch(notInPlace);
      if (set !== undefined) return set;
      const args = ['push', '--porcelain', '--no-verify', `--force-with-lease=${ref}:${expected ?? ''}`, '--end-of-options', url, `${commit}:${ref}`];
      const { stdout, stderr } = await runGit(args, { ...options, gitDir, deadline: PUSH_DEADLINE, answers: [1] });
      return outcomeOf(stdout.toString('utf8'), stderr);
    });
  }

  /** Sets references to commits, whatever they are at now. */
  async put(gitDir: string, refs: ReadonlyMap<string, CommitSha>): Promise<void> {
    const updates = [...refs].map(([ref, to]) => ({ ref, to }));
    await this.reach(async ({ url, options, inPlace }) => {
      if (await inPlace?.update(updates).catch(notInPlace)) return;
      const refspecs = updates.map(({ ref, to }) => `+${to}:${ref}`);
      await runGit(['push', '--quiet', '--no-verify', '--end-of-options', url, ...refspecs], { ...options, gitDir, deadline: PUSH_DEADLINE });
    });
  }

  close(): void {
    this.opened?.close();
  }

  private async reach<T>(work: (place: Place) => Promise<T>): Promise<T> {
    const location = await this.access.locate(this.repository);
    const { url, credential } = location;
    this.checkUrl(url);
    try {
      return await this.transfers.run(() => work({ url, shared: this.isShared(location), inPlace: this.inPlace(location), options: { allowLocal: this.allowLocal, ...(credential && { credential }) } }));
    } catch (error) {
      throw remoteFault(error, this.repository);
    }
  }

  private inPlace(location: RepositoryLocation): InPlace | undefined {
    if (!this.isShared(location) || location.takesObjects !== true) return undefined;
    if (this.opened?.folder === location.url) return this.opened;
    this.opened?.close();
    return (this.opened = new InPlace(location.url));
  }

  private isShared({ url, sharesObjects }: RepositoryLocation): boolean {
    return this.allowLocal && sharesObjects === true && isAbsolute(url);
  }

  private checkUrl(url: string): void {
    if (/^(https?|ssh):\/\/[^-]/.test(url) || (this.allowLocal && (isAbsolute(url) || url.startsWith('file:///')))) return;
    throw new InvalidInput(`the repository ${this.repository} has a URL that is not http(s):// or ssh://: correct it`);
  }
}

/** One that nothing is written to: neither references nor objects. */
export class ReadOnlyRemote extends Remote {
  override async folderInPlace(): Promise<undefined> {
    return undefined;
  }

  override async set(_gitDir: string, ref: string): Promise<never> {
    return refuse(ref);
  }

  override async put(_gitDir: string, refs: ReadonlyMap<string, CommitSha>): Promise<never> {
    return refuse([...refs.keys()].join(', '));
  }
}

function refuse(what: string): never {
  throw new Forbidden(`nothing is pushed from here: not ${what.slice(0, 200)}`);
}

/** What cannot be done there is left to git, which says what is wrong. */
function notInPlace(error: unknown): undefined {
  if (error instanceof GitFailed) return undefined;
  throw error;
}

function headsOf(refs: readonly GitRef[]): Map<string, CommitSha> {
  return new Map(refs.map(({ ref, sha }) => [ref.slice(HEADS.length), sha as CommitSha]));
}

/** Reads `<flag>TAB<from>:<to>TAB<summary>`, the line that `push --porcelain` writes for a reference. */
function outcomeOf(stdout: string, stderr: string): PushOutcome {
  const [, flag, summary = ''] = /^([ +*=!-])\t[^\t]*\t(.*)$/m.exec(stdout) ?? [];
  if (flag === '=') return 'up-to-date';
  if (flag !== undefined && flag !== '!') return 'pushed';
  if (STALE.test(summary)) return 'stale';
  const message = flag === undefined ? 'git push failed' : `git push was refused: ${summary}`;
  throw new GitFailed(message, { reason: 'exit', command: 'push', exitCode: 1, stderr });
}
