import { NotFound, type PersonName } from '@sluice/kernel';
import type { Credential, People, Person } from '@sluice/usecases';
import { and, asc, eq, gt, isNull, or } from 'drizzle-orm';
import type { Database } from './database.js';
import { databaseNow } from './database-time.js';
import { decode } from './documents/decode.js';
import { zTexts } from './documents/fields.js';
import { credentials, people } from './schema/configuration.js';

export class PostgresPeople implements People {
  constructor(private readonly database: Database) {}

  async save(person: Person): Promise<void> {
    const { name, displayName, emails, groups, admin } = person;
    const fields = { displayName, emails, groups, admin };
    await this.database.query((queries) =>
      queries
        .insert(people)
        .values({ name, ...fields })
        .onConflictDoUpdate({ target: people.name, set: fields }),
    );
  }

  async get(name: PersonName): Promise<Person | undefined> {
    const [row] = await this.database.query((queries) => queries.select().from(people).where(eq(people.name, name)));
    return row && toPerson(row);
  }

  async list(): Promise<readonly Person[]> {
    const rows = await this.database.query((queries) => queries.select().from(people).orderBy(asc(people.name)));
    return rows.map(toPerson);
  }

  /** @throws NotFound when there is no such person; Conflict when the secret or the id is in use. */
  async addCredential(secretHash: string, credential: Credential): Promise<void> {
    const { id, kind, person, label, expiresAt = null } = credential;
    await this.database.transaction(async () => {
      if (!(await this.get(person))) throw new NotFound(`There is no person ${person}: add them first`);
      await this.database.query((queries) => queries.insert(credentials).values({ secretHash, id, kind, person, label, expiresAt }));
    });
  }

  async byCredential(secretHash: string, kind: Credential['kind']): Promise<{ readonly person: Person; readonly credential: Credential } | undefined> {
    const [row] = await this.database.query((queries) =>
      queries.select().from(credentials).innerJoin(people, eq(people.name, credentials.person)).where(isValid(secretHash, kind)),
    );
    return row && { person: toPerson(row.people), credential: toCredential(row.credentials) };
  }

  async consume(secretHash: string, kind: Credential['kind']): Promise<Person | undefined> {
    const [row] = await this.database.query((queries) => queries.delete(credentials).where(isValid(secretHash, kind)).returning({ person: credentials.person }));
    return row && this.get(row.person);
  }

  async revoke(id: string): Promise<void> {
    await this.database.query((queries) => queries.delete(credentials).where(eq(credentials.id, id)));
  }
}

function isValid(secretHash: string, kind: Credential['kind']) {
  const current = or(isNull(credentials.expiresAt), gt(credentials.expiresAt, databaseNow));
  return and(eq(credentials.secretHash, secretHash), eq(credentials.kind, kind), current);
}

function toPerson(row: typeof people.$inferSelect): Person {
  return { ...row, emails: decode(zTexts, row.emails, 'person'), groups: decode(zTexts, row.groups, 'person') };
}

function toCredential(row: typeof credentials.$inferSelect): Credential {
  const { id, kind, person, label, expiresAt } = row;
  return { id, kind, person, label, ...(expiresAt !== null && { expiresAt }) };
}
