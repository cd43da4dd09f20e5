import { randomInt } from 'node:crypto';
import { Conflict, Forbidden, InvalidInput, NotFound, later, type Clock, type Instant, type PersonName } from '@sluice/kernel';
import type { AuditLog, EventLog, LinkedSlackUser, People, Person, SlackLinks, SlackUser, Transactions } from '../ports/index.js';
import { assertActive } from './decides.js';
import { hashSecret } from './secret.js';

// no letter that reads like another letter or a digit
const ALPHABET = 'ABCDEFGHJKLMNPQRSTUVWXYZ23456789';
const LENGTH = 8;
const LIFETIME = 10 * 60_000;
const TRIES = 5;
const GONE = 'Slack says that it is deactivated';

interface Ports {
  readonly slackLinks: SlackLinks;
  readonly people: Pick<People, 'get' | 'hold'>;
  readonly events: Pick<EventLog, 'append'>;
  readonly transactions: Transactions;
  readonly audit: AuditLog;
  readonly clock: Clock;
}

/** A user of Slack, and who that is here. */
export interface SlackPerson {
  readonly account: LinkedSlackUser;
  readonly person: Person;
}

/**
 * Says whose a Slack account is. It begins in a signed-in session with a code, and ends where the code is typed into Slack: a link that is forwarded or unfurled binds nobody, nor does an address that
 * both have. The code is short, so tries are counted by the user of Slack who makes them.
 */
export class LinkSlackAccount {
  constructor(private readonly ports: Ports) {}

  /** The code at the only moment at which it can be read; an earlier one of the same person is void. @throws Forbidden for a machine. */
  async begin(person: Person): Promise<{ readonly code: string; readonly expiresAt: Instant }> {
    if (person.service) throw new Forbidden('a service account has no Slack account');
    const code = Array.from({ length: LENGTH }, () => ALPHABET[randomInt(ALPHABET.length)]).join('');
    const expiresAt = later(this.ports.clock(), LIFETIME);
    await this.ports.transactions.run(async () => {
      await this.ports.slackLinks.offer(hashSecret(code), person.name, LIFETIME);
      await this.ports.audit.append({ action: 'slack-code.create', place: { person: person.name } });
    });
    return { code, expiresAt };
  }

  /** @throws Forbidden after too many tries, and for who was deactivated; InvalidInput for a code that is not good; Conflict when the account is somebody else's already. */
  async finish(team: string, user: string, code: string): Promise<SlackPerson> {
    const who = { team, user };
    const { slackLinks, people, events, transactions, audit } = this.ports;
    if ((await slackLinks.countTry(who, LIFETIME)) > TRIES) throw new Forbidden('too many codes were tried from this Slack account: wait ten minutes and make a new one');
    const wanted = await slackLinks.take(hashSecret(normal(code)));
    const person = wanted && (await people.get(wanted));
    if (!person) throw new InvalidInput('this code is wrong, was used already or is older than 10 minutes: make another in Sluice');
    // it is guessing that is limited
    await slackLinks.forgetTries(who);
    return transactions.run(async () => {
      assertActive((await people.hold(person.name)) ?? person);
      const account = await slackLinks.link(who, person.name);
      if (account.person !== person.name) throw new Conflict(`this Slack account is ${account.person}’s: unlink it first`);
      await events.append({ type: 'account.linked', message: `the Slack account ${user} of ${team} was linked with ${person.name}`, by: person.name });
      await audit.append({ action: 'slack-account.link', place: { person: person.name }, after: { team, user }, door: 'slack', login: `${team}/${user}` });
      return { account, person };
    });
  }

  /** @throws NotFound when the account is nobody's. */
  async find(who: SlackUser): Promise<SlackPerson> {
    const account = await this.ports.slackLinks.find(who);
    const person = account && (await this.ports.people.get(account.person));
    if (!account || !person) throw new NotFound('this Slack account is linked with nobody: make a code with `sluice slack link`, or in the dashboard, and type it into Slack');
    return { account, person };
  }

  /** The person for whom the bot calls. @throws Forbidden when nobody of that name has linked an account. */
  async actsFor(wanted: PersonName): Promise<Person> {
    const person = await this.ports.people.get(wanted);
    if (person?.deactivated) throw new Forbidden(`${wanted} was deactivated: the bot may not act for them`);
    if (!person || !(await this.ports.slackLinks.hasLinked(wanted))) throw new Forbidden(`${wanted} has linked no account of Slack: the bot may not act for them`);
    return person;
  }

  /** Of one workspace. */
  async list(team: string): Promise<readonly LinkedSlackUser[]> {
    return (await this.ports.slackLinks.list()).filter((link) => link.team === team);
  }

  /** `deactivated`: Slack says that nobody has the account any more. What was decided by it stays theirs. @throws NotFound when the account is nobody's. */
  async unlink(who: SlackUser, by: string, because: 'asked' | 'deactivated' = 'asked'): Promise<void> {
    const { person } = await this.find(who);
    await this.ports.transactions.run(async () => {
      await this.ports.slackLinks.unlink(who);
      await this.ports.events.append({ type: 'account.unlinked', message: `the Slack account ${who.user} of ${who.team} was unlinked from ${person.name}${because === 'deactivated' ? `: ${GONE}` : ''}`, by });
      await this.ports.audit.append({ action: 'slack-account.unlink', place: { person: person.name }, before: { team: who.team, user: who.user }, ...(because === 'deactivated' && { door: 'slack', why: GONE }) });
    });
  }
}

/** As people type it: small letters, with a space or a dash. */
function normal(code: string): string {
  return code.toUpperCase().replace(/[\s-]/g, '');
}
