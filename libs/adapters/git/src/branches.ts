import { type RefSession, type RefUpdate, listRefs } from '@sluice/git-process';
import type { CommitSha } from '@sluice/kernel';
import type { Heads } from '@sluice/usecases';
import { MirrorDamaged } from './faults.js';
import type { ObjectReader } from './object-reader.js';
import type { Remote } from './remote.js';

const ALL = '+refs/heads/*:refs/heads/*';
/** Branches that are named in a fetch; with more all are fetched. */
const NAMED = 50;

interface Place {
  readonly gitDir: string;
  readonly objects: ObjectReader;
  readonly remote: Remote;
  readonly refs: RefSession;
}

/** The remote's branches, copied into the mirror. One at a time: its caller holds the mirror's lock. */
export class Branches {
  private local: Map<string, string> | undefined;

  constructor(private readonly place: Place) {}

  /** One `ls-remote`; a fetch only for commits that are not here, which those that this mirror has pushed are. */
  async refresh(): Promise<Heads> {
    const remote = await this.place.remote.heads();
    const local = (this.local ??= await this.read());
    const gone = [...local.keys()].filter((branch) => !remote.has(branch));
    const moved = [...remote].filter(([branch, commit]) => local.get(branch) !== commit);
    if (gone.length + moved.length === 0) return remote;
    try {
      return await this.follow(remote, gone, moved);
    } catch (error) {
      this.forget();
      throw error;
    }
  }

  /** Everything again, whatever the mirror believes to have. */
  async fetchAll(): Promise<Heads> {
    this.forget();
    await this.place.remote.clone(this.place.gitDir, [ALL]);
    this.local = await this.read();
    return new Map(this.local) as Map<string, CommitSha>;
  }

  /** What is known about the mirror's branches may be wrong. */
  forget(): void {
    this.local = undefined;
  }

  private async follow(remote: Heads, gone: readonly string[], moved: readonly (readonly [string, CommitSha])[]): Promise<Heads> {
    const here = await Promise.all(moved.map(([, commit]) => this.place.objects.has(commit)));
    const known = moved.filter((_, index) => here[index]);
    const unknown = moved.filter((_, index) => !here[index]);
    // what is gone goes first: it may take the name of what comes (`a` and `a/b`)
    await this.set([...gone.map((branch) => ({ ref: refOf(branch), to: null })), ...known.map(([branch, to]) => ({ ref: refOf(branch), to }))]);
    if (!(await this.fetchCommits(unknown))) return this.fetchAll();
    this.local = new Map(remote);
    return remote;
  }

  /** By commit, not by branch: git then need not list the branches again, and what comes is what was listed. */
  private async fetchCommits(branches: readonly (readonly [string, CommitSha])[]): Promise<boolean> {
    if (branches.length === 0) return true;
    if (branches.length > NAMED) return false;
    return this.place.remote.fetch(
      this.place.gitDir,
      branches.map(([branch, commit]) => `+${commit}:${refOf(branch)}`),
    );
  }

  private async set(updates: readonly RefUpdate[]): Promise<void> {
    const outcome = await this.place.refs.update(updates);
    if (outcome.kind === 'conflict') throw new MirrorDamaged(`the mirror's branches cannot be set: ${outcome.message}`);
  }

  private async read(): Promise<Map<string, string>> {
    const refs = await listRefs(this.place.gitDir, ['refs/heads/']);
    return new Map(refs.map(({ ref, sha }) => [ref.slice('refs/heads/'.length), sha]));
  }
}

function refOf(branch: string): string {
  return `refs/heads/${branch}`;
}
