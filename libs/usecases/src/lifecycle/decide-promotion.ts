import type { AuditPlace } from '@sluice/audit';
import { Conflict, Forbidden, NotFound, present } from '@sluice/kernel';
import type { Digest, PersonName, PromotionId, RepositoryId } from '@sluice/kernel';
import type { Environment, Pipeline } from '@sluice/pipeline';
import { transition } from '@sluice/promotion';
import type { Promotion } from '@sluice/promotion';
import { wakeKey } from '../ports/index.js';
import type { Approval, AuditAct, Person, WakeTarget } from '../ports/index.js';
import type { KeyedEffect } from './effects.js';
import { delegatorsFor } from '../rights/delegators.js';
import { effectivePipeline } from '../rights/effective-roles.js';
import { sayWhoElseMay, wantedOf } from '../rights/of-promotion.js';
import { markGlass } from '../rights/permit.js';
import { permittedActions } from './permitted-actions.js';
import { obstacleOfOverride } from './permitted-overrides.js';
import type { PermittedAction } from './permitted-actions.js';
import type { LifecyclePorts } from './ports.js';

type Ports = Pick<LifecyclePorts, 'clock' | 'transactions' | 'repositories' | 'rights' | 'promotions' | 'approvals' | 'people' | 'outbox' | 'events' | 'audit' | 'wakes' | 'signals'>;

/** Which promotion, as somebody saw it: the digest says that it is still the same. */
export interface Decision {
  readonly repository: RepositoryId;
  readonly promotion: PromotionId;
  readonly digest: Digest;
  readonly person: PersonName;
  /** Who that is on the forge, when it came from there. */
  readonly login?: string;
}

/** What people decide about a promotion, by whatever door they come. Rights and digest are checked again here. */
export class DecidePromotion {
  constructor(private readonly ports: Ports) {}

  /** @throws NotFound, Forbidden (with the reason), Conflict when the promotion is no longer what was looked at. */
  async approve(decision: Decision & { readonly comment: string; readonly door: Approval['door'] }): Promise<Promotion> {
    const { promotion, person } = await this.permitted(decision, 'approve');
    const { comment, door } = decision;
    return this.record(promotion, { decision: 'approved', person: person.name, comment, door }, decision.login);
  }

  /** Rejects and closes: the same content is not offered again until somebody promotes it by hand. */
  async reject(decision: Decision & { readonly reason: string; readonly door: Approval['door'] }): Promise<Promotion> {
    const { promotion, person } = await this.permitted(decision, 'reject');
    const { reason, door } = decision;
    return this.record(promotion, { decision: 'rejected', person: person.name, comment: reason, door }, decision.login);
  }

  /** Clears a manual gate for this candidate. */
  async clear(decision: Decision & { readonly gate: string; readonly reason: string; readonly door: Approval['door'] }): Promise<Promotion> {
    const { promotion, person } = await this.permitted(decision, 'clear', decision.gate);
    const { reason, door, gate } = decision;
    return this.record(promotion, { decision: 'cleared', gate, person: person.name, comment: reason, door });
  }

  /** Sets one gate aside for this candidate, by the environment's emergency policy. */
  async override(decision: Decision & { readonly gate: string; readonly reason: string; readonly door: Approval['door'] }): Promise<Promotion> {
    const { promotion, person } = await this.permitted(decision, 'override', decision.gate);
    const { reason, door, gate } = decision;
    return this.record(promotion, { decision: 'overridden', gate, person: person.name, comment: reason, door });
  }

  /** Merges a promotion whose gates have passed, where the environment says `merge: manual`. */
  async merge(decision: Decision): Promise<Promotion> {
    const { promotion, person } = await this.permitted(decision, 'merge');
    const next = transition(promotion, { kind: 'merge-requested', by: person.name }, this.ports.clock());
    const effect: KeyedEffect = { idempotencyKey: `merge:${promotion.id}:${this.ports.clock()}`, effect: { kind: 'merge', promotion: promotion.id, number: promotion.change?.number ?? 0, by: person.name } };
    return this.ports.transactions.run(async () => {
      const stored = await this.ports.promotions.update(next);
      await this.ports.outbox.add(wakeKey(laneOf(promotion)), [effect]);
      await this.ports.wakes.wake(laneOf(promotion));
      await this.ports.audit.append({ action: 'promotion.merge-request', by: person.name, place: placeOf(promotion), before: { state: promotion.state }, after: { state: next.state, digest: promotion.candidate.digest } });
      return stored;
    });
  }

  private async permitted(decision: Decision, name: PermittedAction['name'], gate?: string): Promise<{ promotion: Promotion; person: Person }> {
    const { repository, digest } = decision;
    const promotion = await this.ports.promotions.get(repository, decision.promotion);
    if (!promotion) throw new NotFound(`there is no promotion ${decision.promotion} in ${repository}`);
    const person = await this.ports.people.get(decision.person);
    if (!person) throw new Forbidden(`there is no person ${decision.person}`);
    if (person.deactivated) throw new Forbidden(`${person.name} was deactivated: what they decide counts for nothing`);
    refuseMachine(name, person);
    if (promotion.candidate.digest !== digest) throw new Conflict(`the promotion has changed since you looked at it: look again and decide on what it is now (${sayNow(promotion)})`);
    const pipeline = await effectivePipeline(this.ports, repository);
    if (!pipeline) throw new Conflict(`${repository} has no pipeline`);
    const approvals = await this.ports.approvals.of(repository, digest);
    const delegators = await delegatorsFor(this.ports, pipeline, promotion, person);
    const action = permittedActions({ pipeline, promotion, person, approvals, delegators }).find((candidate) => candidate.name === name && candidate.gate === gate);
    if (!action) throw impossible(name, { pipeline, promotion, person, approvals }, gate);
    if (!action.allowed) throw await this.refused(name, { pipeline, promotion, gate }, action.reason ?? 'not allowed');
    const target = targetOf(pipeline, promotion);
    if (target) await markGlass(this.ports, { repository, pipeline, ...wantedOf(name, { promotion, target, gate }) }, person);
    return { promotion, person };
  }

  /** What is forbidden says who may. */
  private async refused(name: PermittedAction['name'], { pipeline, promotion, gate }: { readonly pipeline: Pipeline; readonly promotion: Promotion; readonly gate: string | undefined }, reason: string): Promise<Forbidden | Conflict> {
    const target = targetOf(pipeline, promotion);
    const error = refusal(name, reason, promotion);
    if (!target || error instanceof Conflict) return error;
    return new Forbidden(`${error.message}: ${sayWhoElseMay(name, { pipeline, promotion, target, gate }, await this.ports.people.list())}`);
  }

  private async record(promotion: Promotion, approval: Pick<Approval, 'decision' | 'gate' | 'person' | 'comment' | 'door'>, login?: string): Promise<Promotion> {
    const { repository, candidate, target, application, id } = promotion;
    await this.ports.transactions.run(async () => {
      await this.ports.approvals.add({ ...approval, repository, promotion: id, digest: candidate.digest, at: this.ports.clock() });
      const effects = effectsOf(promotion, approval, this.ports.clock());
      if (effects.length > 0) await this.ports.outbox.add(wakeKey(laneOf(promotion)), effects);
      const what = approval.gate === undefined ? approval.decision : `${approval.decision === 'overridden' ? 'overrode' : 'cleared'} ${approval.gate}`;
      await this.ports.events.append({ type: `promotion.${approval.decision}`, repository, environment: target, application, promotion: id, message: `${approval.person} ${what}${approval.comment === '' ? '' : `: ${approval.comment}`}`, by: approval.person });
      await this.ports.wakes.wake(laneOf(promotion));
      await this.ports.audit.append(actOf(promotion, approval, login));
    });
    this.ports.signals.publish('events');
    return (await this.ports.promotions.get(repository, id)) ?? promotion;
  }
}

/** A decision is somebody's who answers for it. A machine may say no, and merge what people have let through. */
function refuseMachine(name: PermittedAction['name'], { service, name: who }: Person): void {
  if (service && name !== 'reject' && name !== 'merge') throw new Forbidden(`${who} is a service account: what asks for a person’s decision is decided by a person`);
}

/** The decision as the person's own review on the forge (not when it came from there), and for a rejection the end of the request. */
function effectsOf(promotion: Promotion, approval: Pick<Approval, 'decision' | 'person' | 'comment' | 'door'>, now: number): readonly KeyedEffect[] {
  const number = promotion.change?.number;
  if (number === undefined || approval.decision === 'cleared' || approval.decision === 'overridden') return [];
  const { person, comment, decision } = approval;
  const review: KeyedEffect = { idempotencyKey: `review:${promotion.id}:${person}:${decision}`, effect: { kind: 'review', promotion: promotion.id, number, person, state: decision, commit: promotion.candidate.head, body: comment } };
  const close: KeyedEffect = { idempotencyKey: `close:${promotion.id}:${now}`, effect: { kind: 'close', number, comment, by: person } };
  return [...(approval.door === 'forge' ? [] : [review]), ...(decision === 'rejected' ? [close] : [])];
}

const ACTIONS: Readonly<Record<Approval['decision'], string>> = { approved: 'promotion.approve', rejected: 'promotion.reject', cleared: 'promotion.clear', overridden: 'promotion.override' };

function actOf(promotion: Promotion, { decision, gate, person, comment, door }: Pick<Approval, 'decision' | 'gate' | 'person' | 'comment' | 'door'>, login: string | undefined): AuditAct {
  const { state, candidate } = promotion;
  return { action: ACTIONS[decision], by: person, door, place: placeOf(promotion), before: { state }, after: { decision, digest: candidate.digest, head: candidate.head, ...present({ gate }) }, why: comment, ...present({ login }) };
}

function placeOf({ repository, target, application, id }: Promotion): AuditPlace {
  return { repository, environment: target, application, promotion: id };
}

/** What a promotion is now, for somebody who saw another content. */
function sayNow({ candidate, timeline }: Promotion): string {
  const last = timeline.at(-1);
  return `digest ${candidate.digest.slice(0, 12)} from ${candidate.source.slice(0, 10)}${last ? `, ${last.what}${last.detail === undefined ? '' : `: ${last.detail}`}` : ''}`;
}

/** What is not among a person's actions at all. */
function impossible(name: string, context: Parameters<typeof permittedActions>[0], gate: string | undefined): NotFound | Forbidden | Conflict {
  if (gate === undefined) return new NotFound(`${name} is not possible here`);
  if (name !== 'override') return new NotFound(`there is no manual gate ${gate}`);
  const target = context.pipeline.environments.find((environment) => environment.name === context.promotion.target);
  const reason = (target && obstacleOfOverride(context, target, gate)) ?? `nothing is promoted to ${context.promotion.target}`;
  return reason.startsWith('it has no gate') ? new NotFound(`cannot override ${gate} of ${context.promotion.id}: ${reason}`) : refusal(name, `${gate}: ${reason}`, context.promotion);
}

function refusal(name: string, reason: string, promotion: Promotion): Forbidden | Conflict {
  const settled = promotion.state !== 'open' && promotion.state !== 'ready';
  const superseded = promotion.state === 'superseded' ? promotion.timeline.findLast(({ what }) => what === 'superseded')?.detail : undefined;
  const message = `cannot ${name} ${promotion.id}: ${reason}${superseded === undefined ? '' : ` (${superseded})`}`;
  return settled || reason.startsWith('you have') || reason.startsWith('it ') || reason.startsWith('not all') || reason.startsWith('no approval') ? new Conflict(message) : new Forbidden(message);
}

function targetOf(pipeline: Pipeline, { target }: Promotion): Environment | undefined {
  return pipeline.environments.find(({ name }) => name === target);
}

function laneOf(promotion: Promotion): WakeTarget {
  return { kind: 'lane', repository: promotion.repository, application: promotion.application, target: promotion.target };
}
