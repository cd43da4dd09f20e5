import type { CommitSha, EnvironmentName, RepositoryId } from '@sluice/kernel';
import type { ContentHead, EnvironmentCommit, EnvironmentIndex, EnvironmentState } from '@sluice/usecases';
import { and, asc, desc, eq, gte, lt, sql } from 'drizzle-orm';
import type { Database } from './database.js';
import { contentHeads } from './content-heads.js';
import { decode } from './documents/decode.js';
import { zEnvironmentDocument } from './documents/environment-document.js';
import { zApplications } from './documents/fields.js';
import { environmentCommits, environments, environmentTouches } from './schema/environments.js';

// A statement takes 65,535 parameters at most.
const ROWS_A_STATEMENT = 1_000;

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
  async append(repository: RepositoryId, environment: EnvironmentName, commits: readonly EnvironmentCommit[], from?: number): Promise<void> {
    const rows = commits.map((commit) => ({ ...commit, repository, environment }));
    const touches = rows.flatMap(touchesOf);
    await this.database.transaction(async () => {
      if (from !== undefined) await this.#forget(repository, environment, from);
      for (const part of chunks(rows)) await this.database.query((queries) => queries.insert(environmentCommits).values(part));
      for (const part of chunks(touches)) await this.database.query((queries) => queries.insert(environmentTouches).values(part));
    });
  }

  async position(repository: RepositoryId, environment: EnvironmentName, commit: CommitSha): Promise<number | undefined> {
    const isSame = and(eq(environmentCommits.repository, repository), eq(environmentCommits.environment, environment), eq(environmentCommits.commit, commit));
    const [row] = await this.database.query((queries) => queries.select({ position: environmentCommits.position }).from(environmentCommits).where(isSame));
    return row?.position;
  }

  async contents(repository: RepositoryId, environment: EnvironmentName, at?: number): Promise<readonly ContentHead[]> {
    return this.database.query((queries) => contentHeads(queries, { repository, environment }, at));
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
    for (const table of [environmentCommits, environmentTouches]) {
      const isGone = and(eq(table.repository, repository), eq(table.environment, environment), gte(table.position, from));
      await this.database.query((queries) => queries.delete(table).where(isGone));
    }
  }
}

function touchesOf({ repository, environment, position, content, uses }: EnvironmentCommit & { readonly repository: RepositoryId; readonly environment: EnvironmentName }) {
  const changed = new Set(content);
  const row = { repository, environment, position };
  return [
    ...[...changed].map((application) => ({ ...row, application, content: true })),
    ...[...new Set(uses)].filter((application) => !changed.has(application)).map((application) => ({ ...row, application, content: false })),
  ];
}

function toCommit(row: typeof environmentCommits.$inferSelect): EnvironmentCommit {
  const { commit, position, subject, author, committedAt, origin } = row;
  const content = decode(zApplications, row.content, 'commit');
  return { commit, position, subject, author, committedAt, content, uses: decode(zApplications, row.uses, 'commit'), origin };
}

function chunks<T>(items: readonly T[]): T[][] {
  const count = Math.ceil(items.length / ROWS_A_STATEMENT);
  return Array.from({ length: count }, (_, index) => items.slice(index * ROWS_A_STATEMENT, (index + 1) * ROWS_A_STATEMENT));
}
