import type { ApplicationName, CommitSha, EnvironmentName, RepositoryId } from '@sluice/kernel';
import type { ContentHead, EnvironmentCommit, EnvironmentIndex, EnvironmentState, IndexedCommit, OriginatedContent } from '@sluice/usecases';
import { and, asc, desc, eq, gte, lt, sql } from 'drizzle-orm';
import type { Database } from './database.js';
import { contentHeads } from './content-heads.js';
import { contentHistory } from './content-history.js';
import { decode } from './documents/decode.js';
import { zEnvironmentDocument } from './documents/environment-document.js';
import { zApplications } from './documents/fields.js';
import { insertCommits, insertLedgers, insertTouches } from './environment-rows.js';
import { environmentCommits, environmentLedgers, environments, environmentTouches } from './schema/environments.js';

// On PGlite a statement stops the process while it runs.
const COMMITS_A_STATEMENT = 2_000;

export class PostgresEnvironmentIndex implements EnvironmentIndex {
  constructor(private readonly database: Database) {}

  async state(repository: RepositoryId, environment: EnvironmentName): Promise<EnvironmentState | undefined> {
    const isSame = and(eq(environments.repository, repository), eq(environments.environment, environment));
    const [row] = await this.database.query((queries) => queries.select().from(environments).where(isSame));
    return row && decode(zEnvironmentDocument, row.document, 'environment');
  }

  async states(repository: RepositoryId): Promise<readonly EnvironmentState[]> {
    const rows = await this.database.query((queries) =>
      queries.select().from(environments).where(eq(environments.repository, repository)).orderBy(asc(environments.environment)),
    );
    return rows.map(({ document }) => decode(zEnvironmentDocument, document, 'environment'));
  }

  async save(state: EnvironmentState): Promise<void> {
    const { repository, environment } = state;
    await this.database.query((queries) =>
      queries
        .insert(environments)
        .values({ repository, environment, document: state })
        .onConflictDoUpdate({ target: [environments.repository, environments.environment], set: { document: sql`excluded.document` } }),
    );
  }

  /** @throws Conflict when a position or commit is there already: somebody else has indexed it. */
  async append(repository: RepositoryId, environment: EnvironmentName, commits: readonly IndexedCommit[], from?: number): Promise<void> {
    await this.database.transaction(async () => {
      if (from !== undefined) await this.#forget(repository, environment, from);
      for (let start = 0; start < commits.length; start += COMMITS_A_STATEMENT) {
        const part = commits.slice(start, start + COMMITS_A_STATEMENT);
        await this.database.query((queries) => queries.execute(insertCommits({ repository, environment }, part)));
        await this.database.query((queries) => queries.execute(insertTouches({ repository, environment }, part)));
        if (part.some(({ ledgers }) => ledgers !== undefined)) await this.database.query((queries) => queries.execute(insertLedgers({ repository, environment }, part)));
      }
    });
  }

  async positions(repository: RepositoryId, environment: EnvironmentName, commits: readonly CommitSha[]): Promise<ReadonlyMap<CommitSha, number>> {
    if (commits.length === 0) return new Map();
    const { commit, position } = environmentCommits;
    // one parameter, so that it is the same statement for any number of commits
    const isOneOf = and(eq(environmentCommits.repository, repository), eq(environmentCommits.environment, environment), sql`${commit} = any(${sql.param([...commits])}::text[])`);
    const rows = await this.database.query((queries) => queries.select({ commit, position }).from(environmentCommits).where(isOneOf));
    return new Map(rows.map((row) => [row.commit, row.position]));
  }

  async position(repository: RepositoryId, environment: EnvironmentName, commit: CommitSha): Promise<number | undefined> {
    const isSame = and(eq(environmentCommits.repository, repository), eq(environmentCommits.environment, environment), eq(environmentCommits.commit, commit));
    const [row] = await this.database.query((queries) => queries.select({ position: environmentCommits.position }).from(environmentCommits).where(isSame));
    return row?.position;
  }

  async contents(repository: RepositoryId, environment: EnvironmentName, at?: number): Promise<readonly ContentHead[]> {
    return this.database.query((queries) => contentHeads(queries, { repository, environment }, at));
  }

  async content(repository: RepositoryId, environment: EnvironmentName, application: ApplicationName): Promise<ContentHead | undefined> {
    const [head] = await this.database.query((queries) => contentHeads(queries, { repository, environment, application }));
    return head;
  }

  async history(at: { readonly repository: RepositoryId; readonly environment: EnvironmentName; readonly application: ApplicationName }, origins: EnvironmentName, limit: number): Promise<readonly OriginatedContent[]> {
    return this.database.query((queries) => contentHistory(queries, at, origins, limit));
  }

  async commits(repository: RepositoryId, environment: EnvironmentName, options: { readonly before?: number; readonly limit: number }): Promise<readonly EnvironmentCommit[]> {
    const isOlder = options.before === undefined ? undefined : lt(environmentCommits.position, options.before);
    const rows = await this.database.query((queries) =>
      queries
        .select()
        .from(environmentCommits)
        .where(and(eq(environmentCommits.repository, repository), eq(environmentCommits.environment, environment), isOlder))
        .orderBy(desc(environmentCommits.position))
        .limit(options.limit),
    );
    return rows.map(toCommit);
  }

  async #forget(repository: RepositoryId, environment: EnvironmentName, from: number): Promise<void> {
    for (const table of [environmentCommits, environmentTouches, environmentLedgers]) {
      const isGone = and(eq(table.repository, repository), eq(table.environment, environment), gte(table.position, from));
      await this.database.query((queries) => queries.delete(table).where(isGone));
    }
  }
}

function toCommit(row: typeof environmentCommits.$inferSelect): EnvironmentCommit {
  const { commit, position, subject, author, committedAt, origin } = row;
  const content = decode(zApplications, row.content, 'commit');
  return { commit, position, subject, author, committedAt, content, uses: decode(zApplications, row.uses, 'commit'), origin };
}
