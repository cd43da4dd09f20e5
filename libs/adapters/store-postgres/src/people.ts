import { Conflict, NotFound, SCOPES, type PersonName } from '@sluice/kernel';
import type { ClaimedRights, Credential, Deactivation, ListedCredential, People, Person } from '@sluice/usecases';
import { and, asc, desc, eq, gt, inArray, isNull, lt, or, sql } from 'drizzle-orm';
import { z } from 'zod';
import type { Database } from './database.js';
import { databaseNow, fromNow } from './database-time.js';
import { decode } from './documents/decode.js';
import { zInstant, zPerson, zTexts } from './documents/fields.js';
import { credentials, people } from './schema/configuration.js';

const zScopes = z.array(z.enum(SCOPES));
const zClaimed = z.object({ groups: zTexts, admin: z.boolean() });
const zDeactivation = z.object({ at: zInstant, by: zPerson, reason: z.string() });

export class PostgresPeople implements People {
  constructor(private readonly database: Database) {}

  async save(person: Person): Promise<void> {
    const { name } = person;
    const fields = givenFields(person);
    await this.database.query((queries) =>
      queries
        .insert(people)
        .values({ name, ...fields })
        .onConflictDoUpdate({ target: people.name, set: fields }),
    );
  }

  async add(person: Person): Promise<boolean> {
    const { name } = person;
    const made = await this.database.query((queries) =>
      queries
        .insert(people)
        .values({ name, ...givenFields(person) })
        .onConflictDoNothing()
        .returning({ name: people.name }),
    );
    return made.length > 0;
  }

  async get(name: PersonName): Promise<Person | undefined> {
    const [row] = await this.database.query((queries) => queries.select().from(people).where(eq(people.name, name)));
    return row && toPerson(row);
  }

  async list(): Promise<readonly Person[]> {
    const rows = await this.database.query((queries) => queries.select().from(people).orderBy(asc(people.name)));
    return rows.map(toPerson);
  }

  async hold(name: PersonName): Promise<Person | undefined> {
    const [row] = await this.database.query((queries) => queries.select().from(people).where(eq(people.name, name)).for('share'));
    return row && toPerson(row);
  }

  async holdAll(): Promise<readonly Person[]> {
    // in an order, so that two who hold everybody wait for each other instead of blocking each other; what only refers to a person goes on
    const rows = await this.database.query((queries) => queries.select().from(people).orderBy(asc(people.name)).for('no key update'));
    return rows.map(toPerson);
  }

  async deactivate(name: PersonName, deactivation: Deactivation | undefined): Promise<void> {
    await this.database.query((queries) => queries.update(people).set({ deactivated: deactivation ?? null }).where(eq(people.name, name)));
  }

  async claim(name: PersonName, claimed: ClaimedRights): Promise<void> {
    await this.database.query((queries) => queries.update(people).set({ claimed }).where(eq(people.name, name)));
  }

  /** @throws NotFound when there is no such person, or not what it is made with (any more); Conflict when they are deactivated, or the secret or the id is in use. */
  async addCredential(secretHash: string, credential: Credential): Promise<void> {
    const { person, expiresAt = null, scopes = null, repositories = null, environments = null, applications = null, idle = null, madeWith = null, id, kind, label } = credential;
    await this.database.transaction(async () => {
      const holder = await this.hold(person);
      if (!holder) throw new NotFound(`There is no person ${person}: add them first`);
      if (holder.deactivated) throw new Conflict(`${person} was deactivated`);
      if (madeWith !== null) await this.holdMaker(madeWith);
      await this.database.query((queries) => queries.insert(credentials).values({ secretHash, id, kind, person, label, expiresAt, scopes, repositories, environments, applications, idle, madeWith }));
    });
  }

  async byCredential(secretHash: string, kind: Credential['kind']): Promise<{ readonly person: Person; readonly credential: Credential } | undefined> {
    const [row] = await this.database.query((queries) =>
      queries.select().from(credentials).innerJoin(people, eq(people.name, credentials.person)).where(isValid(secretHash, kind)),
    );
    return row && { person: toPerson(row.people), credential: toCredential(row.credentials) };
  }

  async consume(secretHash: string, kind: Credential['kind']): Promise<{ readonly person: Person; readonly credential: Credential } | undefined> {
    const [row] = await this.database.query((queries) => queries.delete(credentials).where(isValid(secretHash, kind)).returning());
    const person = row && (await this.get(row.person));
    return person && { person, credential: toCredential(row) };
  }

  async noteUse(id: string, resolution: number): Promise<void> {
    const stale = or(isNull(credentials.usedAt), lt(credentials.usedAt, fromNow(-resolution)));
    await this.database.query((queries) =>
      queries
        .update(credentials)
        .set({ usedAt: databaseNow })
        .where(and(eq(credentials.id, id), stale)),
    );
  }

  async credentials(kinds: readonly Credential['kind'][], person?: PersonName): Promise<readonly ListedCredential[]> {
    const wanted = and(inArray(credentials.kind, [...kinds]), isCurrent(), person === undefined ? undefined : eq(credentials.person, person));
    const rows = await this.database.query((queries) => queries.select().from(credentials).where(wanted).orderBy(desc(credentials.createdAt), asc(credentials.id)));
    return rows.map((row) => ({ ...toCredential(row), createdAt: row.createdAt, ...(row.usedAt !== null && { usedAt: row.usedAt }) }));
  }

  revoke(id: string): Promise<readonly Credential[]> {
    return this.database.transaction(async () => {
      const all = sql`with recursive ending(id) as (select ${id}::text union select made.id from ${credentials} made join ending on made.made_with = ending.id) select id from ending`;
      const good = await this.database.query((queries) =>
        queries
          .select()
          .from(credentials)
          .where(and(sql`${credentials.id} in (${all})`, isCurrent())),
      );
      // what was made with it goes by its foreign key
      await this.database.query((queries) => queries.delete(credentials).where(eq(credentials.id, id)));
      return good.map(toCredential);
    });
  }

  revokeAll(person: PersonName): Promise<readonly Credential[]> {
    return this.database.transaction(async () => {
      const good = await this.credentials(['token', 'session', 'login-link', 'login-code'], person);
      await this.database.query((queries) => queries.delete(credentials).where(eq(credentials.person, person)));
      return good.map(({ createdAt: _createdAt, usedAt: _usedAt, ...credential }) => credential);
    });
  }

  /** Until the transaction has ended nobody revokes it. @throws NotFound */
  private async holdMaker(id: string): Promise<void> {
    const rows = await this.database.query((queries) =>
      queries
        .select({ id: credentials.id })
        .from(credentials)
        .where(and(eq(credentials.id, id), isCurrent()))
        .for('key share'),
    );
    if (rows.length === 0) throw new NotFound('The token that this is made with has ended: sign in again');
  }
}

/** Without what a provider claims: that is stored apart. */
function givenFields({ displayName, emails, groups, admin, claimed, service }: Person) {
  return { displayName, emails, groups: groups.filter((group) => !claimed?.groups.includes(group)), admin: admin && claimed?.admin !== true, service: service ?? false };
}

function isValid(secretHash: string, kind: Credential['kind']) {
  return and(eq(credentials.secretHash, secretHash), eq(credentials.kind, kind), isCurrent());
}

function isCurrent() {
  const used = sql`coalesce(${credentials.usedAt}, ${credentials.createdAt})`;
  const inUse = or(isNull(credentials.idle), sql`${used} > clock_timestamp() - ${credentials.idle} * interval '1 millisecond'`);
  return and(or(isNull(credentials.expiresAt), gt(credentials.expiresAt, databaseNow)), inUse);
}

function toPerson({ name, displayName, emails, admin, service, ...row }: typeof people.$inferSelect): Person {
  const given = decode(zTexts, row.groups, 'person');
  const claimed = claimedBeside(row.claimed, { groups: given, admin });
  return {
    name,
    displayName,
    emails: decode(zTexts, emails, 'person'),
    groups: [...given, ...(claimed?.groups ?? [])],
    admin: admin || claimed?.admin === true,
    ...(claimed && { claimed }),
    ...(service && { service }),
    ...(row.deactivated !== null && { deactivated: decode(zDeactivation, row.deactivated, 'person') }),
  };
}

/** What a provider says beside what admins have given. */
function claimedBeside(stored: unknown, given: Pick<Person, 'groups' | 'admin'>): ClaimedRights | undefined {
  if (stored === null) return undefined;
  const { groups, admin } = decode(zClaimed, stored, 'person');
  return { groups: groups.filter((group) => !given.groups.includes(group)), admin: admin && !given.admin };
}

function toCredential(row: typeof credentials.$inferSelect): Credential {
  const { id, kind, person, label, expiresAt, scopes, repositories, environments, applications, idle, madeWith } = row;
  return {
    id,
    kind,
    person,
    label,
    ...(expiresAt !== null && { expiresAt }),
    ...(scopes !== null && { scopes: decode(zScopes, scopes, 'credential') }),
    ...(repositories !== null && { repositories: decode(zTexts, repositories, 'credential') }),
    ...(environments !== null && { environments: decode(zTexts, environments, 'credential') }),
    ...(applications !== null && { applications: decode(zTexts, applications, 'credential') }),
    ...(idle !== null && { idle }),
    ...(madeWith !== null && { madeWith }),
  };
}
