import type { CommitSha, Instant } from '@sluice/kernel';
import { compileSelection } from '@sluice/pipeline';
import { nodesAt, nodesOfBoth } from '@sluice/promotion';
import type { HeldNode, Hold } from '@sluice/promotion';
import type { CommitEntry, Mirror, PathChange, UntrustedReader } from '../ports/index.js';
import { changedNodes, nodesBetween } from './diff-steps.js';
import { promotedStates, sourceMergedBy } from './promoted-states.js';
import type { PromotedPlace, PromotedStates } from './promoted-states.js';
import { readLedger } from './read-ledger.js';
import { promotedSelection } from './selections.js';
import { broughtSince } from './undone-content.js';

interface Ports {
  readonly reader: UntrustedReader;
}

/**
 * Follows an application through commits on a target's branch that did not come by promotion, oldest first and all since its newest ledger: one that puts nodes back to the value that an earlier
 * promoted state had undoes what was promoted there, which is a hold; one that gives them a new value is a hotfix, and one that brings the promoted value again ends the hold.
 */
export class UndoneContent {
  private states: Promise<PromotedStates | undefined> | undefined;
  private readonly matches: (path: string) => boolean;

  constructor(
    private readonly ports: Ports,
    private readonly mirror: Mirror,
    private readonly place: PromotedPlace,
  ) {
    const { pipeline, application, environment } = place;
    const selection = compileSelection(promotedSelection(pipeline, application, environment));
    this.matches = (path) => selection.matches(path);
  }

  /** @returns the hold as it is after the commit. */
  async follow(entry: CommitEntry, hold: Hold | undefined): Promise<Hold | undefined> {
    const changes = entry.changes.filter(({ path }) => this.matches(path));
    if (changes.length === 0 || entry.parents.length === 0 || isPromotion(entry, this.place)) return hold;
    const states = await this.statesBefore(entry);
    if (!states && !hold) return hold;
    return this.afterChanges(entry, changes, { hold, states });
  }

  private async afterChanges(entry: CommitEntry, changes: readonly PathChange[], before: { readonly hold: Hold | undefined; readonly states: PromotedStates | undefined }): Promise<Hold | undefined> {
    const { hold, states } = before;
    const changed = await changedNodes(this.ports, this.mirror, changes);
    const kept = hold && (await this.stillUndone(hold, entry.sha, changed));
    const undone = states && (await this.undoneBy(entry.sha, changed, states));
    return undone ? withUndone(kept, undone, entry) : kept;
  }

  /** Commits since the newest ledger share what was promoted before, unless one of them merged the source by hand. */
  private async statesBefore(entry: CommitEntry): Promise<PromotedStates | undefined> {
    const { sourceHeads } = this.place;
    if ((await sourceMergedBy(this.mirror, sourceHeads, entry)) !== undefined) {
      this.states = undefined;
      return undefined;
    }
    this.states ??= promotedStates(this.mirror, this.place, entry.parents[0] as CommitSha);
    return this.states;
  }

  private async stillUndone(hold: Hold, at: CommitSha, changed: readonly HeldNode[]): Promise<Hold | undefined> {
    if (nodesAt(hold.nodes, changed).length === 0) return hold;
    const bases = hold.bases.length > 0 ? hold.bases : await this.ledgerAt(at);
    const missing = (await Promise.all(bases.map((base) => this.brought(at, { base, source: hold.source })))).flat();
    const nodes = nodesAt(hold.nodes, missing);
    return nodes.length > 0 ? { ...hold, nodes } : undefined;
  }

  private async ledgerAt(commit: CommitSha): Promise<readonly CommitSha[]> {
    const { ledger } = await readLedger(this.mirror, commit, this.place.environment.name, this.place.application.name);
    return ledger ? [ledger.commit] : [];
  }

  private async undoneBy(at: CommitSha, changed: readonly HeldNode[], { newest, earlier }: PromotedStates): Promise<Undone | undefined> {
    let nodes: readonly HeldNode[] = [];
    const bases: CommitSha[] = [];
    for (const base of earlier) {
      const found = nodesOfBoth(nodes, nodesAt(await this.brought(at, { base, source: newest }), changed));
      if (found.length > nodes.length) bases.push(base);
      nodes = found;
    }
    return nodes.length > 0 ? { nodes, bases, source: newest } : undefined;
  }

  /** Where the target would change if what the source did between two promoted states were promoted again. */
  private async brought(onto: CommitSha, range: { readonly base: CommitSha; readonly source: CommitSha }): Promise<readonly HeldNode[]> {
    const { pipeline, application, environment } = this.place;
    const content = await broughtSince(this.ports, this.mirror, { pipeline, application, target: environment, onto }, range);
    return content?.kind === 'content' ? nodesBetween(this.ports, content.files.before, content.files.after) : [];
  }
}

/** Files that belonged to another application when they were promoted: nothing was undone by that. */
function isPromotion({ changes }: CommitEntry, { environment }: PromotedPlace): boolean {
  return changes.some(({ path }) => path.startsWith(`.sluice/${environment.name}/`));
}

type Undone = Pick<Hold, 'nodes' | 'bases' | 'source'>;

/** A hold that a person has lifted is another one as soon as more is undone. */
function withUndone(hold: Hold | undefined, undone: Undone, { sha, authorName, committedAt }: CommitEntry): Hold {
  const { source, nodes, bases } = hold ?? { source: undone.source, nodes: [], bases: [] };
  if (hold && nodesAt(undone.nodes, nodes).length === undone.nodes.length) return hold;
  return { source, nodes: nodesOfBoth(nodes, undone.nodes), bases: [...new Set([...bases, ...undone.bases])], by: sha, undoneBy: authorName, undoneAt: committedAt as Instant };
}
