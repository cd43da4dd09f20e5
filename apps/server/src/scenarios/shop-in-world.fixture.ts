import { applicationName, clusterName, environmentName, personName } from '@sluice/kernel';
import type { CommitSha, Labels } from '@sluice/kernel';
import type { LaneStatus, Promotion } from '@sluice/promotion';
import { AcceptDirect, AdvanceLane, ControlRollout, DecidePromotion, ManageCluster, PromoteByHand, ReadRollout, ReadWhy, RollBack } from '@sluice/usecases';
import type { AuditEntry } from '@sluice/audit';
import type { ChangeRequest, MergeMethod, ReadRolloutView, WhyItem } from '@sluice/usecases';
import { WorkedRepository } from './worked-repository.fixture.js';

/** One repository in the world, as its people see it: git, requests, what runs where, and what they do about it. */
export class Shop extends WorkedRepository {
  async label(name: string, set: Labels, ...remove: readonly string[]): Promise<void> {
    const root = await this.parts.ports.people.get(personName('root'));
    if (!root) throw new Error('root is gone');
    await new ManageCluster(this.parts.ports).label(clusterName(`${this.id}-${name}`), { set, remove }, root);
    await this.settle();
  }

  /** What `sluice rollout` shows. */
  rollout(environment: string): Promise<ReadRolloutView> {
    return new ReadRollout(this.parts.ports).run(this.id, environmentName(environment));
  }

  /** Somebody pauses, continues or aborts a rollout. */
  async controlRollout(what: 'pause' | 'continue' | 'abort', environment: string, person = 'ada'): Promise<void> {
    const { ports } = this.parts;
    const advanceLane = new AdvanceLane(ports);
    await new ControlRollout(ports, new RollBack(ports, advanceLane), advanceLane)[what]({ repository: this.id, environment: environmentName(environment), person: personName(person), reason: 'look at it' });
    await this.settle();
  }

  lane(application: string, target: string): Promise<LaneStatus | undefined> {
    return this.parts.ports.promotions.lane({ repository: this.id, application: applicationName(application), target: environmentName(target) });
  }

  current(application: string, target: string): Promise<Promotion | undefined> {
    return this.parts.ports.promotions.current({ repository: this.id, application: applicationName(application), target: environmentName(target) });
  }

  /** Newest first. */
  async promotions(application: string, target: string): Promise<readonly Promotion[]> {
    return (await this.parts.ports.promotions.list({ repository: this.id, application: applicationName(application), target: environmentName(target), limit: 100 })).items;
  }

  requests(): Promise<readonly ChangeRequest[]> {
    return this.parts.ports.changes.list(this.id, { limit: 100 });
  }

  async approve(application: string, target: string, person: string): Promise<void> {
    const promotion = await this.open(application, target);
    await new DecidePromotion(this.parts.ports).approve({ repository: this.id, promotion: promotion.id, digest: promotion.candidate.digest, person: personName(person), comment: '', door: 'api' });
    await this.settle();
  }

  async reject(application: string, target: string, person: string): Promise<void> {
    const promotion = await this.open(application, target);
    await new DecidePromotion(this.parts.ports).reject({ repository: this.id, promotion: promotion.id, digest: promotion.candidate.digest, person: personName(person), reason: 'not this', door: 'api' });
    await this.settle();
  }

  /** Somebody sets one gate aside in an emergency. */
  async override(application: string, target: string, gate: string, person: string): Promise<void> {
    const promotion = await this.open(application, target);
    await new DecidePromotion(this.parts.ports).override({ repository: this.id, promotion: promotion.id, digest: promotion.candidate.digest, person: personName(person), gate, reason: 'site is down', door: 'api' });
    await this.settle();
  }

  /** Somebody asks for a promotion by hand. */
  async promote(application: string, target: string, person = 'ada'): Promise<string> {
    const result = await new PromoteByHand(this.parts.ports, new AdvanceLane(this.parts.ports)).run({ repository: this.id, application: applicationName(application), environment: environmentName(target), person: personName(person), reason: '' });
    await this.settle();
    return result.outcome;
  }

  /** What the audit says of this repository, oldest first: who by which door has done what. */
  async audited(action?: string): Promise<readonly string[]> {
    const { items } = await this.parts.store.auditStore.list({ repository: this.id, limit: 200, ...(action !== undefined && { action }) });
    return items.toReversed().map(({ entry }) => {
      const { who, door, action: done, from } = JSON.parse(entry) as AuditEntry;
      return [who.name, door, done, ...(from?.login === undefined ? [] : [`as ${from.login}`])].join(' ');
    });
  }

  /** Somebody rolls back. @returns the promotions that it undoes. */
  async rollBack(application: string, environment: string, options: { readonly as?: string; readonly to?: Promotion['id'] } = {}): Promise<readonly string[]> {
    const { ports } = this.parts;
    const wanted = { repository: this.id, application: applicationName(application), environment: environmentName(environment), person: personName(options.as ?? 'ada'), reason: 'it burns', ...(options.to !== undefined && { to: options.to }) };
    const { undoes } = await new RollBack(ports, new AdvanceLane(ports)).run(wanted);
    await this.settle();
    return undoes;
  }

  /** Somebody accepts what was pushed past the promotions, up to the environment's head. */
  async accept(environment: string, person: string): Promise<void> {
    const name = environmentName(environment);
    const waiting = (await this.parts.ports.environments.state(this.id, name))?.unreviewed ?? [];
    await new AcceptDirect(this.parts.ports).run({ repository: this.id, environment: name, commit: waiting.at(-1)?.commit ?? (await this.head(environment)), person: personName(person), reason: '' });
    await this.settle();
  }

  /** What `sluice why` says of one lane. */
  async why(application: string, target: string): Promise<readonly WhyItem[]> {
    const view = await new ReadWhy(this.parts.ports, this.parts.ports.clock).run({ repository: this.id, application: applicationName(application), environment: environmentName(target) });
    return view.items;
  }

  /** Somebody merges a request on the forge, past Sluice. */
  async mergeOnForge(number: number, head: CommitSha, method?: MergeMethod): Promise<string> {
    const outcome = await this.parts.ports.changes.merge(this.id, number, { expectedHead: head, ...(method && { method }), by: 'ada' });
    return outcome.kind;
  }

  private async open(application: string, target: string): Promise<Promotion> {
    const promotion = await this.current(application, target);
    if (!promotion) throw new Error(`no open promotion of ${application} into ${target}: ${JSON.stringify(await this.lane(application, target))}`);
    return promotion;
  }
}
