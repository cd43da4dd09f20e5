import { Conflict, type EnvironmentName, type RepositoryId } from '@sluice/kernel';
import type { Rollouts, StoredRollout } from '@sluice/usecases';
import { and, asc, eq, ne } from 'drizzle-orm';
import type { Database } from './database.js';
import { decode } from './documents/decode.js';
import { zRolloutDocument } from './documents/rollout-document.js';
import { rollouts } from './schema/rollouts.js';

export class PostgresRollouts implements Rollouts {
  constructor(private readonly database: Database) {}

  async of(repository: RepositoryId, environment: EnvironmentName): Promise<StoredRollout | undefined> {
    const [row] = await this.database.query((queries) => queries.select().from(rollouts).where(isOf(repository, environment)));
    return row && decode(zRolloutDocument, row.document, 'rollout');
  }

  async save(rollout: StoredRollout): Promise<StoredRollout> {
    const next = { ...rollout, version: rollout.version + 1 };
    const { repository, environment, state, version } = next;
    const row = { repository, environment, state, version, document: next };
    const isSame = and(isOf(repository, environment), eq(rollouts.version, rollout.version));
    const stored = await this.database.query((queries) =>
      rollout.version === 0
        ? queries.insert(rollouts).values(row).onConflictDoNothing().returning({ version: rollouts.version })
        : queries.update(rollouts).set(row).where(isSame).returning({ version: rollouts.version }),
    );
    if (stored.length === 0) throw new Conflict(`the rollout in ${environment} has moved on: look again`);
    return next;
  }

  async active(repository?: RepositoryId): Promise<readonly StoredRollout[]> {
    const isIn = repository === undefined ? undefined : eq(rollouts.repository, repository);
    const rows = await this.database.query((queries) =>
      queries
        .select()
        .from(rollouts)
        .where(and(ne(rollouts.state, 'ended'), isIn))
        .orderBy(asc(rollouts.repository), asc(rollouts.environment)),
    );
    return rows.map(({ document }) => decode(zRolloutDocument, document, 'rollout'));
  }
}

function isOf(repository: RepositoryId, environment: EnvironmentName) {
  return and(eq(rollouts.repository, repository), eq(rollouts.environment, environment));
}
