import type { ApplicationName, CommitSha } from '@sluice/kernel';
import type { Application, Environment, Pipeline } from '@sluice/pipeline';
import { ledgerPath } from '@sluice/promotion';
import type { CommitEntry, Mirror } from '../ports/index.js';
import { ledgerFromBlob, readLedger } from './read-ledger.js';
import { contentSelection } from './selections.js';

/** Ledgers that are looked back to, and commits since the last one among which a merge by hand is looked for. */
const MAX_LEDGERS = 12;
const MAX_RECENT = 64;

/** What was promoted into a target so far, as commits of the source. */
export interface PromotedStates {
  readonly newest: CommitSha;
  /** Newest first, without `newest`. */
  readonly earlier: readonly CommitSha[];
}

export interface PromotedPlace {
  readonly pipeline: Pipeline;
  readonly environment: Environment;
  readonly application: Application;
  /** Heads of the branches that are promoted from. */
  readonly sourceHeads: readonly CommitSha[];
}

/** As of a commit of the target's branch; undefined without a ledger. What somebody merged from the source by hand counts as promoted, whether Sluice has recorded it yet or not. */
export async function promotedStates(mirror: Mirror, place: PromotedPlace, at: CommitSha): Promise<PromotedStates | undefined> {
  const { environment, application } = place;
  const { ledger } = await readLedger(mirror, at, environment.name, application.name);
  if (!ledger) return undefined;
  const byHand = await mergedByHand(mirror, place, at);
  const newest = byHand ?? ledger.commit;
  const path = ledgerPath(environment.name, application.name);
  const entries = await mirror.commitsBetween(undefined, at, { include: [path], exclude: [] }, MAX_LEDGERS);
  const earlier: CommitSha[] = [ledger.commit];
  for (const { changes } of entries) {
    for (const { after } of changes) {
      const before = after && (await ledgerFromBlob(mirror, after, environment.name, application.name));
      if (before) earlier.push(before.commit);
    }
  }
  const others = [...new Set(earlier)].filter((commit) => commit !== newest);
  const [oldest] = entries.slice(-1);
  return { newest, earlier: others.length === 0 && oldest ? await beforeFirstMerge(mirror, place, oldest.sha) : others };
}

/** Where the first record is of a merge by hand, what the target had before that merge is its earlier state. */
async function beforeFirstMerge(mirror: Mirror, { sourceHeads }: PromotedPlace, firstLedger: CommitSha): Promise<readonly CommitSha[]> {
  for (const entry of await mirror.firstParent(firstLedger, { limit: MAX_RECENT })) {
    if ((await sourceMergedBy(mirror, sourceHeads, entry)) !== undefined) return entry.parents.slice(0, 1);
  }
  return [];
}

/** The source commit that a merge since the last ledger brought. */
async function mergedByHand(mirror: Mirror, place: PromotedPlace, at: CommitSha): Promise<CommitSha | undefined> {
  const path = ledgerPath(place.environment.name, place.application.name);
  for (const entry of await mirror.firstParent(at, { limit: MAX_RECENT })) {
    if (entry.changes.some((change) => change.path === path)) return undefined;
    const merged = await sourceMergedBy(mirror, place.sourceHeads, entry);
    if (merged !== undefined) return contentCommit(mirror, place, merged);
  }
  return undefined;
}

/** The commit of a source branch that a merge commit brought, if it did. */
export async function sourceMergedBy(mirror: Mirror, sourceHeads: readonly CommitSha[], entry: Pick<CommitEntry, 'parents'>): Promise<CommitSha | undefined> {
  const [, merged] = entry.parents;
  if (merged === undefined) return undefined;
  for (const head of sourceHeads) if ((await mirror.has(head)) && (await mirror.isAncestor(merged, head))) return merged;
  return undefined;
}

async function contentCommit(mirror: Mirror, { pipeline, application }: { readonly pipeline: Pipeline; readonly application: Application & { readonly name: ApplicationName } }, merged: CommitSha): Promise<CommitSha> {
  const [content] = await mirror.commitsBetween(undefined, merged, contentSelection(pipeline, application), 1);
  return content?.sha ?? merged;
}
