import type { Identities, Identity, PendingSignIn } from '@sluice/usecases';
import { and, asc, eq, gt } from 'drizzle-orm';
import type { Database } from './database.js';
import { databaseNow, fromNow } from './database-time.js';
import { identities, pendingSignIns } from './schema/identity.js';

export class PostgresIdentities implements Identities {
  constructor(private readonly database: Database) {}

  async find(issuer: string, subject: string): Promise<Identity | undefined> {
    const [row] = await this.database.query((queries) => queries.select().from(identities).where(isOf(issuer, subject)));
    return row;
  }

  async add(identity: Identity): Promise<Identity> {
    await this.database.query((queries) => queries.insert(identities).values(identity).onConflictDoNothing());
    return (await this.find(identity.issuer, identity.subject)) ?? identity;
  }

  async remove(issuer: string, subject: string): Promise<void> {
    await this.database.query((queries) => queries.delete(identities).where(isOf(issuer, subject)));
  }

  async list(): Promise<readonly Identity[]> {
    return this.database.query((queries) => queries.select().from(identities).orderBy(asc(identities.person), asc(identities.issuer)));
  }

  async begin(browserHash: string, pending: PendingSignIn, lifetime: number): Promise<void> {
    await this.database.query((queries) => queries.insert(pendingSignIns).values({ browserHash, ...pending, expiresAt: fromNow(lifetime) }));
  }

  async take(browserHash: string, answered: string): Promise<PendingSignIn | undefined> {
    const { state, nonce, verifier, next } = pendingSignIns;
    const [row] = await this.database.query((queries) =>
      queries
        .delete(pendingSignIns)
        .where(and(eq(pendingSignIns.browserHash, browserHash), eq(state, answered), gt(pendingSignIns.expiresAt, databaseNow)))
        .returning({ state, nonce, verifier, next }),
    );
    return row;
  }
}

function isOf(issuer: string, subject: string) {
  return and(eq(identities.issuer, issuer), eq(identities.subject, subject));
}
