import { join } from 'node:path';
import { type Clock, type RepositoryId, Unavailable, instant, AtMost } from '@sluice/kernel';
import { assertOutsideTransaction } from '@sluice/runtime';
import type { Mirror, Mirrors, RepositoryAccess } from '@sluice/usecases';
import { localFault } from './faults.js';
import { GitMirror } from './git-mirror.js';
import { prepareMirror } from './mirror-folder.js';
import { PathRulesCache } from './path-rules.js';
import { Quarantine, removeQuarantines } from './quarantine.js';
import { ReadOnlyRemote, Remote } from './remote.js';

export interface MirrorsOptions {
  /** Holds one bare repository for each repository. Everything in it can be thrown away. */
  readonly folder: string;
  readonly access: RepositoryAccess;
  /**
   * Takes the folder for this process alone, by a lock that the operating system ends with the process. A mirror's leftovers are removed and damaged mirrors are made anew, which is safe
   * only for the one who has it.
   */
  readonly lock: (folder: string) => Promise<{ release(): Promise<void> }>;
  /** Lets repositories be reached by path. */
  readonly allowLocal?: boolean;
  readonly clock?: Clock;
  /** Local git processes at a time, of all mirrors together. Default 8. */
  readonly processes?: number;
  /** Conversations with remotes at a time, of all mirrors together. Default 16. */
  readonly transfers?: number;
}

export interface OwnedMirrors extends Mirrors {
  open(repository: RepositoryId): Promise<GitMirror>;
  /** Packs the open mirrors that need it, one after the other. For a slow periodic job. */
  maintain(): Promise<void>;
  /** Ends every git process and gives the folder back. */
  close(): Promise<void>;
}

/** The mirrors of one worker. `open` does not reach the remote; a mirror's first `refresh` clones. */
export function createMirrors(options: MirrorsOptions): OwnedMirrors {
  return new MirrorFolder(options);
}

class MirrorFolder implements OwnedMirrors {
  private readonly mirrors = new Map<RepositoryId, Promise<GitMirror>>();
  private readonly rules = new PathRulesCache();
  private readonly processes: AtMost;
  private readonly transfers: AtMost;
  private held: ReturnType<MirrorsOptions['lock']> | undefined;
  private cleaned: Promise<void> | undefined;
  private closed = false;
  private readonly quarantine: Quarantine;

  constructor(private readonly options: MirrorsOptions) {
    this.processes = new AtMost(options.processes ?? 8);
    this.transfers = new AtMost(options.transfers ?? 16);
    const { folder, access, allowLocal = false, clock = now } = options;
    this.quarantine = new Quarantine({ folder, clock, rules: this.rules, processes: this.processes, remote: (repository) => new ReadOnlyRemote(repository, access, allowLocal, this.transfers) });
  }

  async open(repository: RepositoryId): Promise<GitMirror> {
    assertOutsideTransaction('git');
    if (this.closed) throw new Unavailable('the mirrors are closed: this process is ending');
    const known = this.mirrors.get(repository);
    if (known) return known;
    const opening = this.prepare(repository);
    this.mirrors.set(repository, opening);
    // a failure is not remembered
    opening.catch(() => this.mirrors.delete(repository));
    return opening;
  }

  async withPack<T>(repository: RepositoryId, pack: Uint8Array, work: (mirror: Mirror) => Promise<T>): Promise<T> {
    const mirror = await this.open(repository);
    await mirror.refresh();
    return this.quarantine.run({ repository, beside: mirror.gitDir, pack }, work);
  }

  async maintain(): Promise<void> {
    for (const mirror of await this.opened()) await mirror.maintain();
  }

  async close(): Promise<void> {
    this.closed = true;
    await Promise.all((await this.opened()).map((mirror) => mirror.close()));
    await (await this.held)?.release();
    this.held = undefined;
  }

  private async prepare(repository: RepositoryId): Promise<GitMirror> {
    const { folder, access, allowLocal = false, clock = now } = this.options;
    await this.takeFolder();
    const gitDir = join(folder, `${repository}.git`);
    const remote = new Remote(repository, access, allowLocal, this.transfers);
    try {
      const shared = await remote.sharedFolder();
      await prepareMirror(gitDir, shared);
    } catch (error) {
      throw localFault(error, repository);
    }
    return new GitMirror({ gitDir, remote, clock, rules: this.rules, processes: this.processes });
  }

  private async takeFolder(): Promise<void> {
    this.held ??= this.options.lock(this.options.folder);
    try {
      await this.held;
      await (this.cleaned ??= removeQuarantines(this.options.folder));
    } catch (error) {
      this.held = undefined;
      throw error;
    }
  }

  private async opened(): Promise<GitMirror[]> {
    const settled = await Promise.allSettled(this.mirrors.values());
    return settled.flatMap((mirror) => (mirror.status === 'fulfilled' ? [mirror.value] : []));
  }
}

function now(): ReturnType<Clock> {
  return instant(Date.now());
}
