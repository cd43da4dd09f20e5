import { NotFound, type PersonName } from '@sluice/kernel';
import type { AuthorizationHashes, OwnAccountStore, PendingAuthorization, StoredAccount, StoredClient } from '@sluice/usecases';
import { and, asc, eq, gt, isNull, type SQL } from 'drizzle-orm';
import type { Database } from './database.js';
import { databaseNow, fromNow } from './database-time.js';
import { linkedAccounts } from './schema/forges.js';
import { oauthClients as clients, ownAccounts as accounts, pendingAuthorizations as pending } from './schema/own-accounts.js';

export class PostgresOwnAccounts implements OwnAccountStore {
  constructor(private readonly database: Database) {}

  list(person?: PersonName): Promise<readonly StoredAccount[]> {
    return this.#where(person === undefined ? undefined : eq(accounts.person, person));
  }

  async find(person: PersonName, url: string): Promise<StoredAccount | undefined> {
    const [found] = await this.#where(isOf({ person, url }));
    return found;
  }

  async save({ person, url, login, ...rest }: StoredAccount): Promise<void> {
    const { credential, how, sealed, expiresAt = null, since } = rest;
    const set = { login: login.toLowerCase(), shown: login, credential, how, sealed, expiresAt, since, unusableSince: rest.unusable?.since ?? null, unusableWhy: rest.unusable?.why ?? null };
    await this.database.transaction(async () => {
      const mine = and(eq(linkedAccounts.url, url), eq(linkedAccounts.login, set.login), eq(linkedAccounts.person, person));
      // locked: it does not become somebody else's meanwhile
      const [linked] = await this.database.query((queries) => queries.select({ person: linkedAccounts.person }).from(linkedAccounts).where(mine).for('share'));
      if (!linked) throw new NotFound(`${login} on ${url} is not ${person}’s`);
      await this.database.query((queries) =>
        queries
          .insert(accounts)
          .values({ person, url, ...set })
          .onConflictDoUpdate({ target: [accounts.person, accounts.url], set }),
      );
    });
  }

  async renew(account: Pick<StoredAccount, 'person' | 'url'>, before: string, { sealed, expiresAt }: Pick<StoredAccount, 'sealed' | 'expiresAt'>): Promise<boolean> {
    const changed = await this.database.query((queries) =>
      queries
        .update(accounts)
        .set({ sealed, expiresAt: expiresAt ?? null })
        .where(and(isOf(account), eq(accounts.sealed, before)))
        .returning({ person: accounts.person }),
    );
    return changed.length > 0;
  }

  async markUnusable(account: Pick<StoredAccount, 'person' | 'url' | 'sealed'>, { since, why }: NonNullable<StoredAccount['unusable']>): Promise<boolean> {
    const changed = await this.database.query((queries) =>
      queries
        .update(accounts)
        .set({ unusableSince: since, unusableWhy: why })
        .where(and(isOf(account), eq(accounts.sealed, account.sealed), isNull(accounts.unusableSince)))
        .returning({ person: accounts.person }),
    );
    return changed.length > 0;
  }

  async remove(account: Pick<StoredAccount, 'person' | 'url'>): Promise<boolean> {
    const gone = await this.database.query((queries) => queries.delete(accounts).where(isOf(account)).returning({ person: accounts.person }));
    return gone.length > 0;
  }

  removeAll(person: PersonName): Promise<readonly StoredAccount[]> {
    return this.database.transaction(async () => {
      await this.database.query((queries) => queries.delete(pending).where(eq(pending.person, person)));
      const gone = await this.database.query((queries) => queries.delete(accounts).where(eq(accounts.person, person)).returning());
      return gone.map(toAccount);
    });
  }

  async clients(): Promise<readonly StoredClient[]> {
    const rows = await this.database.query((queries) => queries.select().from(clients).orderBy(asc(clients.credential)));
    return rows.map(toClient);
  }

  async client(credential: string): Promise<StoredClient | undefined> {
    const [row] = await this.database.query((queries) => queries.select().from(clients).where(eq(clients.credential, credential)));
    return row && toClient(row);
  }

  async saveClient({ credential, id, ...secret }: StoredClient): Promise<void> {
    const sealed = secret.sealed ?? null;
    await this.database.query((queries) =>
      queries
        .insert(clients)
        .values({ credential, id, sealed })
        .onConflictDoUpdate({ target: clients.credential, set: { id, sealed } }),
    );
  }

  async removeClient(credential: string): Promise<boolean> {
    const gone = await this.database.query((queries) => queries.delete(clients).where(eq(clients.credential, credential)).returning({ id: clients.id }));
    return gone.length > 0;
  }

  async begin({ state, browser }: AuthorizationHashes, { person, credential, verifier }: PendingAuthorization, lifetime: number): Promise<void> {
    await this.database.query((queries) => queries.insert(pending).values({ state, browser, person, credential, verifier, expiresAt: fromNow(lifetime) }));
  }

  async take({ state, browser }: AuthorizationHashes): Promise<PendingAuthorization | undefined> {
    const { person, credential, verifier } = pending;
    const [row] = await this.database.query((queries) =>
      queries
        .delete(pending)
        .where(and(eq(pending.state, state), eq(pending.browser, browser), gt(pending.expiresAt, databaseNow)))
        .returning({ person, credential, verifier }),
    );
    return row;
  }

  async #where(which: SQL | undefined): Promise<readonly StoredAccount[]> {
    const rows = await this.database.query((queries) => queries.select().from(accounts).where(which).orderBy(asc(accounts.person), asc(accounts.url)));
    return rows.map(toAccount);
  }
}

function isOf({ person, url }: Pick<StoredAccount, 'person' | 'url'>): SQL | undefined {
  return and(eq(accounts.person, person), eq(accounts.url, url));
}

function toAccount({ person, url, shown, credential, how, sealed, expiresAt, since, unusableSince, unusableWhy }: typeof accounts.$inferSelect): StoredAccount {
  return {
    person,
    url,
    credential,
    login: shown,
    how,
    sealed,
    ...(expiresAt !== null && { expiresAt }),
    since,
    ...(unusableSince !== null && { unusable: { since: unusableSince, why: unusableWhy ?? '' } }),
  };
}

function toClient({ credential, id, sealed }: typeof clients.$inferSelect): StoredClient {
  return { credential, id, ...(sealed !== null && { sealed }) };
}
