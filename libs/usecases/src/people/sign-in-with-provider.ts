import { createHash, randomBytes } from 'node:crypto';
import { Conflict, Forbidden, NotFound, Unauthenticated, isName, isOwnName, personName } from '@sluice/kernel';
import type { PersonName } from '@sluice/kernel';
import type { AuditAct, AuditLog, Credential, EventLog, Identities, Identity, IdentityProvider, People, Person, ProvenIdentity, Signals, Transactions } from '../ports/index.js';
import { active, assertActive } from './decides.js';
import { endCredential, tellEnded } from './end-credential.js';
import { hashSecret } from './secret.js';

/** How long somebody may take at the provider. */
const LIFETIME = 10 * 60_000;
const LONGEST_NAME = 50;

interface Ports {
  readonly provider?: IdentityProvider | undefined;
  readonly identities: Identities;
  readonly people: People;
  readonly events: Pick<EventLog, 'append'>;
  readonly transactions: Transactions;
  readonly audit: AuditLog;
  readonly signals: Signals;
}

export interface ProviderRules {
  /** Members of it administrate the server, as long as they are members. */
  readonly adminGroup?: string | undefined;
  /** Only these may sign in. Absent: whoever the provider knows. */
  readonly allowedGroups?: readonly string[] | undefined;
  /** Whether a verified address that exactly one person has makes the identity theirs. */
  readonly linkByEmail: boolean;
}

/**
 * Signing in by an identity that a provider proves. A person is found by issuer and subject, which never change hands. Neither a name nor an address makes an identity somebody's who is here already: at many
 * providers people choose both, and whoever chose an admin's would be that admin. An admin says whose it is, or the server's settings trust verified addresses.
 */
export class SignInWithProvider {
  constructor(
    private readonly ports: Ports,
    private readonly rules: ProviderRules,
  ) {}

  get offered(): boolean {
    return this.ports.provider !== undefined;
  }

  /** `browserSecret` goes into a cookie: whoever comes back without it began nothing here. @throws NotFound without a provider; Unavailable. */
  async begin(next: string): Promise<{ readonly url: string; readonly browserSecret: string; readonly lifetime: number }> {
    const { url, pending } = await this.provider().begin(next);
    const browserSecret = randomBytes(32).toString('base64url');
    await this.ports.identities.begin(hashSecret(browserSecret), pending, LIFETIME);
    return { url, browserSecret, lifetime: LIFETIME };
  }

  /** @throws Unauthenticated, Forbidden, Unavailable */
  async finish(callback: string, browserSecret: string | undefined): Promise<{ readonly person: Person; readonly next: string }> {
    const provider = this.provider();
    // by its state too: an answer that somebody else has made up does not use up the sign-in that is under way in this browser
    const pending = browserSecret === undefined ? undefined : await this.ports.identities.take(hashSecret(browserSecret), stateOf(callback));
    if (!pending) throw new Unauthenticated('this sign-in was not begun in this browser, has ended, or took more than 10 minutes: begin again');
    const proven = await provider.finish(callback, pending);
    const { allowedGroups } = this.rules;
    if (allowedGroups && !proven.groups?.some((group) => allowedGroups.includes(group))) throw new Forbidden(`only members of ${allowedGroups.join(', ')} may sign in here`);
    const person = await this.personOf(proven);
    assertActive(person);
    if (person.service) throw new Forbidden(`${person.name} is a service account: it cannot sign in`);
    return { person: await this.claim(person, proven), next: pending.next };
  }

  identities(): Promise<readonly Identity[]> {
    return this.ports.identities.list();
  }

  /** An admin's word. @throws NotFound; Conflict when it is somebody else's. */
  async bind(identity: Identity, by: Person): Promise<Identity> {
    if (!(await this.ports.people.get(identity.person))) throw new NotFound(`there is no person ${identity.person}`);
    return this.ports.transactions.run(async () => {
      const stored = await this.ports.identities.add(identity);
      if (stored.person !== identity.person) throw new Conflict(`this identity is ${stored.person}’s: remove it there first`);
      await this.ports.events.append({ type: 'account.linked', message: `${by.name} linked ${identity.subject} of ${identity.issuer} with ${identity.person}`, by: by.name });
      await this.ports.audit.append(linked(identity));
      return stored;
    });
  }

  async unbind({ issuer, subject }: Omit<Identity, 'person'>, by: Person): Promise<void> {
    const found = await this.ports.identities.find(issuer, subject);
    if (!found) throw new NotFound('this identity is nobody’s');
    const sessions = await this.ports.transactions.run(async () => {
      await this.ports.identities.remove(issuer, subject);
      // what the provider said of them ends with it, and so does what whoever that was is in by
      await this.ports.people.claim(found.person, { groups: [], admin: false });
      const ended = await this.endSessions(found.person);
      await this.ports.events.append({ type: 'account.unlinked', message: `${by.name} unlinked ${subject} of ${issuer} from ${found.person}`, by: by.name });
      await this.ports.audit.append({ action: 'identity.unlink', place: { person: found.person }, before: { issuer, subject } });
      return ended;
    });
    tellEnded(this.ports.signals, sessions);
  }

  private async endSessions(person: PersonName): Promise<readonly Credential[]> {
    const ended: Credential[] = [];
    for (const { id } of await this.ports.people.credentials(['session'], person)) ended.push(...(await endCredential(this.ports, id)));
    return ended;
  }

  private provider(): IdentityProvider {
    if (!this.ports.provider) throw new NotFound('this server has no provider of identities (SLUICE_OIDC_ISSUER): sign in with a login link');
    return this.ports.provider;
  }

  private async personOf(proven: ProvenIdentity): Promise<Person> {
    const { person: name } = (await this.ports.identities.find(proven.issuer, proven.subject)) ?? (await this.meet(proven));
    const person = await this.ports.people.get(name);
    if (!person) throw new Unauthenticated('whose identity this was is not here any more');
    return person;
  }

  /** The first time. Person and identity are there together or not at all: somebody without an identity would keep name and address from whose they are. @returns what is there, also where another sign-in of the same identity was faster. */
  private async meet(proven: ProvenIdentity): Promise<Identity> {
    const { issuer, subject } = proven;
    try {
      return await this.ports.transactions.run(async () => {
        const person = (await this.byEmail(proven)) ?? (await this.make(proven));
        const added = await this.ports.identities.add({ issuer, subject, person: person.name });
        if (added.person !== person.name) throw new Conflict('this identity signs in twice at once: begin again');
        await this.ports.events.append({ type: 'account.linked', message: `${person.name} signed in for the first time as ${subject} of ${issuer}`, by: person.name });
        await this.ports.audit.append({ ...linked(added), by: person.name, door: 'dashboard' });
        return added;
      });
    } catch (error) {
      const stored = error instanceof Conflict ? await this.ports.identities.find(issuer, subject) : undefined;
      if (!stored) throw error;
      return stored;
    }
  }

  private async byEmail({ email, emailVerified }: ProvenIdentity): Promise<Person | undefined> {
    if (!this.rules.linkByEmail || !emailVerified || email === undefined) return undefined;
    const same = (await this.ports.people.list()).filter((one) => hasAddress(one, email));
    return same.length === 1 ? same[0] : undefined;
  }

  /** By the wanted name, or with a few letters of the subject's hash where somebody has it. What is there is never changed: two who want one name at once become two people. */
  private async make(proven: ProvenIdentity): Promise<Person> {
    await this.refuseLeaver(proven);
    const wanted = nameOf(proven);
    const tag = createHash('sha256').update(`${proven.issuer} ${proven.subject}`).digest('hex').slice(0, 12);
    const emails = await this.freeAddresses(proven);
    for (const name of [...(wanted === undefined ? [] : [wanted]), `${wanted ?? 'person'}-${tag}`]) {
      const person: Person = { name: personName(name), displayName: (proven.displayName ?? proven.wantedName ?? name).slice(0, 200), emails, groups: [], admin: false };
      if (await this.add(person, proven)) return person;
    }
    throw new Conflict(`there is a person ${wanted ?? 'person'}-${tag} already: an admin says whose this identity is`);
  }

  /** Who was deactivated does not come in as somebody new, whom the provider has never sent here before. @throws Forbidden */
  private async refuseLeaver({ email }: ProvenIdentity): Promise<void> {
    const same = email === undefined ? [] : (await this.ports.people.list()).filter((one) => hasAddress(one, email));
    const [leaver] = same;
    if (leaver && active(same).length === 0) assertActive(leaver);
  }

  /** An address that is not proven, or is somebody's already, would make its owner's commits this person's. */
  private async freeAddresses({ email, emailVerified }: ProvenIdentity): Promise<readonly string[]> {
    return email !== undefined && emailVerified && !(await this.hasOwner(email)) ? [email] : [];
  }

  private async hasOwner(email: string): Promise<boolean> {
    return (await this.ports.people.list()).some((one) => hasAddress(one, email));
  }

  private add(person: Person, { issuer, subject }: ProvenIdentity): Promise<boolean> {
    return this.ports.transactions.run(async () => {
      const isNew = await this.ports.people.add(person);
      if (isNew) await this.ports.audit.append({ action: 'person.save', place: { person: person.name }, after: { displayName: person.displayName, emails: person.emails }, why: `first sign-in as ${subject} of ${issuer}`, by: person.name, door: 'dashboard' });
      return isNew;
    });
  }

  /** What the provider says of groups now, recorded where it changes what the person may. */
  private async claim(person: Person, { groups = [] }: ProvenIdentity): Promise<Person> {
    const { adminGroup } = this.rules;
    return this.ports.transactions.run(async () => {
      await this.ports.people.claim(person.name, { groups, admin: adminGroup !== undefined && groups.includes(adminGroup) });
      const after = (await this.ports.people.get(person.name)) ?? person;
      const [was, is] = [rightsOf(person), rightsOf(after)];
      if (JSON.stringify(was) !== JSON.stringify(is)) await this.ports.audit.append({ action: 'person.claim', place: { person: person.name }, before: was, after: is, by: person.name, door: 'dashboard' });
      return after;
    });
  }
}

/** Of an answer's address; one that names none, or several, is none of ours. */
function stateOf(callback: string): string {
  const states = new URL(callback, 'http://localhost').searchParams.getAll('state');
  return states.length === 1 ? (states[0] ?? '') : '';
}

function hasAddress({ emails }: Person, address: string): boolean {
  return emails.some((one) => one.toLowerCase() === address.toLowerCase());
}

function linked({ issuer, subject, person }: Identity): AuditAct {
  return { action: 'identity.link', place: { person }, after: { issuer, subject } };
}

function rightsOf({ groups, admin }: Person): { readonly groups: readonly string[]; readonly admin: boolean } {
  return { groups: groups.toSorted(), admin };
}

/** Names of ours have small letters, digits and dashes. */
function nameOf({ wantedName, email }: ProvenIdentity): string | undefined {
  const text = (wantedName ?? email ?? '').split('@', 1)[0] ?? '';
  const plain = text.normalize('NFKD').toLowerCase().replace(/\p{M}/gu, '').replace(/[^a-z0-9]+/g, '-').replace(/^-+|-+$/g, '').slice(0, LONGEST_NAME).replace(/-+$/, '');
  return isName(plain) && !isOwnName(plain) ? plain : undefined;
}
