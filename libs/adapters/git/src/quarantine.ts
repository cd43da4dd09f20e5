import { randomBytes } from 'node:crypto';
import { readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { GitFailed, runGit } from '@sluice/git-process';
import { type Clock, InvalidInput, type RepositoryId, TooLarge, Unavailable, AtMost } from '@sluice/kernel';
import { localFault } from './faults.js';
import { GitMirror } from './git-mirror.js';
import { type ObjectFormat, makeMirror, shareObjects } from './mirror-folder.js';
import type { PathRulesCache } from './path-rules.js';
import type { ReadOnlyRemote } from './remote.js';

// begins as no repository's name does
const PREFIX = '.quarantine-';
const MAX_PACK = 16 * 1024 * 1024;
/** Bytes that git may take into memory for one object: a pack's size says little of what it unpacks to. */
const MAX_OBJECT = 32 * 1024 * 1024;
const DEADLINE = 30_000;
const AT_ONCE = 2;
const MAX_WAITING = 16;

interface QuarantineOptions {
  readonly folder: string;
  readonly clock: Clock;
  readonly rules: PathRulesCache;
  readonly processes: AtMost;
  readonly remote: (repository: RepositoryId) => ReadOnlyRemote;
}

interface Suspect {
  readonly repository: RepositoryId;
  /** The mirror whose objects may be named by the pack's. */
  readonly beside: string;
  readonly pack: Uint8Array;
}

/** Looks at packs of people who may only read: each in a repository of its own that borrows the mirror's objects, with no reference that anything follows, and is removed when the work has ended. */
export class Quarantine {
  private readonly places = new AtMost(AT_ONCE);
  private inside = 0;

  constructor(private readonly options: QuarantineOptions) {}

  async run<T>(suspect: Suspect, work: (mirror: GitMirror) => Promise<T>): Promise<T> {
    if (suspect.pack.length > MAX_PACK) throw new TooLarge(`the pack has ${suspect.pack.length} bytes; at most ${MAX_PACK} are taken`);
    if (this.inside >= MAX_WAITING) throw new Unavailable('too many packs are being looked at: try again in a minute');
    this.inside += 1;
    try {
      return await this.places.run(() => this.enter(suspect, work));
    } finally {
      this.inside -= 1;
    }
  }

  private async enter<T>(suspect: Suspect, work: (mirror: GitMirror) => Promise<T>): Promise<T> {
    const { folder, clock, rules, processes, remote } = this.options;
    const gitDir = join(folder, `${PREFIX}${randomBytes(12).toString('hex')}.git`);
    try {
      await prepare(gitDir, suspect);
      const mirror = new GitMirror({ gitDir, remote: remote(suspect.repository), clock, rules, processes });
      try {
        return await work(mirror);
      } finally {
        await mirror.close();
      }
    } finally {
      await rm(gitDir, { recursive: true, force: true, maxRetries: 5 });
    }
  }
}

async function prepare(gitDir: string, { repository, beside, pack }: Suspect): Promise<void> {
  try {
    await makeMirror(gitDir, await formatOf(beside));
    await shareObjects(gitDir, beside);
  } catch (error) {
    throw localFault(error, repository);
  }
  const args = ['index-pack', '--stdin', '--fix-thin', '--strict', `--max-input-size=${MAX_PACK}`];
  await runGit(args, { gitDir, input: pack, deadline: DEADLINE, env: { GIT_ALLOC_LIMIT: String(MAX_OBJECT) }, config: { 'core.fsync': 'none', 'pack.threads': '1' } }).catch((error: unknown) => {
    throw packFault(error, repository);
  });
}

async function formatOf(gitDir: string): Promise<ObjectFormat> {
  const { stdout } = await runGit(['rev-parse', '--show-object-format'], { gitDir });
  return stdout.toString('utf8').trim() === 'sha256' ? 'sha256' : 'sha1';
}

/** What git says of the pack is the sender's to mend; that git could not run is not. */
function packFault(error: unknown, repository: RepositoryId): unknown {
  if (!(error instanceof GitFailed)) return localFault(error, repository);
  if (error.reason === 'deadline') return new TooLarge('the pack takes too long to be looked at: send less', { cause: error });
  if (error.reason !== 'exit' && error.reason !== 'died') return localFault(error, repository);
  return new InvalidInput('what was sent is no pack that git takes, or it needs objects that the repository does not have: fetch, and try again', { cause: error });
}

/** Those that a process left behind when it was killed. Only for the holder of the folder's lock. */
export async function removeQuarantines(folder: string): Promise<void> {
  const names = await readdir(folder).catch(() => []);
  for (const name of names) if (name.startsWith(PREFIX)) await rm(join(folder, name), { recursive: true, force: true, maxRetries: 5 });
}
