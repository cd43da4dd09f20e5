import { randomBytes } from 'node:crypto';
import { Forbidden, InvalidInput, NotFound, later, personName } from '@sluice/kernel';
import type { Clock, Instant, PersonName } from '@sluice/kernel';
import type { BotNotes, Credential, People, Person } from '../ports/index.js';
import { issueCredential, type IssuedCredential } from './issue-credential.js';
import { hashSecret } from './secret.js';

/** A person of Slack: a user id means something only together with its workspace. */
export interface SlackAccount {
  readonly team: string;
  readonly user: string;
}

/** Whose the bot's own credential is: nobody's who decides anything. */
const BOT_PERSON = personName('slack-bot');
const BOT_TOKEN_LIFETIME = 365 * 86_400_000;
const CODE_LIFETIME = 10 * 60_000;
// Crockford's: no letter looks like a digit
const ALPHABET = '0123456789ABCDEFGHJKMNPQRSTVWXYZ';
const CODE_LENGTH = 8;
const TRIES = 10;
const TRIES_LIFETIME = 3_600_000;

interface Ports {
  readonly people: People;
  readonly botNotes: BotNotes;
  readonly clock: Clock;
}

/**
 * Whose an account of Slack is, and what the bot may do for whom. The code is made in a signed-in session and typed into Slack: a link that is forwarded or unfurled binds nobody.
 * The bot acts for people who have linked an account, never for anybody else, and only with a credential that an admin made for it.
 */
export class SlackAccounts {
  constructor(private readonly ports: Ports) {}

  /** The credential that a bot runs with. It reads what everybody may read, and acts for people who have linked their account. */
  async issueBot(label: string): Promise<IssuedCredential> {
    if (!(await this.ports.people.get(BOT_PERSON))) await this.ports.people.save({ name: BOT_PERSON, displayName: 'Slack bot', emails: [], groups: [], admin: false });
    const issued = await issueCredential(this.ports.people, this.ports.clock, { kind: 'token', person: BOT_PERSON, label, lifetime: BOT_TOKEN_LIFETIME });
    const held = await this.ports.people.byCredential(hashSecret(issued.secret), 'token');
    if (held) await this.ports.botNotes.put({ key: botKey(held.credential), value: label, lifetime: BOT_TOKEN_LIFETIME });
    return issued;
  }

  async isBot(credential: Credential): Promise<boolean> {
    return credential.kind === 'token' && (await this.ports.botNotes.get(botKey(credential))) !== undefined;
  }

  /** The person behind a bot's call. @throws Forbidden when nobody of that name has linked an account of Slack. */
  async actsFor(wanted: string): Promise<Person> {
    const [link] = await this.ports.botNotes.list(`slack-of:${wanted}:`, '', 1);
    const person = link && (await this.ports.people.get(personName(wanted)));
    if (!person) throw new Forbidden(`${wanted} has linked no account of Slack: the bot may not act for them`);
    return person;
  }

  /** A code that binds whoever types it into Slack to this person: once, within 10 minutes. */
  async issueCode(person: PersonName): Promise<{ readonly code: string; readonly expiresAt: Instant }> {
    const code = [...randomBytes(CODE_LENGTH)].map((byte) => ALPHABET[byte % ALPHABET.length]).join('');
    await this.ports.botNotes.put({ key: codeKey(code), value: person, lifetime: CODE_LIFETIME });
    return { code, expiresAt: later(this.ports.clock(), CODE_LIFETIME) };
  }

  /** @throws InvalidInput when the code is wrong, used or older than 10 minutes; Forbidden after too many wrong ones. */
  async link({ team, user }: SlackAccount, code: string): Promise<PersonName> {
    await this.countTry({ team, user });
    const found = await this.ports.botNotes.take(codeKey(code.trim().toUpperCase()));
    if (!found) throw new InvalidInput('this code is wrong, used already or older than 10 minutes: make another in the dashboard or with `sluice slack link`');
    await this.ports.botNotes.take(triesKey({ team, user }));
    await this.unlink({ team, user });
    await this.ports.botNotes.put({ key: linkKey({ team, user }), value: found.value });
    await this.ports.botNotes.put({ key: reverseKey(found.value, { team, user }), value: '1' });
    return personName(found.value);
  }

  /** @throws NotFound when it is nobody's. */
  async personOf(account: SlackAccount): Promise<PersonName> {
    const found = await this.ports.botNotes.get(linkKey(account));
    if (!found) throw new NotFound('this account of Slack is linked to nobody');
    return personName(found.value);
  }

  async unlink(account: SlackAccount): Promise<void> {
    const found = await this.ports.botNotes.take(linkKey(account));
    if (found) await this.ports.botNotes.take(reverseKey(found.value, account));
  }

  private async countTry(account: SlackAccount): Promise<void> {
    const key = triesKey(account);
    const before = await this.ports.botNotes.get(key);
    const tries = Number(before?.value ?? 0) + 1;
    if (tries > TRIES) throw new Forbidden('too many codes were tried from this account: wait an hour');
    await this.ports.botNotes.put({ key, value: String(tries), lifetime: TRIES_LIFETIME });
  }
}

function botKey({ id }: Pick<Credential, 'id'>): string {
  return `bot:${id}`;
}

/** Only the hash of a code is kept, as with every secret. */
function codeKey(code: string): string {
  return `slack-code:${hashSecret(code)}`;
}

function triesKey({ team, user }: SlackAccount): string {
  return `slack-tries:${team}:${user}`;
}

function linkKey({ team, user }: SlackAccount): string {
  return `slack-link:${team}:${user}`;
}

function reverseKey(person: string, { team, user }: SlackAccount): string {
  return `slack-of:${person}:${team}:${user}`;
}
