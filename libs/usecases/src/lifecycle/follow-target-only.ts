import type { ApplicationName, CommitSha, Instant } from '@sluice/kernel';
import { compileSelection } from '@sluice/pipeline';
import type { Application, Environment, Pipeline } from '@sluice/pipeline';
import { ledgerPath, nodesAt } from '@sluice/promotion';
import type { HeldNode, TargetOnly, TargetOnlyChange } from '@sluice/promotion';
import type { CommitEntry, EnvironmentState, Mirror, PathChange, UntrustedReader } from '../ports/index.js';
import { changedNodes } from './diff-steps.js';
import type { LedgerFacts } from './follow-ledgers.js';
import { firstEnvironments } from './origins.js';
import { promotedStates } from './promoted-states.js';
import type { PromotedStates } from './promoted-states.js';
import { readLedger } from './read-ledger.js';
import { promotedSelection } from './selections.js';
import { ownContent } from './target-only-content.js';

/** First-parent commits that are looked through for who made a change; what is older is not shown. */
const MAX_LOOKED_BACK = 1_000;
/** Of these, commits that changed the application. */
const MAX_STEPS = 200;
/** Changes of one application that are told apart. */
const MAX_CHANGES = 50;

interface Ports {
  readonly reader: UntrustedReader;
}

interface FollowInput extends LedgerFacts {
  readonly pipeline: Pipeline;
  readonly environment: Environment;
  readonly sourceHeads: readonly CommitSha[];
  readonly head: CommitSha;
  /** Oldest first; all that is new, when incremental. */
  readonly entries: readonly CommitEntry[];
  readonly before: EnvironmentState | undefined;
  readonly incremental: boolean;
  readonly touched: (commit: CommitSha) => readonly ApplicationName[];
}

/**
 * What an environment has and what was promoted there has not, by application. It is worked out only where somebody has committed past the promotions, or where there was some before and the application has
 * changed: promotions alone bring none.
 */
export async function followTargetOnly(ports: Ports, mirror: Mirror, input: FollowInput): Promise<Readonly<Record<string, TargetOnly>>> {
  if (input.environment.from.length === 0) return {};
  const { direct, changed } = activityIn(input);
  const found: Record<string, TargetOnly> = {};
  for (const application of input.pipeline.applications) {
    const { name } = application;
    const before = input.incremental ? input.before?.targetOnly?.[name] : undefined;
    const isToBeLookedAt = before ? changed.has(name) : direct.has(name);
    const targetOnly = isToBeLookedAt ? await targetOnlyOf(ports, mirror, input, application) : before;
    if (targetOnly) found[name] = targetOnly;
  }
  return found;
}

interface Activity {
  /** Applications that new commits changed. */
  readonly changed: Set<ApplicationName>;
  /** Those that one of them changed after a promotion without being one. */
  readonly direct: Set<ApplicationName>;
  /** Those that were promoted to the environment before. */
  readonly promoted: Set<ApplicationName>;
}

function activityIn(input: FollowInput): Activity {
  const { pipeline, environment, entries, incremental } = input;
  const ledgers = new Map(pipeline.applications.map(({ name }) => [ledgerPath(environment.name, name), name]));
  const isCut = (entries[0]?.parents.length ?? 0) > 0;
  const activity: Activity = { changed: new Set(), direct: new Set(), promoted: new Set(incremental || isCut ? ledgers.values() : []) };
  for (const entry of entries) note(activity, input, { sha: entry.sha, recorded: new Set(entry.changes.flatMap(({ path }) => ledgers.get(path) ?? [])), isPromotion: isPromotion(entry, environment) });
  return activity;
}

function note({ changed, direct, promoted }: Activity, { touched, tampered, before }: FollowInput, { sha, recorded, isPromotion: ours }: { readonly sha: CommitSha; readonly recorded: ReadonlySet<ApplicationName>; readonly isPromotion: boolean }): void {
  for (const name of touched(sha)) {
    changed.add(name);
    if (promoted.has(name) && (!ours || tampered[name] === sha)) direct.add(name);
  }
  for (const name of recorded) {
    changed.add(name);
    promoted.add(name);
  }
  // what goes from one application to another takes along what only the environment has changed in it
  const isTakenAlong = recorded.size > 1 && [...recorded].some((name) => direct.has(name) || before?.targetOnly?.[name]);
  if (isTakenAlong) for (const name of recorded) direct.add(name);
}

/** Of this application, or of the one that its files belonged to then. */
function isPromotion({ changes }: CommitEntry, { name }: Environment): boolean {
  return changes.some(({ path }) => path.startsWith(`.sluice/${name}/`));
}

async function targetOnlyOf(ports: Ports, mirror: Mirror, input: FollowInput, application: Application): Promise<TargetOnly | undefined> {
  const { pipeline, environment, head, sourceHeads, held, tampered } = input;
  const { ledger } = await readLedger(mirror, head, environment.name, application.name);
  const states = await promotedStates(mirror, { pipeline, environment, application, sourceHeads }, head);
  const first = firstEnvironments(pipeline, ledger?.source ?? environment.name)[0] ?? firstEnvironments(pipeline, environment.name)[0];
  if (!states || !first) return undefined;
  const base = states.newest;
  const content = await ownContent(ports, mirror, { pipeline, environment, application, head, base, hold: held[application.name] });
  if (!content || content.nodes.length === 0) return undefined;
  const changes = await attribute(ports, mirror, { pipeline, environment, application, head, states, ...(tampered[application.name] && { tampered: tampered[application.name] }) }, content.nodes);
  return changes.length > 0 ? { base, first: first.name, changes } : undefined;
}

interface Attribution {
  readonly pipeline: Pipeline;
  readonly environment: Environment;
  readonly application: Application;
  readonly head: CommitSha;
  readonly states: PromotedStates;
  readonly tampered?: CommitSha;
}

/** Which commit gave each place the value that it has: one that changed the application, or else one that changed an application which had it before. */
async function attribute(ports: Ports, mirror: Mirror, place: Attribution, nodes: readonly HeldNode[]): Promise<readonly TargetOnlyChange[]> {
  const entries = (await mirror.firstParent(place.head, { limit: MAX_LOOKED_BACK })).filter(({ parents }) => parents.length > 0);
  const own = await attributeTo(ports, mirror, { ...place, steps: stepsBack(place, entries, [place.application]) }, nodes);
  const before = own.left.length > 0 ? promotedWith(place, entries) : undefined;
  const came = before ? await attributeTo(ports, mirror, { ...place, steps: stepsBack(place, before.entries, before.applications) }, own.left) : { found: [] };
  return [...own.found, ...came.found].slice(0, MAX_CHANGES);
}

interface Since {
  readonly entries: readonly CommitEntry[];
  readonly applications: readonly Application[];
}

/** The applications with which one was promoted as one, and what was there before that: they may have had what it has now. */
function promotedWith({ pipeline, environment, application }: Attribution, entries: readonly CommitEntry[]): Since | undefined {
  const ledgersOf = ({ changes }: CommitEntry): readonly Application[] => pipeline.applications.filter(({ name }) => changes.some(({ path }) => path === ledgerPath(environment.name, name)));
  const isWith = (applications: readonly Application[]): boolean => applications.length > 1 && applications.some(({ name }) => name === application.name);
  const newest = entries.findIndex((entry) => isWith(ledgersOf(entry)));
  if (newest < 0) return undefined;
  const names = new Set(entries.map(ledgersOf).filter(isWith).flat());
  return { entries: entries.slice(newest + 1), applications: [...names].filter(({ name }) => name !== application.name) };
}

/** What a promotion gave a place (somebody has resolved a conflict so) is none of the environment's own. */
async function attributeTo(ports: Ports, mirror: Mirror, { steps, ...place }: Attribution & { readonly steps: readonly StepBack[] }, nodes: readonly HeldNode[]): Promise<{ readonly found: readonly TargetOnlyChange[]; readonly left: readonly HeldNode[] }> {
  let found: readonly TargetOnlyChange[] = [];
  let left = nodes;
  let isFirst = place.states.earlier.length === 0;
  for (const step of steps) {
    const changed = await changedNodes(ports, mirror, step.changes);
    const here = step.isPromotion ? exactly(left, changed) : nodesAt(left, changed);
    left = left.filter((node) => !here.includes(node));
    if (!step.isPromotion && here.length > 0) found = [...found, changeBy(step.entry, here)];
    if (step.isPromotion && isFirst) found = await notReturnedTo(ports, mirror, { ...place, before: step.entry.parents[0] as CommitSha }, found);
    isFirst = isFirst && !step.isPromotion;
    if (left.length === 0 && !isFirst) break;
  }
  return { found, left };
}

interface StepBack {
  readonly entry: CommitEntry;
  readonly changes: readonly PathChange[];
  readonly isPromotion: boolean;
}

/** The commits that changed the applications, newest first. What the branch began with is nobody's change. */
function stepsBack({ pipeline, environment, tampered }: Attribution, entries: readonly CommitEntry[], applications: readonly Application[]): readonly StepBack[] {
  const selections = applications.map((application) => compileSelection(promotedSelection(pipeline, application, environment)));
  const matches = (path: string): boolean => selections.some((selection) => selection.matches(path));
  const steps = entries.map((entry) => ({ entry, changes: entry.changes.filter(({ path }) => matches(path)), isPromotion: isPromotion(entry, environment) && tampered !== entry.sha }));
  return steps.filter(({ changes, isPromotion }) => changes.length > 0 || isPromotion).slice(0, MAX_STEPS);
}

/** Where the first promotion was undone there is no earlier promoted state to tell it by: what is as it was before that promotion is no hotfix either. */
async function notReturnedTo(ports: Ports, mirror: Mirror, { pipeline, environment, application, head, before }: Attribution & { readonly before: CommitSha }, found: readonly TargetOnlyChange[]): Promise<readonly TargetOnlyChange[]> {
  const differing = await changedNodes(ports, mirror, await mirror.changedPaths(before, head, promotedSelection(pipeline, application, environment)));
  return found.map((change) => ({ ...change, nodes: nodesAt(change.nodes, differing) })).filter(({ nodes }) => nodes.length > 0);
}

/** A promotion that changes another place in the same file or object leaves what the environment has changed there. */
function exactly(nodes: readonly HeldNode[], changed: readonly HeldNode[]): readonly HeldNode[] {
  const isField = ({ field }: HeldNode): boolean => field !== undefined;
  return nodesAt(nodes.filter(isField), changed.filter(isField));
}

function changeBy({ sha, authorName, authorEmail, subject, committedAt }: CommitEntry, nodes: readonly HeldNode[]): TargetOnlyChange {
  return { commit: sha, author: authorName, email: authorEmail, subject, at: committedAt as Instant, nodes };
}
