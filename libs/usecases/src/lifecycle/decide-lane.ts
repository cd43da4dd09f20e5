import { beginning, later, present, promotionId } from '@sluice/kernel';
import type { Instant } from '@sluice/kernel';
import { isOverridden, nextLook, overall, restsOn } from '@sluice/gates';
import { hashOf, promotionBranch, promotionName, promotionTitle, refusedMerge, subjectOf, transition, withGates } from '@sluice/promotion';
import type { LaneCondition, LaneStatus, Promotion, Verdict } from '@sluice/promotion';
import type { DomainEvent } from '../ports/index.js';
import { closingDraft, withConflict } from './decide-conflict.js';
import type { EffectStatus, KeyedEffect } from './effects.js';
import type { LanePlan } from './lane-plan.js';
import type { LaneView, Offer, Rejection } from './lane-view.js';

/** Milliseconds for which gates that had passed when a request was decided on still count when it has been opened. */
const AT_ONCE = 10_000;

type Candidacy = Extract<Offer, { kind: 'candidate' }>;

/** Decides the next step of a lane. Pure: the same view gives the same plan. */
export function decideLane(view: LaneView): LanePlan {
  const plan = decideStep(view);
  const times = [plan.lookAgainAt, view.lookAgainAt].filter((time) => time !== undefined);
  return times.length === 0 ? plan : { ...plan, lookAgainAt: Math.min(...times) as Instant };
}

function decideStep(view: LaneView): LanePlan {
  const { current, change } = view;
  if (current && change?.state === 'merged' && change.mergeCommit) return afterMerge(view, current, change.mergeCommit, change.mergedBy);
  if (current && change?.state === 'closed') return afterClose(view, current, change.closedBy);
  if (view.offer.kind === 'none') return outOfPipeline(withoutCandidate(view, view.offer), view);
  if (view.offer.kind === 'conflict') return withConflict(view, view.offer, statusOf(view, 'conflicted', view.offer.message));
  return withCandidate(view, view.offer);
}

function afterMerge(view: LaneView, current: Promotion, commit: NonNullable<Promotion['mergedAs']>, by: string | undefined): LanePlan {
  const update = transition(current, { kind: 'merged', commit, ...(by === undefined ? {} : { by }) }, view.now);
  const status = statusOf(view, 'in-sync', `${current.candidate.source.slice(0, 10)} was merged into ${view.lane.target}`);
  return { status: withoutRequester(status), update, effects: [], events: [eventOf(update, 'promotion.merged', `${promotionTitle(subjectOf(update))}: merged`, by)] };
}

function afterClose(view: LaneView, current: Promotion, closedBy: string | undefined): LanePlan {
  const { rejection } = view;
  const by = rejection?.by ?? closedBy;
  const update = transition(current, { kind: 'closed', ...present({ by, reason: rejection?.reason }) }, view.now);
  const status = statusOf(view, 'closed', closedMessage(rejection, closedBy));
  const { rollback: _rollback, ...rest } = status;
  const isRollback = current.candidate.kind === 'rollback';
  // a rollback that nobody wants is no word about the content that it would have undone
  const closed: LaneStatus = { ...rest, ...(isRollback ? {} : { closed: current.candidate.fingerprint }), attempt: status.attempt + 1 };
  return { status: withoutRequester(closed), update, effects: [], events: [eventOf(update, 'promotion.closed', `${promotionTitle(subjectOf(update))}: closed`, by)] };
}

function closedMessage(rejection: Rejection | undefined, closedBy: string | undefined): string {
  const closed = `closed${closedBy === undefined ? '' : ` by ${closedBy}`}`;
  return `${rejection ? `rejected by ${rejection.by}: ${rejection.reason}` : closed}; offered again when the content changes or somebody promotes it`;
}

function withoutCandidate(view: LaneView, offer: Extract<Offer, { kind: 'none' }>): LanePlan {
  const lane = { ...statusOf(view, offer.condition, offer.message), conflicts: offer.conflicts };
  // There was nothing to ask for: whoever asked is not the requester of what comes later.
  const status = offer.condition === 'in-sync' ? withoutRequester(lane) : lane;
  const { current } = view;
  if (!current || current.state === 'merging') return { status, effects: current ? [] : closingDraft(view, offer.message), events: stuckEvent(view, status) };
  const update = transition(current, { kind: 'superseded', message: offer.message }, view.now);
  const effects = current.change ? [closing(current, offer.message)] : [];
  return { status, update, effects, events: [eventOf(update, 'promotion.superseded', offer.message)] };
}

/** Nobody is to find an order to roll back again when the application comes back one day. */
function outOfPipeline(plan: LanePlan, { target: known, heir }: LaneView): LanePlan {
  const { rollback, ...status } = plan.status;
  if (known || !rollback) return plan;
  const { repository, target } = status;
  return { ...plan, status, ...(heir !== undefined && { handOver: { lane: { repository, target, application: heir }, order: rollback } }) };
}

function stuckEvent(view: LaneView, status: LaneStatus): readonly DomainEvent[] {
  const stuck: readonly LaneCondition[] = ['conflicted', 'held', 'blocked'];
  if (!stuck.includes(status.condition) || (view.status?.condition === status.condition && view.status.message === status.message)) return [];
  return [{ type: `lane.${status.condition}`, repository: view.lane.repository, application: view.lane.application, environment: view.lane.target, message: status.message }];
}

function closing(current: Promotion, comment: string): KeyedEffect {
  return { idempotencyKey: `close:${current.id}:${current.version}`, effect: { kind: 'close', number: current.change?.number ?? 0, comment, by: 'sluice' } };
}

function withCandidate(view: LaneView, offer: Candidacy): LanePlan {
  const { current, status } = view;
  if (current && current.candidate.digest === offer.candidate.digest) return goOn(view, current, offer);
  if (current?.state === 'merging') return { status: statusOf(view, 'promoting', 'merging'), effects: [], events: [] };
  if (!current && status?.closed === offer.candidate.fingerprint) return { status: statusOf(view, 'closed', status.message), effects: [], events: [] };
  return begin(view, offer);
}

function begin(view: LaneView, offer: Candidacy): LanePlan {
  const { current } = view;
  const promotion = newPromotion(view, offer);
  const why = view.supersedes ?? 'the target or the rules have changed: composed again';
  const superseded = current && transition(current, { kind: 'superseded', message: why }, view.now);
  return {
    status: statusOf(view, 'promoting', promotionTitle(subjectOf(promotion))),
    ...present({ update: superseded }),
    insert: promotion,
    effects: [publishing(promotion, current, offer, view)],
    events: [...(superseded ? [eventOf(superseded, 'promotion.superseded', why)] : []), eventOf(promotion, 'promotion.opened', promotionTitle(subjectOf(promotion)))],
    ...present({ lookAgainAt: nextLook(offer.verdicts) }),
  };
}

function newPromotion(view: LaneView, offer: Candidacy): Promotion {
  const { lane, now, current, status } = view;
  const { candidate, authors, verdicts } = offer;
  return {
    ...lane,
    id: promotionId(promotionName(lane.target, lane.application, candidate.digest)),
    from: view.from?.name ?? lane.target,
    state: 'open',
    attempt: status?.attempt ?? 0,
    candidate,
    ...present({ change: current?.change ?? openDraft(view), requester: status?.requester }),
    authors,
    verdicts,
    written: writtenHash(verdicts),
    timeline: [{ at: now, what: 'composed', detail: candidate.source }],
    createdAt: now,
    updatedAt: now,
    version: 0,
  };
}

/** The request of a draft whose conflicts are resolved goes on as the promotion's. */
function openDraft({ status, change }: LaneView): Promotion['change'] {
  return change?.state === 'open' ? status?.draft?.change : undefined;
}

function publishing(promotion: Promotion, replaced: Promotion | undefined, offer: Candidacy, view: LaneView): KeyedEffect {
  return {
    idempotencyKey: `publish:${promotion.id}:${view.now}`,
    effect: {
      kind: 'publish',
      promotion: promotion.id,
      branch: promotionBranch(promotion.target, promotion.application),
      target: view.target?.branch ?? promotion.target,
      head: promotion.candidate.head,
      ...present({ replaces: replaced?.candidate.head ?? (openDraft(view) && view.change?.head) }),
      ...(promotion.change ? { number: promotion.change.number } : {}),
      title: promotionTitle(subjectOf(promotion)),
      body: offer.body ?? '',
      statuses: statusesOf(offer.verdicts, promotion, view.publicUrl),
      ...(mayMerge(view, promotion, offer.verdicts) ? { mergeUntil: later(view.now, AT_ONCE) } : {}),
    },
  };
}

function goOn(view: LaneView, current: Promotion, offer: Candidacy): LanePlan {
  const plan = { status: statusOf(view, 'promoting', promotionTitle(subjectOf(current))), effects: [], events: [], ...present({ lookAgainAt: nextLook(offer.verdicts) }) };
  if (!current.change) return plan;
  if (current.state === 'merging') return { ...plan, effects: [merging(current, 'sluice', view.now)] };
  return { ...plan, ...judge(view, current, [...offer.verdicts, ...foreignVerdicts(view, current)]) };
}

/** The open promotion with its verdicts of now: merged when all have passed, its statuses written when an outcome has changed. */
function judge(view: LaneView, current: Promotion, verdicts: readonly Verdict[]): Partial<LanePlan> {
  const judged = transition(current, { kind: 'gates-evaluated', verdicts, mergeBy: view.target?.merge ?? 'manual' }, view.now);
  const refused = refusedMerge(current);
  const mergeNow = mayMerge(view, current, verdicts);
  const written = writtenHash(verdicts);
  const isNews = judged.written !== written;
  const described: Promotion = isNews ? { ...judged, written } : judged;
  const reported = (next: Promotion): readonly KeyedEffect[] => (isNews ? [...describing(view, next), reporting(next, written, view.publicUrl)] : []);
  if (!mergeNow) return changed(current, described, reported);
  if (refused && view.now < refused.nextTry) return { ...changed(current, described, reported), lookAgainAt: soonest(refused.nextTry, nextLook(verdicts)) };
  return changed(current, transition(described, { kind: 'merge-requested', by: 'sluice' }, view.now), (next) => [...reported(next), merging(next, 'sluice', view.now)]);
}

function soonest(at: Instant, other: Instant | undefined): Instant {
  return other !== undefined && other < at ? other : at;
}

/** Without a person: all gates have passed, and nobody has to say so. */
function mayMerge(view: LaneView, { candidate }: Promotion, verdicts: readonly Verdict[]): boolean {
  return overall(verdicts) === 'pass' && (view.target?.merge === 'auto' || candidate.kind === 'record-only' || candidate.kind === 'rollback');
}

/** The request's text says what its gates say, also in the commit that a squash makes of it: written again when an outcome has changed. */
function describing(view: LaneView, promotion: Promotion): readonly KeyedEffect[] {
  const { change } = view;
  if (!change) return [];
  const body = withGates(change.body, promotion.verdicts);
  return body === undefined || body === change.body ? [] : [{ idempotencyKey: `describe:${promotion.id}:${view.now}`, effect: { kind: 'describe', number: change.number, body } }];
}

function changed(current: Promotion, next: Promotion, effects: (next: Promotion) => readonly KeyedEffect[]): Partial<LanePlan> {
  return { ...(next === current ? {} : { update: next }), effects: effects(next), events: gateEvents(current, next) };
}

/** What somebody has changed about the request by hand, so that it is not the promotion's any more. */
function foreignVerdicts(view: LaneView, { candidate }: Promotion): readonly Verdict[] {
  const { change, target } = view;
  if (!change) return [];
  const head = change.head === candidate.head ? [] : [foreignHead(view, change.head)];
  return target && change.targetBranch !== target.branch ? [...head, retargeted(view, change.targetBranch, target.branch)] : head;
}

function retargeted(view: LaneView, branch: string, wanted: string): Verdict {
  return {
    gate: 'target',
    type: 'branch',
    outcome: 'fail',
    message: `the request would be merged into ${branch}, not into ${wanted}`,
    clearedBy: `whoever changed it, by making ${wanted} its target again, or by closing the request`,
    since: view.current?.verdicts.find((verdict) => verdict.gate === 'target')?.since ?? view.now,
    evidence: { target: branch },
  };
}

function foreignHead(view: LaneView, head: string): Verdict {
  return {
    gate: 'branch',
    type: 'branch',
    outcome: 'fail',
    message: `the request's branch is at ${head.slice(0, 10)}, which Sluice did not make`,
    clearedBy: 'whoever pushed it, by putting the branch back, or by closing the request',
    since: view.current?.verdicts.find((verdict) => verdict.gate === 'branch')?.since ?? view.now,
    evidence: { head },
  };
}

export function merging(promotion: Promotion, by: string, now: Instant): KeyedEffect {
  return { idempotencyKey: `merge:${promotion.id}:${now}`, effect: { kind: 'merge', promotion: promotion.id, number: promotion.change?.number ?? 0, by } };
}

function reporting(promotion: Promotion, written: string, publicUrl: string): KeyedEffect {
  return {
    idempotencyKey: `statuses:${promotion.id}:${promotion.candidate.head.slice(0, 12)}:${written.slice(0, 16)}`,
    effect: { kind: 'statuses', commit: promotion.candidate.head, statuses: [...statusesOf(promotion.verdicts, promotion, publicUrl)] },
  };
}

/** `sluice/<gate>` for each gate and `sluice/ready` for all, so that the forge's own branch protection can require them. */
function statusesOf(verdicts: readonly Verdict[], promotion: Pick<Promotion, 'repository' | 'id'>, publicUrl: string): EffectStatus[] {
  const url = `${publicUrl}/promotions/${promotion.repository}/${promotion.id}`;
  const states = { pass: 'success', wait: 'pending', fail: 'failure' } as const;
  const first = verdicts.find((verdict) => verdict.outcome === 'fail') ?? verdicts.find((verdict) => verdict.outcome === 'wait');
  const ready: EffectStatus = { context: 'sluice/ready', state: states[overall(verdicts)], description: first ? beginning(`${first.gate}: ${first.message}`, 140) : 'all gates have passed', url, by: 'sluice' };
  return [...verdicts.map((verdict) => ({ context: `sluice/${verdict.gate}`, state: states[verdict.outcome], description: beginning(verdict.message, 140), url, by: 'sluice' })), ready];
}

function gateEvents(before: Promotion, after: Promotion): readonly DomainEvent[] {
  const settled = after.verdicts.filter((verdict) => verdict.outcome !== 'wait' && before.verdicts.find((other) => other.gate === verdict.gate)?.outcome !== verdict.outcome);
  const word = (verdict: Verdict): string => (isOverridden(verdict) ? 'overridden' : verdict.outcome === 'pass' ? 'passed' : 'failed');
  const events = settled.map((verdict) => eventOf(after, `gate.${word(verdict)}`, `${verdict.gate}: ${verdict.message}`));
  return before.state === 'open' && after.state === 'ready' ? [...events, eventOf(after, 'promotion.ready', `${promotionTitle(subjectOf(after))}: waits for a person to merge it`)] : events;
}

/** Changes when a gate's outcome changes, or what it rests on for a time; a countdown in a message is not worth a write. */
function writtenHash(verdicts: readonly Verdict[]): string {
  return hashOf(verdicts.map((verdict) => [verdict.gate, verdict.outcome, ...restsOn(verdict).map((key) => verdict.evidence[key] ?? null)]));
}

function statusOf(view: LaneView, condition: LaneCondition, message: string): LaneStatus {
  const before = view.status;
  const same = before?.condition === condition;
  return {
    ...view.lane,
    condition,
    message,
    ...remembered(before),
    ...present({ goesWith: view.goesWith, candidate: view.source, seen: view.seen, passed: view.passed ?? before?.passed }),
    conflicts: [],
    since: same ? before.since : view.now,
  };
}

/** What people have said of a lane stays until somebody or something ends it. */
function remembered(before: LaneStatus | undefined): Pick<LaneStatus, 'attempt' | 'closed' | 'lifted' | 'rollback' | 'requester'> {
  if (!before) return { attempt: 0 };
  const { attempt, closed, lifted, rollback, requester } = before;
  return { attempt, ...present({ closed, lifted, rollback, requester }) };
}

function withoutRequester(status: LaneStatus): LaneStatus {
  const { requester: _requester, ...rest } = status;
  return rest;
}

function eventOf(promotion: Promotion, type: string, message: string, by?: string): DomainEvent {
  return { type, repository: promotion.repository, environment: promotion.target, application: promotion.application, promotion: promotion.id, message, ...(by === undefined ? {} : { by }) };
}

