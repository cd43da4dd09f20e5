import type { ApplicationName, CommitSha, Instant } from '@sluice/kernel';
import { compileSelection } from '@sluice/pipeline';
import type { Application, Environment, Pipeline } from '@sluice/pipeline';
import { isAutomaticRollback, kindOfTitle, ledgerPath, nodesOfBoth } from '@sluice/promotion';
import type { Hold, Ledger } from '@sluice/promotion';
import type { CommitEntry, ContentSource, Mirror, PathChange, UntrustedReader } from '../ports/index.js';
import { ledgerFromBlob } from './read-ledger.js';
import { changedNodes } from './diff-steps.js';
import { coversPaths } from './path-bases.js';
import { UndoneContent } from './follow-undone.js';
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
  /** Heads of the branches that the environment is promoted from. */
  readonly sourceHeads: readonly CommitSha[];
  /** Oldest first. */
  readonly entries: readonly CommitEntry[];
}

interface Ports {
  readonly reader: UntrustedReader;
}

/** Commits since an application's newest ledger that are looked into; with more, only the newest. */
const MAX_FOLLOWED = 200;

/**
 * Reads what happened to the ledgers along new commits of a target's branch: a commit that brings a ledger must have the content that the ledger names, else the
 * merge is tampered until a later one is right; a commit that puts a ledger back to an earlier source commit, or only the content, undid a promotion by hand: a hold.
 */
export async function followLedgers(ports: Ports, mirror: Mirror, input: FollowInput, start: LedgerFacts): Promise<LedgerFacts & { readonly ledgers: readonly LedgerChange[] }> {
  const facts = { tampered: { ...start.tampered }, held: { ...start.held } };
  const ledgers: LedgerChange[] = [];
  const newest = new Map<ApplicationName, number>();
  for (const [index, entry] of input.entries.entries()) {
    for (const change of entry.changes) {
      const application = applicationOf(input, change);
      if (!application) continue;
      const ledger = await followOne({ ports, mirror, input }, { entry, change, application }, facts);
      ledgers.push({ commit: entry.sha, application: application.name, ...(ledger && { from: contentSource(ledger) }) });
      newest.set(application.name, index);
    }
  }
  if (input.environment.from.length > 0) await followContent(ports, mirror, input, { facts, newest });
  return { ...facts, ledgers };
}

/** Only what came after an application's newest ledger matters: a promotion ends what was held before it. */
async function followContent(ports: Ports, mirror: Mirror, input: FollowInput, { facts, newest }: { readonly facts: Facts; readonly newest: ReadonlyMap<ApplicationName, number> }): Promise<void> {
  for (const application of input.pipeline.applications) {
    const undone = new UndoneContent(ports, mirror, { ...input, application });
    for (const entry of input.entries.slice((newest.get(application.name) ?? -1) + 1).slice(-MAX_FOLLOWED)) {
      const hold = await undone.follow(entry, facts.held[application.name]);
      if (hold) facts.held[application.name] = hold;
      else delete facts.held[application.name];
    }
  }
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

interface Facts {
  readonly tampered: Record<string, CommitSha>;
  readonly held: Record<string, Hold>;
}

interface Around {
  readonly ports: Ports;
  readonly mirror: Mirror;
  readonly input: FollowInput;
}

/** @returns the ledger, if it says what is there now. */
async function followOne(around: Around, step: Step, facts: Facts): Promise<Ledger | undefined> {
  const { mirror, input } = around;
  const { name } = step.application;
  const read = (side: PathChange['after']): Promise<Ledger | undefined> => (side ? ledgerFromBlob(mirror, side, input.environment.name, name) : Promise.resolve(undefined));
  const [before, after] = [await read(step.change.before), await read(step.change.after)];
  if (before && (isRollback(step.entry) || (!isRecordOfPaths(step.entry, before, after) && (await wentBack(mirror, before, after))))) {
    const hold = await holdOf(around, step, { source: before.commit, before: facts.held[name] });
    if (hold) facts.held[name] = hold;
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

/** A promotion of ours after paths have come or gone: what is left of the application's content may be older than what was recorded last. */
function isRecordOfPaths({ subject }: CommitEntry, before: Ledger, after: Ledger | undefined): boolean {
  return after !== undefined && kindOfTitle(subject) !== undefined && !coversPaths(before, after);
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

/** Nothing is held where the ledger went back and no content: it was a record only, and is made again. */
async function holdOf({ ports, mirror, input }: Around, { entry, application }: Step, held: { readonly source: CommitSha; readonly before: Hold | undefined }): Promise<Hold | undefined> {
  const selection = compileSelection(promotedSelection(input.pipeline, application, input.environment));
  const changes = entry.changes.filter(({ path }) => selection.matches(path));
  if (changes.length === 0) return held.before;
  const nodes = nodesOfBoth(held.before?.nodes ?? [], await changedNodes(ports, mirror, changes));
  // what goes back further while it is held already: the newest that was undone is held, with all that either brought
  const source = held.before?.source ?? held.source;
  return { source, nodes, bases: held.before?.bases ?? [], ...(isAutomaticRollback(entry.subject) && { byPersonOnly: true }), by: entry.sha, undoneBy: entry.authorName, undoneAt: entry.committedAt as Instant };
}
