import { present } from '@sluice/kernel';
import type { ApplicationName, CommitSha, EnvironmentName, Instant, PromotionId, RepositoryId } from '@sluice/kernel';
import type { Wave } from '@sluice/pipeline';
import { assignedTo, faultsOf, judgeWaves, waveOf } from './judge-waves.js';
import type { Fault, JudgedWave } from './judge-waves.js';
import type { Rollout, RolloutCluster, RolloutFacts, RolloutOrder } from './rollout.js';

/** Milliseconds for which merges that are under way are waited for before a rollout begins. */
export const GATHERING = 60_000;

export interface RolloutBegin {
  readonly repository: RepositoryId;
  readonly environment: EnvironmentName;
  readonly waves: readonly Wave[];
  readonly onDegraded?: 'rollback' | 'pause';
  readonly head: CommitSha;
  readonly base?: CommitSha;
  readonly promotions: readonly PromotionId[];
  readonly at: Instant;
}

/** A new rollout in the place of one that has ended. It gives nothing to any cluster yet. */
export function beginRollout(before: Pick<Rollout, 'revision' | 'version'> | undefined, { at, ...begin }: RolloutBegin): Rollout {
  return {
    ...begin,
    id: begin.promotions[0] ?? `${begin.environment}-${begin.head.slice(0, 12)}`,
    state: 'gathering',
    wave: -1,
    since: at,
    assigned: {},
    healthyBefore: {},
    faults: [],
    startedAt: at,
    revision: before?.revision ?? 0,
    version: before?.version ?? 0,
  };
}

/**
 * What came to the environment's branch since: `nothing` that runs (records), only what goes `back` to an earlier state (rollbacks), or something new (`forward`).
 */
export type Arrival = 'nothing' | 'back' | 'forward';

/** Takes what was merged or pushed meanwhile into a rollout. What is new goes through the waves from the first; what goes back goes at once to whoever has any of the batch. */
export function joinRollout(rollout: Rollout, head: CommitSha, arrival: Arrival, promotions: readonly PromotionId[]): Rollout {
  const joined = { ...rollout, head, promotions: [...rollout.promotions, ...promotions.filter((id) => !rollout.promotions.includes(id))] };
  if (arrival === 'forward') return { ...joined, wave: rollout.state === 'running' ? Math.min(rollout.wave, 0) : rollout.wave };
  const has = (commit: CommitSha): boolean => commit === rollout.head || (arrival === 'back' && commit !== rollout.base);
  const assigned = Object.fromEntries(Object.entries(rollout.assigned).map(([cluster, commit]) => [cluster, has(commit) ? head : commit]));
  return { ...joined, assigned };
}

export interface RolloutPlan {
  readonly rollout: Rollout;
  readonly waves: readonly JudgedWave[];
  /** Roll the batch back, whole. */
  readonly undo?: RolloutOrder;
  /** For the log, in order. */
  readonly events: readonly { readonly type: string; readonly message: string }[];
  /** When time alone may change something. */
  readonly lookAgainAt?: Instant;
}

/** How often a wave is looked at that waits for an agent to come back: its heartbeat wakes nobody. */
const LOOK_FOR_AGENTS = 30_000;

/** One look at a rollout: who gets it now, what its faults ask for, and whether it has ended. Pure: the same facts give the same plan. */
export function planRollout(before: Rollout, facts: RolloutFacts, isGathered: boolean): RolloutPlan {
  const begun = before.state === 'gathering' ? gather(before, facts, isGathered) : { rollout: before, events: [] };
  if (begun.rollout.state !== 'running') return { ...begun, waves: judgeWaves(begun.rollout, facts), ...(begun.rollout.state === 'gathering' && !begun.rollout.paused ? { lookAgainAt: (facts.now + 1_000) as Instant } : {}) };
  const judged = withFaults(begun.rollout, facts);
  const advanced = advance(judged.rollout, facts);
  const waves = judgeWaves(advanced.rollout, facts);
  return {
    rollout: numbered(before, advanced.rollout),
    waves,
    ...present({ undo: judged.undo }),
    events: [...begun.events, ...judged.events, ...advanced.events],
    ...present({ lookAgainAt: nextLookAt(advanced.rollout, waves, facts.now) }),
  };
}

type Step = Pick<RolloutPlan, 'rollout' | 'events'>;

function gather(rollout: Rollout, { now }: RolloutFacts, isGathered: boolean): Step {
  if (rollout.paused || (!isGathered && now < rollout.startedAt + GATHERING)) return { rollout, events: [] };
  const what = rollout.promotions.length === 0 ? rollout.head.slice(0, 10) : rollout.promotions.join(', ');
  return { rollout: { ...rollout, state: 'running', wave: 0, since: now }, events: [{ type: 'rollout.begun', message: `rollout ${rollout.id} into ${rollout.environment} begins: ${what}` }] };
}

function withFaults(rollout: Rollout, facts: RolloutFacts): Step & Pick<RolloutPlan, 'undo'> {
  const fresh = faultsOf(rollout, facts).filter(({ key }) => !rollout.faults.includes(key));
  if (fresh.length === 0) return { rollout, events: [] };
  const noted: Rollout = { ...rollout, faults: [...rollout.faults, ...fresh.map(({ key }) => key)] };
  const events = fresh.map(({ message }) => ({ type: 'rollout.degraded', message: `rollout ${rollout.id}: ${message}` }));
  const fault = fresh.find(({ isNew }) => isNew);
  if (!fault || rollout.undoing) return { rollout: noted, events };
  const order: RolloutOrder = { reason: fault.message, at: facts.now };
  if (mayUndo(rollout, facts.promoted, fresh)) return { rollout: { ...noted, undoing: order }, undo: order, events };
  if (rollout.onDegraded === undefined || rollout.paused) return { rollout: noted, events };
  return { rollout: { ...noted, paused: order }, events: [...events, { type: 'rollout.paused', message: `rollout ${rollout.id} is paused: ${fault.message}` }] };
}

/** What no promotion brought is not mended by undoing promotions; and without knowing what was before, nothing is undone by itself. */
function mayUndo({ onDegraded, base }: Rollout, promoted: readonly ApplicationName[], faults: readonly Fault[]): boolean {
  return onDegraded === 'rollback' && base !== undefined && faults.some(({ isNew, application }) => isNew && promoted.includes(application));
}

/** From wave to wave, for as long as the newest one has passed. */
function advance(before: Rollout, facts: RolloutFacts): Step {
  let rollout = given(before, facts);
  const events: Step['events'][number][] = [];
  while (rollout.state === 'running' && mayAdvance(rollout, facts)) {
    const isLast = rollout.wave >= rollout.waves.length;
    rollout = isLast ? ended(rollout, 'done', facts.now) : given({ ...rollout, wave: rollout.wave + 1, since: facts.now }, facts);
    events.push(...toldOf(rollout, facts));
  }
  return { rollout, events };
}

function toldOf(rollout: Rollout, facts: RolloutFacts): Step['events'] {
  if (rollout.state === 'ended') return [{ type: 'rollout.done', message: `rollout ${rollout.id} into ${rollout.environment} is done` }];
  const members = facts.clusters.filter(({ labels }) => waveOf(rollout, labels) === rollout.wave);
  const empty = rollout.wave === rollout.waves.length && members.length === 0;
  const names = members.map(({ name }) => name).join(', ') || 'no cluster is in it';
  return empty ? [] : [{ type: 'rollout.wave', message: `rollout ${rollout.id}: wave ${rollout.wave + 1} of ${rollout.waves.length} begins: ${names}` }];
}

/** Ends a rollout: all clusters get what it brought, or what took it back. */
export function ended(rollout: Rollout, end: NonNullable<Rollout['end']>, at: Instant): Rollout {
  const { paused: _paused, undoing: _undoing, ...rest } = rollout;
  return { ...rest, state: 'ended', end, endedAt: at, assigned: {}, healthyBefore: {}, faults: [], revision: rollout.revision + 1 };
}

function mayAdvance(rollout: Rollout, facts: RolloutFacts): boolean {
  if (rollout.paused || rollout.undoing) return false;
  const waves = judgeWaves(rollout, facts);
  return (waves[rollout.wave]?.outcome ?? 'pass') === 'pass' && waves.slice(0, rollout.wave).every(({ outcome }) => outcome !== 'fail');
}

/** The clusters of every wave that it has reached get the head; the others keep what they have. */
function given(rollout: Rollout, facts: RolloutFacts): Rollout {
  if (rollout.paused || rollout.undoing) return rollout;
  const next = facts.clusters.filter((cluster) => waveOf(rollout, cluster.labels) <= rollout.wave && assignedTo(rollout, cluster.name) !== rollout.head);
  if (next.length === 0) return rollout;
  return {
    ...rollout,
    assigned: { ...rollout.assigned, ...Object.fromEntries(next.map(({ name }) => [name, rollout.head])) },
    healthyBefore: { ...rollout.healthyBefore, ...Object.fromEntries(next.map((cluster) => [cluster.name, healthyIn(rollout, facts, cluster)])) },
  };
}

function healthyIn({ healthyBefore }: Rollout, { applications }: RolloutFacts, { name, running }: RolloutCluster): readonly ApplicationName[] {
  const healthy = applications.map(({ application }) => application).filter((application) => running.get(application)?.healthySince !== undefined);
  return [...new Set([...(healthyBefore[name] ?? []), ...healthy])];
}

function numbered(before: Rollout, after: Rollout): Rollout {
  const changed = JSON.stringify(before.assigned) !== JSON.stringify(after.assigned);
  return changed && after.revision === before.revision ? { ...after, revision: before.revision + 1 } : after;
}

function nextLookAt(rollout: Rollout, waves: readonly JudgedWave[], now: Instant): Instant | undefined {
  if (rollout.state !== 'running' || rollout.paused || rollout.undoing) return undefined;
  const current = waves[rollout.wave];
  return current?.until ?? (current?.clusters.some(({ state }) => state === 'unreachable') ? ((now + LOOK_FOR_AGENTS) as Instant) : undefined);
}
