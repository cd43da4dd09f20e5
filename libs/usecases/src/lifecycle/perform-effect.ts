import { Unavailable, present } from '@sluice/kernel';
import type { CommitSha, Instant, ObjectSha } from '@sluice/kernel';
import { mergeObstacle } from '@sluice/gates';
import type { Application, Pipeline } from '@sluice/pipeline';
import type { LaneId, Promotion, PromotionEvent } from '@sluice/promotion';
import { ledgerPath, membersOf } from '@sluice/promotion';
import type { Mirror } from '../ports/index.js';
import { mappedAuthors } from './collect-authors.js';
import type { Effect } from './effects.js';
import { observeDecisions, observeFreezes, observeOrder } from './observe-gates.js';
import { openLabelled } from './open-labelled.js';
import type { LifecyclePorts } from './ports.js';
import { begunOnto, recomposeBehind } from './recompose-behind.js';
import { replaying } from './replay-candidate.js';
import { observeRollout } from './rollout-facts.js';
import { usesSelection, wholeSelection } from './selections.js';
import { writeReview } from './write-review.js';

type Ports = Pick<LifecyclePorts, 'clock' | 'rights' | 'mirrors' | 'changes' | 'reviews' | 'statuses' | 'promotions' | 'repositories' | 'environments' | 'approvals' | 'forges' | 'freezes' | 'people' | 'rollouts' | 'clusters' | 'memory' | 'events' | 'audit'>;

/** What an effect came to: an event for the promotion that wanted it, if it matters to it. */
export interface Performed {
  readonly promotion?: Promotion['id'];
  readonly event?: PromotionEvent;
  /** After the event it may be merged, if that is said before then. */
  readonly mergeUntil?: Instant;
  /** The request of a draft. */
  readonly draft?: { readonly head: CommitSha; readonly change: { readonly number: number; readonly url: string } };
}

/** How often a merge is tried again when other merges move the target meanwhile. */
const MERGE_TRIES = 8;

/** Does one effect. Doing it again changes nothing. @throws Unavailable when the forge or git does not answer: it stays in the outbox. */
export async function performEffect(ports: Ports, lane: LaneId, effect: Effect): Promise<Performed> {
  switch (effect.kind) {
    case 'publish':
      return publish(ports, lane, effect);
    case 'draft':
      return draft(ports, lane, effect);
    case 'describe':
      await ports.changes.update(lane.repository, effect.number, { body: effect.body });
      return {};
    case 'statuses':
      await ports.statuses.set(lane.repository, effect.commit, effect.statuses);
      return {};
    case 'merge':
      return merge(ports, lane, effect);
    case 'close':
      await ports.changes.close(lane.repository, effect.number, { by: effect.by, comment: effect.comment });
      return {};
    case 'review':
      await writeReview(ports, lane, effect);
      return {};
  }
}

type Publish = Extract<Effect, { kind: 'publish' }>;

async function publish(ports: Ports, lane: LaneId, effect: Publish): Promise<Performed> {
  const mirror = await ports.mirrors.open(lane.repository);
  if (!(await mirror.has(effect.head))) return { promotion: effect.promotion, event: { kind: 'superseded', message: 'the composed commit is gone from this worker: composed again' } };
  await pushHead(mirror, effect);
  await ports.statuses.set(lane.repository, effect.head, effect.statuses);
  const { title, body } = effect;
  const change =
    effect.number === undefined
      ? await openLabelled(ports, lane.repository, lane.target, { title, body, sourceBranch: effect.branch, targetBranch: effect.target, draft: false })
      : await ports.changes.update(lane.repository, effect.number, { title, body, draft: false, head: effect.head });
  // A request that was open already (its answer was lost) may carry an older text.
  if (effect.number === undefined && (change.body !== body || change.draft)) await ports.changes.update(lane.repository, change.number, { title, body, draft: false });
  return { promotion: effect.promotion, event: { kind: 'opened', change: { number: change.number, url: change.url } }, ...present({ mergeUntil: effect.mergeUntil }) };
}

async function draft(ports: Ports, lane: LaneId, effect: Extract<Effect, { kind: 'draft' }>): Promise<Performed> {
  const mirror = await ports.mirrors.open(lane.repository);
  // composed by another worker: this one composes it again
  if (!(await mirror.has(effect.head))) return {};
  await pushHead(mirror, effect);
  await ports.statuses.set(lane.repository, effect.head, effect.statuses);
  const { title, body } = effect;
  const opened = effect.number === undefined ? await openLabelled(ports, lane.repository, lane.target, { title, body, sourceBranch: effect.branch, targetBranch: effect.target, draft: true }) : { number: effect.number };
  const { number, url } = await ports.changes.update(lane.repository, opened.number, { title, body, draft: true, head: effect.head });
  return { draft: { head: effect.head, change: { number, url } } };
}

/** The branch is ours: what a closed request or another commit left there gives way, but only as it is seen now. */
async function pushHead(mirror: Mirror, effect: Pick<Publish, 'branch' | 'head' | 'replaces'>): Promise<void> {
  if ((await mirror.push(effect.branch, effect.head, effect.replaces)) !== 'stale') return;
  const seen = (await mirror.refresh()).get(effect.branch);
  if ((await mirror.push(effect.branch, effect.head, seen)) === 'stale') throw new Unavailable(`branch ${effect.branch} is being changed by somebody else`);
}

async function merge(ports: Ports, lane: LaneId, effect: Extract<Effect, { kind: 'merge' }>): Promise<Performed> {
  const promotion = await ports.promotions.get(lane.repository, effect.promotion);
  if (promotion?.state !== 'merging') return {};
  return { promotion: effect.promotion, event: await mergePromotion(ports, lane, effect, promotion) };
}

async function mergePromotion(ports: Ports, lane: LaneId, effect: Extract<Effect, { kind: 'merge' }>, promotion: Promotion): Promise<PromotionEvent> {
  const stopped = await stoppedBy(ports, lane, promotion);
  if (stopped !== undefined) return { kind: 'merge-refused', message: stopped };
  const begun = await begunOnto(ports, promotion);
  if (begun !== undefined) return recomposeBehind(ports, promotion, { number: effect.number, onto: begun, message: `the branch of request ${effect.number} has to have all of ${lane.target}` });
  for (let tries = 0; tries < MERGE_TRIES; tries += 1) {
    const onto = await mergeableHead(ports, lane, promotion);
    if (onto === undefined) return (await mergedAlready(ports, lane, effect, promotion)) ?? { kind: 'merge-refused', message: `the target has changed in ${membersOf(promotion).join(' or ')}: composed again` };
    const event = await mergeOnto(ports, effect, promotion, onto);
    if (event !== 'moved') return event;
  }
  return { kind: 'merge-refused', message: 'the target moved on every try' };
}

async function mergeOnto(ports: Ports, { number, by }: Extract<Effect, { kind: 'merge' }>, promotion: Promotion, onto: CommitSha): Promise<PromotionEvent | 'moved'> {
  const { repository, candidate } = promotion;
  const replay = onto === candidate.onto ? undefined : replaying(await ports.mirrors.open(repository), promotion, onto);
  const outcome = await ports.changes.merge(repository, number, { expectedHead: candidate.head, expectedTarget: onto, by, ...present({ replay }) });
  switch (outcome.kind) {
    case 'merged':
      return { kind: 'merged', commit: outcome.commit, by };
    case 'behind':
      return recomposeBehind(ports, promotion, { number, onto, message: outcome.message });
    case 'refused':
      return { kind: 'merge-refused', message: outcome.message, byForge: true };
    case 'moved':
      return 'moved';
  }
}

/** The target has changed because this merge was done: only its answer was lost. */
async function mergedAlready(ports: Ports, lane: LaneId, { number, by }: Extract<Effect, { kind: 'merge' }>, { candidate }: Promotion): Promise<PromotionEvent | undefined> {
  const { state, head, mergeCommit, mergedBy } = await ports.changes.get(lane.repository, number);
  return state === 'merged' && head === candidate.head && mergeCommit !== undefined ? { kind: 'merged', commit: mergeCommit, by: mergedBy === undefined || mergedBy === 'sluice' || mergedBy.includes('@') ? by : mergedBy } : undefined;
}

/** A window that has closed, a freeze that has come, a rollout that has begun or a right that was lost since the gates passed; what was asked for then may be done much later. */
async function stoppedBy(ports: Ports, lane: LaneId, promotion: Promotion): Promise<string | undefined> {
  const target = (await ports.repositories.pipeline(lane.repository))?.pipeline?.environments.find(({ name }) => name === lane.target);
  if (!target) return undefined;
  const now = ports.clock();
  const order = promotion.candidate.kind === 'rollback' ? await observeOrder(ports, await ports.promotions.lane(lane)) : {};
  const people = { authors: await mappedAuthors(ports, promotion.authors), ...present({ requester: promotion.requester }), ...order };
  const observed = { ...people, freezes: await observeFreezes(ports, lane, now, membersOf(promotion)), ...(await observeDecisions(ports, lane, promotion.candidate.digest, membersOf(promotion))), ...present({ rollout: await observeRollout(ports, lane.repository, lane.target) }) };
  const obstacle = mergeObstacle(target, promotion.candidate.kind, observed, now);
  return obstacle && `${obstacle.gate}: ${obstacle.message}`;
}

/** The target's head, if merging onto it gives what was approved: of each application that it is about the content, what it uses and the ledger are as they were composed on. */
async function mergeableHead(ports: Ports, lane: LaneId, promotion: Promotion): Promise<CommitSha | undefined> {
  const pipeline = (await ports.repositories.pipeline(lane.repository))?.pipeline;
  const target = pipeline?.environments.find((candidate) => candidate.name === lane.target);
  const grounds = pipeline ? groundsOf(pipeline, promotion) : [];
  if (grounds.length < membersOf(promotion).length || !target) return undefined;
  const mirror = await ports.mirrors.open(lane.repository);
  const head = await mirror.head(target.branch);
  if (head === undefined || head === promotion.candidate.onto) return head;
  for (const ground of grounds) if (!(await sameGround(mirror, { ...ground, lane, promotion, head }))) return undefined;
  return head;
}

/** What each application of a promotion was composed on; those that the pipeline no longer has are missing. */
function groundsOf({ applications }: Pipeline, { application, candidate }: Promotion): readonly Pick<Ground, 'application' | 'targetContent'>[] {
  const members = candidate.members ?? [{ application, targetContent: candidate.targetContent }];
  return members.flatMap((member) => {
    const known = applications.find(({ name }) => name === member.application);
    return known ? [{ application: known, targetContent: member.targetContent }] : [];
  });
}

interface Ground {
  readonly lane: LaneId;
  readonly application: Application;
  readonly targetContent: ObjectSha;
  readonly promotion: Promotion;
  readonly head: CommitSha;
}

async function sameGround(mirror: Mirror, { lane, application, targetContent, promotion, head }: Ground): Promise<boolean> {
  const { onto } = promotion.candidate;
  const path = ledgerPath(lane.target, application.name);
  const [now, then] = [(await mirror.entries(head, [path])).get(path), (await mirror.entries(onto, [path])).get(path)];
  if (now?.sha !== then?.sha) return false;
  if ((await mirror.contentKey(head, wholeSelection(application))) !== targetContent) return false;
  const uses = usesSelection(application);
  return (await mirror.contentKey(head, uses)) === (await mirror.contentKey(onto, uses));
}
