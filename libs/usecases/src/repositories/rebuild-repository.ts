import { NotFound, present } from '@sluice/kernel';
import type { CommitSha, PromotionId, RepositoryId } from '@sluice/kernel';
import type { Pipeline } from '@sluice/pipeline';
import { isCurrent } from '@sluice/promotion';
import type { ConflictDraft, LaneId, LaneStatus, Promotion, RollbackOrder } from '@sluice/promotion';
import type { BeginAnew } from '../audit/begin-anew.js';
import { indexEnvironment } from '../lifecycle/index-environment.js';
import type { LifecyclePorts } from '../lifecycle/ports.js';
import { sourceHeads } from '../lifecycle/observe-repository.js';
import { readLedger } from '../lifecycle/read-ledger.js';
import { readPipeline } from '../lifecycle/read-pipeline.js';
import { isTakenOff } from '../lifecycle/taken-back.js';
import type { ChangeRequest, Heads, Mirror, Review, WakeTarget } from '../ports/index.js';
import type { RepositoryHost } from './create-repository.js';
import { doubtRollouts } from './doubt-rollouts.js';
import { laneOfRequest, restorePromotion } from './restore-promotion.js';
import type { Restored } from './restore-promotion.js';

type Ports = Pick<
  LifecyclePorts,
  'clock' | 'transactions' | 'repositories' | 'environments' | 'promotions' | 'rollouts' | 'approvals' | 'forges' | 'people' | 'events' | 'audit' | 'wakes' | 'signals' | 'memory' | 'mirrors' | 'reader' | 'changes' | 'reviews' | 'pushes'
>;

const PAGE = 200;
/** Requests whose commits are read side by side. */
const AT_ONCE = 8;
/** Notes of one report at most: what is more is counted. */
const MAX_NOTES = 50;

export interface RebuildReport {
  readonly repository: RepositoryId;
  /** Promotions that were made again from their requests, by what became of them. */
  readonly restored: { readonly open: number; readonly merged: number; readonly closed: number };
  /** Promotions that the database had already: left as they are. */
  readonly known: number;
  readonly approvals: number;
  readonly holds: number;
  /** What could not be restored, in sentences for the operator. */
  readonly notes: readonly string[];
}

/** What no forge and no git has: said with every rebuild, so that nobody believes that it is back. */
const NEVER_IN_GIT = [
  'soak starts again: health counts from the next reports of the agents',
  'not in git, and not restored: freezes, overrides, how far rollouts had got and who had paused them, labels of clusters, cleared manual gates, accepted direct pushes, results of tests (they are run again), evidence of verdicts, events; promotions that a newer one replaced in their own request',
] as const;

/**
 * Makes the index of a repository again, from git and the forge alone: environments and holds from the branches, promotions and approvals from the requests. Whatever the database has already stays
 * as it is, so it may be run at any time, and again after it was broken off.
 */
export class RebuildRepository {
  /** `chains`: what says in the audit that it was begun anew. */
  constructor(
    private readonly ports: Ports & { readonly host: Pick<RepositoryHost, 'list'> },
    private readonly chains?: Pick<BeginAnew, 'run'>,
  ) {}

  /** Every repository that the built-in forge has on disk, known or not: after the database was lost, nothing else says which there were. */
  async all(): Promise<readonly RebuildReport[]> {
    const reports: RebuildReport[] = [];
    for (const { id, defaultBranch } of await this.ports.host.list()) {
      if (!(await this.ports.repositories.get(id))) await this.ports.repositories.add({ id, forge: 'builtin', configBranch: defaultBranch, createdAt: this.ports.clock() });
      reports.push(await this.run(id));
    }
    return reports;
  }

  /** @throws NotFound when there is no such repository; Unavailable when git or the forge does not answer. */
  async run(id: RepositoryId): Promise<RebuildReport> {
    const repository = await this.ports.repositories.get(id);
    if (!repository) throw new NotFound(`there is no repository ${id}`);
    const mirror = await this.ports.mirrors.open(id);
    const heads = await mirror.refresh();
    const { pipeline } = await readPipeline(this.ports, repository, mirror, heads.get(repository.configBranch));
    const states = await Promise.all((pipeline?.environments ?? []).map((environment) => indexEnvironment(this.ports, mirror, { repository: id, pipeline: pipeline as Pipeline, environment, head: heads.get(environment.branch), sourceHeads: sourceHeads(pipeline as Pipeline, environment, heads) })));
    const doubts = await doubtRollouts(this.ports, pipeline, states.map(({ state }) => state));
    const run = new RebuildRun(this.ports, { id, pipeline, mirror, heads }, doubts);
    for await (const some of this.requests(id)) await run.take(some);
    const report = await run.finish(states.reduce((count, { state }) => count + Object.keys(state.held).length, 0));
    await this.ports.events.append({ type: 'repository.rebuilt', repository: id, message: `${id} was rebuilt from git: ${total(report)} promotions restored, ${report.known} known` });
    await this.ports.audit.append({ action: 'repository.rebuild', place: { repository: id }, after: { restored: total(report), known: report.known } });
    await this.ports.wakes.wake({ kind: 'repository', repository: id }, ...everyLane(id, pipeline));
    this.ports.signals.publish('events');
    return { ...report, notes: [...report.notes, ...((await this.chains?.run()) ?? [])] };
  }

  /** All requests, newest first, some at a time. */
  private async *requests(id: RepositoryId): AsyncGenerator<readonly ChangeRequest[]> {
    let before: number | undefined;
    for (;;) {
      const page = await this.ports.changes.list(id, { limit: PAGE, ...present({ before }) });
      for (let first = 0; first < page.length; first += AT_ONCE) yield page.slice(first, first + AT_ONCE);
      before = page.at(-1)?.number;
      if (before === undefined || page.length < PAGE) return;
    }
  }
}

function total({ restored }: Pick<RebuildReport, 'restored'>): number {
  return restored.open + restored.merged + restored.closed;
}

function everyLane(repository: RepositoryId, pipeline: Pipeline | undefined): readonly WakeTarget[] {
  const { environments = [], applications = [] } = pipeline ?? {};
  return environments.flatMap((environment): WakeTarget[] => [
    { kind: 'environment', repository, environment: environment.name },
    ...(environment.from.length === 0 ? [] : applications.map(({ name }): WakeTarget => ({ kind: 'lane', repository, application: name, target: environment.name }))),
  ]);
}

interface Place {
  readonly id: RepositoryId;
  readonly pipeline: Pipeline | undefined;
  readonly mirror: Mirror;
  readonly heads: Heads;
}

/** One pass over the requests of a repository, newest first. */
class RebuildRun {
  private readonly restored = { open: 0, merged: 0, closed: 0 };
  private readonly notes: string[] = [];
  private readonly lanes = new Map<string, { readonly lane: LaneId; readonly newest: Promotion | undefined; readonly merged: Promotion | undefined; attempt: number; settled: boolean }>();
  /** What rollbacks have undone: they are read before it. */
  private readonly undone = new Set<PromotionId>();
  private readonly drafts = new Map<string, ConflictDraft>();
  private known = 0;
  private approvals = 0;

  constructor(
    private readonly ports: Ports,
    private readonly place: Place,
    private readonly doubts: readonly string[],
  ) {}

  /** Reads them side by side, and stores them in their order. */
  async take(changes: readonly ChangeRequest[]): Promise<void> {
    const read = changes.map(async (change) => {
      const lane = laneOfRequest(this.place.id, change);
      return lane && { change, lane, outcome: await restorePromotion(this.ports, { lane, ...this.place }, change) };
    });
    for (const found of await Promise.all(read)) if (found) await this.store(found);
  }

  private async store({ change, lane, outcome }: { readonly change: ChangeRequest; readonly lane: LaneId; readonly outcome: Restored }): Promise<void> {
    if (outcome.kind === 'unreadable') return void this.notes.push(outcome.message);
    if (outcome.kind === 'draft') return this.storeDraft(lane, outcome.draft);
    const promotion = await this.orRejected(this.inOrder(outcome.promotion), change);
    this.remember(promotion);
    if (await this.ports.promotions.get(this.place.id, promotion.id)) return void (this.known += 1);
    if (isCurrent(promotion) && (await this.ports.promotions.current(lane))) return void this.notes.push(`request ${change.number}: another promotion of ${lane.application} into ${lane.target} is open already`);
    await this.ports.promotions.insert(promotion);
    this.restored[change.state] += 1;
    if (change.state === 'open') await this.restoreApprovals(promotion, change);
  }

  /** Over a network Sluice's account closes what a person has rejected in Sluice: their review tells. Only the newest of a lane decides on what comes next. */
  private async orRejected(promotion: Promotion, { number }: ChangeRequest): Promise<Promotion> {
    if (promotion.state !== 'superseded' || this.lanes.has(keyOf(promotion))) return promotion;
    const reviews = await this.ports.reviews.list(promotion.repository, number);
    const isRejected = reviews.some(({ state, commit }) => state === 'rejected' && commit === promotion.candidate.head);
    return isRejected ? { ...promotion, state: 'rejected' } : promotion;
  }

  /** On which conflicts are to be resolved: what somebody has pushed to its branch is looked at next. */
  private async storeDraft(lane: LaneId, draft: ConflictDraft): Promise<void> {
    if (await this.ports.promotions.lane(lane)) return;
    const key = keyOf(lane);
    this.drafts.set(key, draft);
    if (!this.lanes.has(key)) this.lanes.set(key, { lane, newest: undefined, merged: undefined, attempt: 0, settled: false });
  }

  /** Only the newest merge of a lane may still be rolling out; those before it were live, went on with it, or were rolled back. */
  private inOrder(promotion: Promotion): Promotion {
    if (promotion.mergedAs !== undefined) for (const id of promotion.candidate.undoes ?? []) this.undone.add(id);
    if (promotion.mergedAs !== undefined && this.undone.has(promotion.id)) return { ...promotion, state: 'rolled-back' };
    const isNewest = !this.lanes.get(keyOf(promotion))?.settled;
    return promotion.state === 'rolling-out' && !isNewest ? { ...promotion, state: 'live', ...present({ liveAt: promotion.mergedAt }) } : promotion;
  }

  private remember(promotion: Promotion): void {
    const before = this.lanes.get(keyOf(promotion));
    const { repository, application, target } = promotion;
    const settled = before?.settled === true || promotion.mergedAs !== undefined;
    this.lanes.set(keyOf(promotion), { lane: { repository, application, target }, newest: before ? before.newest : promotion, merged: before?.merged ?? (promotion.mergedAs === undefined ? undefined : promotion), attempt: Math.max(before?.attempt ?? 0, promotion.attempt), settled });
  }

  private async restoreApprovals({ repository, id, candidate }: Promotion, change: ChangeRequest): Promise<void> {
    for (const review of await this.ports.reviews.list(repository, change.number)) {
      if (review.state === 'commented' || review.commit !== candidate.head) continue;
      if (!(await this.ports.people.get(review.person))) this.notes.push(`request ${change.number}: ${review.person}, who ${review.state} it, is not a person here (yet)`);
      await this.ports.approvals.add({ repository, promotion: id, digest: candidate.digest, person: review.person, decision: decisionOf(review), comment: review.body, door: 'forge', at: review.at });
      this.approvals += 1;
    }
  }

  async finish(holds: number): Promise<RebuildReport> {
    for (const { lane, newest, merged, attempt } of this.lanes.values()) {
      if (merged) await this.noteTakenOff(merged);
      await this.restoreLane(lane, newest, attempt);
    }
    const { restored, known, approvals } = this;
    const more = this.notes.length > MAX_NOTES ? [`… and ${this.notes.length - MAX_NOTES} more`] : [];
    return { repository: this.place.id, restored, known, approvals, holds, notes: [...this.notes.slice(0, MAX_NOTES), ...more, ...this.doubts, ...NEVER_IN_GIT] };
  }

  private async restoreLane(lane: LaneId, newest: Promotion | undefined, attempt: number): Promise<void> {
    const draft = this.drafts.get(keyOf(lane));
    if ((!newest && !draft) || (await this.ports.promotions.lane(lane))) return;
    const status = await this.laneStatus(lane, newest, attempt);
    await this.ports.promotions.saveLane(draft ? { ...status, condition: 'conflicted', draft } : status);
  }

  /** Nothing in git says that a branch was set back by force, but for the request that was merged into it: the lane's next look closes it again. */
  private async noteTakenOff(promotion: Promotion): Promise<void> {
    const { target, application, mergedAs = '', change } = promotion;
    const branch = this.place.pipeline?.environments.find(({ name }) => name === target)?.branch;
    if (branch === undefined || promotion.state === 'rolled-back' || !(await this.isTakenOff(promotion, branch))) return;
    this.notes.push(`${application} in ${target}: the merge ${mergedAs.slice(0, 10)} of request ${change?.number ?? 0} was taken off branch ${branch} by force: it stays off until the content changes or somebody promotes it`);
  }

  /** Also with a history that was written anew, the promotion that the ledger names is there. */
  private async isTakenOff(promotion: Promotion, branch: string): Promise<boolean> {
    const { mirror, heads } = this.place;
    const head = heads.get(branch);
    if (!head || !(await isTakenOff(mirror, promotion, { head, now: this.ports.clock() }))) return false;
    return (await readLedger(mirror, head, promotion.target, promotion.application)).ledger?.promotion !== promotion.id;
  }

  /** What a lane remembers beside its promotions: that its content was closed by a person, that a hold was lifted (else its request would not be open), and how often either happened. */
  private async laneStatus(lane: LaneId, newest: Promotion | undefined, attempt: number): Promise<LaneStatus> {
    const hold = (await this.ports.environments.state(lane.repository, lane.target))?.held[lane.application];
    const open = newest && isCurrent(newest) ? newest : undefined;
    const closed = newest && isClosed(newest) ? newest.candidate.fingerprint : undefined;
    return {
      ...lane,
      ...(closed === undefined ? { condition: open ? 'promoting' : 'waiting', message: 'rebuilt from git: it is looked at again', attempt } : { ...CLOSED, attempt: attempt + 1 }),
      conflicts: [],
      ...present({ closed, ...(open && (await this.wanted(open, hold?.by))) }),
      since: this.ports.clock(),
    };
  }

  /** What somebody wanted of a lane, as what is open in it tells. */
  private async wanted(open: Promotion, undoneBy: CommitSha | undefined): Promise<Partial<Pick<LaneStatus, 'requester' | 'rollback' | 'lifted'>>> {
    const { requester } = open;
    return present(isRollback(open) ? { requester, rollback: await this.orderOf(open) } : { requester, lifted: undoneBy });
  }

  /** Who ordered an open rollback is in its request; the ledger that it puts back says how far it goes. */
  private async orderOf({ target, application, candidate, requester, createdAt }: Promotion): Promise<RollbackOrder | undefined> {
    const { ledger } = await readLedger(this.place.mirror, candidate.head, target, application);
    return ledger && { to: ledger.promotion, reason: 'its request says why', at: createdAt, ...(!candidate.automatic && present({ by: requester })) };
  }
}

const CLOSED = { condition: 'closed', message: 'closed; offered again when the content changes or somebody promotes it' } as const;

/** A rollback that nobody wanted is no word about content. */
function isClosed(promotion: Promotion): boolean {
  return promotion.state === 'rejected' && !isRollback(promotion);
}

function isRollback({ candidate }: Promotion): boolean {
  return candidate.kind === 'rollback';
}

function keyOf({ target, application }: LaneId): string {
  return `${target}/${application}`;
}

function decisionOf(review: Review): 'approved' | 'rejected' {
  return review.state === 'approved' ? 'approved' : 'rejected';
}
