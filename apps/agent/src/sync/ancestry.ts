import type { CommitSha } from '@sluice/kernel';

/** Steps back after which git is asked instead: one process costs as much as about this many reads. */
const NEAR = 64;
/** Answers that are remembered: an environment has one floor, and one commit that runs. */
const REMEMBERED = 8;

export interface AncestryOptions {
  /** The first parent; undefined for a commit without one, and for one that is not there. */
  readonly parentOf: (commit: CommitSha) => Promise<CommitSha | undefined>;
  /** Whatever lies further back, or beside the first parents. */
  readonly far: (ancestor: CommitSha, descendant: CommitSha) => Promise<boolean>;
}

/**
 * Whether one commit descends from another. An agent asks that at every commit about what it ran before, a step back, and about the floor, ever further back; what was answered once shortens
 * the way to the floor.
 */
export class Ancestry {
  /** By ancestor, the last commit that is known to descend from it. */
  private readonly known = new Map<CommitSha, CommitSha>();

  constructor(private readonly options: AncestryOptions) {}

  async isAncestor(ancestor: CommitSha, descendant: CommitSha): Promise<boolean> {
    const nearer = this.known.get(ancestor);
    const walked = await walk(this.options, descendant, (commit) => commit === ancestor || commit === nearer);
    const answer = walked === 'found' || (await this.options.far(ancestor, descendant));
    if (answer) this.remember(ancestor, descendant);
    return answer;
  }

  private remember(ancestor: CommitSha, descendant: CommitSha): void {
    this.known.delete(ancestor);
    this.known.set(ancestor, descendant);
    const [oldest] = this.known.keys();
    if (this.known.size > REMEMBERED && oldest !== undefined) this.known.delete(oldest);
  }
}

/** Goes back from a commit by first parents. @returns `ended` at the first commit, `far` when it is not found nearby. */
export async function walk({ parentOf }: Pick<AncestryOptions, 'parentOf'>, from: CommitSha, isWanted: (commit: CommitSha) => boolean): Promise<'found' | 'ended' | 'far'> {
  let commit: CommitSha | undefined = from;
  for (let step = 0; step < NEAR; step += 1) {
    if (isWanted(commit)) return 'found';
    commit = await parentOf(commit);
    if (!commit) return 'ended';
  }
  return 'far';
}
