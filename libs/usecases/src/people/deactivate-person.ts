import type { Json } from '@sluice/audit';
import { Conflict, Forbidden, NotFound } from '@sluice/kernel';
import type { PersonName } from '@sluice/kernel';
import type { LifecyclePorts } from '../lifecycle/ports.js';
import { wakeOpen } from '../lifecycle/wake-open.js';
import type { Credential, LinkedSlackUser, Person, SlackLinks, StoredAccount } from '../ports/index.js';
import { endRightsOf } from '../rights/end-rights-of.js';
import { sayDeactivated } from './decides.js';
import { tellEnded } from './end-credential.js';

type Ports = Pick<LifecyclePorts, 'people' | 'ownAccounts' | 'rights' | 'promotions' | 'transactions' | 'events' | 'audit' | 'wakes' | 'signals' | 'clock'> & { readonly slackLinks: SlackLinks };

/** Which person, why, and who says it. */
interface DeactivationOrder {
  readonly person: PersonName;
  readonly by: PersonName;
  readonly reason: string;
}

interface Ended {
  readonly credentials: readonly Credential[];
  readonly slack: readonly LinkedSlackUser[];
  readonly accounts: readonly StoredAccount[];
}

/**
 * Takes people out who have left, and back in. Who somebody is, and what they did, stays: their addresses and logins still say whose a change is. What they could come in by, or act through, ends at once; groups
 * and roles stay written down and count for nothing meanwhile.
 */
export class DeactivatePerson {
  constructor(private readonly ports: Ports) {}

  /** @throws Forbidden for oneself; NotFound when there is no such person; Conflict when they are deactivated already, or the last admin. */
  async deactivate(order: DeactivationOrder): Promise<Person> {
    const { person: name, by } = order;
    if (name === by) throw new Forbidden('you cannot deactivate yourself: another admin can');
    const { person, ended } = await this.ports.transactions.run(async () => {
      // of two admins who deactivate each other at once the second finds out that they are the last
      assertMayLeave(name, await this.ports.people.holdAll());
      await this.ports.people.deactivate(name, { at: this.ports.clock(), by, reason: order.reason });
      return { ended: await this.end(order), person: await this.get(name) };
    });
    tellEnded(this.ports.signals, ended);
    this.ports.signals.publish('events');
    return person;
  }

  /** What ended stays ended: they sign in again, make new tokens and link their accounts. @throws NotFound when there is no such person; Conflict when they are not deactivated. */
  async reactivate({ person: name, by, reason }: DeactivationOrder): Promise<Person> {
    const person = await this.ports.transactions.run(async () => {
      const before = (await this.ports.people.holdAll()).find((one) => one.name === name);
      if (!before) throw new NotFound(`there is no person ${name}`);
      if (!before.deactivated) throw new Conflict(`${name} is not deactivated`);
      await this.ports.people.deactivate(name, undefined);
      const why = reason === '' ? '' : `: ${reason}`;
      await this.ports.events.append({ type: 'person.reactivated', message: `${by} reactivated ${name}${why}`, by });
      await this.ports.audit.append({ action: 'person.reactivate', by, place: { person: name }, before: { deactivated: sayDeactivated(before), ...rightsOf(before) }, why: reason });
      await wakeOpen(this.ports);
      return this.get(name);
    });
    this.ports.signals.publish('events');
    return person;
  }

  /** @returns what is to be told to open streams. */
  private async end(order: DeactivationOrder): Promise<readonly Credential[]> {
    const { people, slackLinks, ownAccounts } = this.ports;
    const { person: name, by, reason } = order;
    const ended: Ended = { credentials: await people.revokeAll(name), slack: await slackLinks.unlinkAll(name), accounts: await ownAccounts.removeAll(name) };
    await this.ports.events.append({ type: 'person.deactivated', message: `${by} deactivated ${name}: ${reason}`, by });
    const before = await this.get(name);
    await this.ports.audit.append({ action: 'person.deactivate', by, place: { person: name }, before: { ...rightsOf(before), ...sayEnded(ended) }, after: { deactivated: true }, why: reason });
    await endRightsOf(this.ports, { person: name, by, why: `${name} was deactivated` });
    await wakeOpen(this.ports);
    return ended.credentials;
  }

  private async get(name: PersonName): Promise<Person> {
    const person = await this.ports.people.get(name);
    if (!person) throw new NotFound(`there is no person ${name}`);
    return person;
  }
}

/** @throws NotFound, Conflict */
function assertMayLeave(name: PersonName, people: readonly Person[]): void {
  const person = people.find((one) => one.name === name);
  if (!person) throw new NotFound(`there is no person ${name}`);
  if (person.deactivated) throw new Conflict(sayDeactivated(person));
  if (person.admin && !people.some((one) => one.admin && !one.deactivated && one.name !== name)) throw new Conflict(`${name} is the last admin: make somebody else one first`);
}

function rightsOf({ groups, admin }: Person): { readonly groups: readonly string[]; readonly admin: boolean } {
  return { groups: groups.toSorted(), admin };
}

/** Everything that ended, by the names under which it was given: what somebody could have come in by is still known when one is asked years later. */
function sayEnded({ credentials, slack, accounts }: Ended): Readonly<Record<string, Json>> {
  const all = {
    tokens: credentials.filter(({ kind }) => kind === 'token').map(({ id, label }) => ({ id, label })),
    sessions: credentials.filter(({ kind }) => kind === 'session').map(({ id, label }) => ({ id, label })),
    slackAccounts: slack.map(({ team, user }) => ({ team, user })),
    forgeAccounts: accounts.map(({ url, login, how }) => ({ url, login, how })),
  };
  return Object.fromEntries(Object.entries(all).filter(([, those]) => those.length > 0));
}
