import type { CommitSha, RepositoryId } from '@sluice/kernel';
import type { ForgeCredential, ForgeMemory, ForgeStore, LinkedAccount } from '@sluice/usecases';
import { and, asc, eq, inArray, like, ne, sql } from 'drizzle-orm';
import type { Database } from './database.js';
import { forgeCredentials, forgeMemory, linkedAccounts, pushes } from './schema/forges.js';
import { ownAccounts } from './schema/own-accounts.js';

export class PostgresForges implements ForgeStore {
  constructor(private readonly database: Database) {}

  async credentials(): Promise<readonly ForgeCredential[]> {
    return this.database.query((queries) => queries.select().from(forgeCredentials).orderBy(asc(forgeCredentials.name)));
  }

  async credential(name: string): Promise<ForgeCredential | undefined> {
    const [row] = await this.database.query((queries) => queries.select().from(forgeCredentials).where(eq(forgeCredentials.name, name)));
    return row;
  }

  async saveCredential(credential: ForgeCredential): Promise<void> {
    const { name: _name, ...set } = credential;
    await this.database.query((queries) => queries.insert(forgeCredentials).values(credential).onConflictDoUpdate({ target: forgeCredentials.name, set }));
  }

  async removeCredential(name: string): Promise<void> {
    await this.database.query((queries) => queries.delete(forgeCredentials).where(eq(forgeCredentials.name, name)));
    await this.memory(name).forget('');
  }

  memory(credential: string): ForgeMemory {
    return new PostgresForgeMemory(this.database, credential);
  }

  async accounts(): Promise<readonly LinkedAccount[]> {
    const rows = await this.database.query((queries) => queries.select().from(linkedAccounts).orderBy(asc(linkedAccounts.url), asc(linkedAccounts.login)));
    return rows.map(({ url, shown, person }) => ({ url, login: shown, person }));
  }

  async account({ url, login }: Pick<LinkedAccount, 'url' | 'login'>): Promise<LinkedAccount | undefined> {
    const [row] = await this.database.query((queries) => queries.select().from(linkedAccounts).where(isLogin({ url, login })));
    return row && { url: row.url, login: row.shown, person: row.person };
  }

  async link({ url, login, person }: LinkedAccount): Promise<void> {
    const set = { shown: login, person };
    await this.database.transaction(async () => {
      await this.database.query((queries) =>
        queries
          .insert(linkedAccounts)
          .values({ url, login: login.toLowerCase(), ...set })
          .onConflictDoUpdate({ target: [linkedAccounts.url, linkedAccounts.login], set }),
      );
      const ofOthers = and(eq(ownAccounts.url, url), eq(ownAccounts.login, login.toLowerCase()), ne(ownAccounts.person, person));
      await this.database.query((queries) => queries.delete(ownAccounts).where(ofOthers));
    });
  }

  async claim({ url, login, person }: LinkedAccount): Promise<LinkedAccount & { readonly isNew: boolean }> {
    const made = await this.database.query((queries) =>
      queries
        .insert(linkedAccounts)
        .values({ url, login: login.toLowerCase(), shown: login, person })
        .onConflictDoNothing()
        .returning({ person: linkedAccounts.person }),
    );
    const stored = await this.account({ url, login });
    return { ...(stored ?? { url, login, person }), isNew: made.length > 0 };
  }

  async unlink({ url, login }: Pick<LinkedAccount, 'url' | 'login'>): Promise<void> {
    await this.database.query((queries) => queries.delete(linkedAccounts).where(isLogin({ url, login })));
  }

  async notePushes(repository: RepositoryId, by: string, commits: readonly CommitSha[]): Promise<void> {
    if (commits.length === 0) return;
    const rows = [...new Set(commits)].map((commit) => ({ repository, commit, pushedBy: by }));
    await this.database.query((queries) => queries.insert(pushes).values(rows).onConflictDoNothing());
  }

  async pushers(repository: RepositoryId, commits: readonly CommitSha[]): Promise<ReadonlyMap<CommitSha, string>> {
    if (commits.length === 0) return new Map();
    const rows = await this.database.query((queries) =>
      queries
        .select()
        .from(pushes)
        .where(and(eq(pushes.repository, repository), inArray(pushes.commit, [...commits]))),
    );
    return new Map(rows.map(({ commit, pushedBy }) => [commit, pushedBy]));
  }
}

function isLogin({ url, login }: Pick<LinkedAccount, 'url' | 'login'>) {
  return and(eq(linkedAccounts.url, url), eq(linkedAccounts.login, login.toLowerCase()));
}

class PostgresForgeMemory implements ForgeMemory {
  constructor(
    private readonly database: Database,
    private readonly credential: string,
  ) {}

  async get(key: string): Promise<string | undefined> {
    const [row] = await this.database.query((queries) => queries.select({ value: forgeMemory.value }).from(forgeMemory).where(this.#is(key)));
    return row?.value;
  }

  async put(key: string, value: string): Promise<void> {
    const set = { value, writtenAt: sql`now()` };
    await this.database.query((queries) =>
      queries
        .insert(forgeMemory)
        .values({ credential: this.credential, key, value })
        .onConflictDoUpdate({ target: [forgeMemory.credential, forgeMemory.key], set }),
    );
  }

  async forget(prefix: string): Promise<void> {
    const begins = like(forgeMemory.key, `${prefix.replace(/[\\%_]/g, '\\$&')}%`);
    await this.database.query((queries) => queries.delete(forgeMemory).where(and(eq(forgeMemory.credential, this.credential), begins)));
  }

  #is(key: string) {
    return and(eq(forgeMemory.credential, this.credential), eq(forgeMemory.key, key));
  }
}
