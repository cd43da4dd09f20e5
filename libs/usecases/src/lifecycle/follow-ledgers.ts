import type { ApplicationName, CommitSha } from '@sluice/kernel';
import type { Application, Environment, Pipeline } from '@sluice/pipeline';
import { isAutomaticRollback, kindOfTitle, ledgerPath } from '@sluice/promotion';
import type { Hold, Ledger } from '@sluice/promotion';
import type { CommitEntry, ContentSource, Mirror, PathChange } from '../ports/index.js';
import { ledgerFromBlob } from './read-ledger.js';
import { promotedSelection, wholeSelection } from './selections.js';

export interface LedgerFacts {
  readonly tampered: Readonly<Record<string, CommitSha>>;
  readonly held: Readonly<Record<string, Hold>>;
}

/** What a commit did to an application's ledger. `from`: where the content comes from, if the ledger says what is there. */
export interface LedgerChange {
  readonly commit: CommitSha;
  readonly application: ApplicationName;
  readonly from?: ContentSource;
}

interface FollowInput {
  readonly pipeline: Pipeline;
  readonly environment: Environment;
  /** Oldest first. */
  readonly entries: readonly CommitEntry[];
}

/**
 * Reads what happened to the ledgers along new commits of a target's branch: a commit that brings a ledger must have the content that the ledger names, else the
 * merge is tampered until a later one is right; a commit that puts a ledger back to an earlier source commit undid a promotion by hand: a hold.
 */
export async function followLedgers(mirror: Mirror, input: FollowInput, start: LedgerFacts): Promise<LedgerFacts & { readonly ledgers: readonly LedgerChange[] }> {
  const facts = { tampered: { ...start.tampered }, held: { ...start.held } };
  const ledgers: LedgerChange[] = [];
  for (const entry of input.entries) {
    for (const change of entry.changes) {
      const application = applicationOf(input, change);
      if (!application) continue;
      const ledger = await followOne(mirror, input, { entry, change, application }, facts);
      ledgers.push({ commit: entry.sha, application: application.name, ...(ledger && { from: contentSource(ledger) }) });
    }
  }
  return { ...facts, ledgers };
}

function applicationOf(input: FollowInput, change: PathChange): Application | undefined {
  if (!change.path.startsWith(`.sluice/${input.environment.name}/`)) return undefined;
  return input.pipeline.applications.find((application) => ledgerPath(input.environment.name, application.name) === change.path);
}

interface Step {
  readonly entry: CommitEntry;
  readonly change: PathChange;
  readonly application: Application;
}

export function contentSource({ origin, commit }: Ledger): ContentSource {
  return { origin, source: commit };
}

/** @returns the ledger, if it says what is there now. */
async function followOne(mirror: Mirror, input: FollowInput, step: Step, facts: { tampered: Record<string, CommitSha>; held: Record<string, Hold> }): Promise<Ledger | undefined> {
  const { name } = step.application;
  const read = (side: PathChange['after']): Promise<Ledger | undefined> => (side ? ledgerFromBlob(mirror, side, input.environment.name, name) : Promise.resolve(undefined));
  const [before, after] = [await read(step.change.before), await read(step.change.after)];
  if (before && (isRollback(step.entry) || (await wentBack(mirror, before, after)))) {
    facts.held[name] = joined(facts.held[name], await holdOf(mirror, input, step, { before, after }));
    delete facts.tampered[name];
    return after;
  }
  if (!after) return undefined;
  delete facts.held[name];
  if ((await mirror.contentKey(step.entry.sha, wholeSelection({ paths: after.paths }))) === after.content) {
    delete facts.tampered[name];
    return after;
  }
  facts.tampered[name] = step.entry.sha;
  return undefined;
}

/** A rollback of ours puts an older ledger back, whatever the source's history says of the two commits. */
function isRollback(entry: CommitEntry): boolean {
  return kindOfTitle(entry.subject) === 'rollback';
}

/** What goes back further while it is held already: the newest that was undone is held, with all that either brought. */
function joined(earlier: Hold | undefined, hold: Hold): Hold {
  if (!earlier) return hold;
  return { ...earlier, ...hold, source: earlier.source, paths: [...new Set([...earlier.paths, ...hold.paths])] };
}

async function wentBack(mirror: Mirror, before: Ledger, after: Ledger | undefined): Promise<boolean> {
  if (!after) return true;
  const [from, to] = compared(before, after);
  if (to === from) return false;
  if (!(await mirror.has(to)) || !(await mirror.has(from))) return false;
  return mirror.isAncestor(to, from);
}

/** Two commits of one branch that tell which ledger is older: those of the source, or, when it was not the same environment, those that the content comes from. */
function compared(before: Ledger, after: Ledger): readonly [CommitSha, CommitSha] {
  return before.source === after.source ? [before.commit, after.commit] : [before.origin, after.origin];
}

async function holdOf(mirror: Mirror, input: FollowInput, step: Step, ledgers: { before: Ledger; after: Ledger | undefined }): Promise<Hold> {
  const selection = promotedSelection(input.pipeline, step.application, input.environment);
  const [to, from] = ledgers.after ? compared(ledgers.before, ledgers.after) : [ledgers.before.commit];
  const known = (await mirror.has(to)) && (from === undefined || (await mirror.has(from)));
  const paths = !known
    ? []
    : from === undefined
      ? (await mirror.list(to, selection)).map((entry) => entry.path)
      : (await mirror.changedPaths(from, to, selection)).map((change) => change.path);
  return { source: ledgers.before.commit, paths, ...(isAutomaticRollback(step.entry.subject) && { byPersonOnly: true }), by: step.entry.sha };
}
