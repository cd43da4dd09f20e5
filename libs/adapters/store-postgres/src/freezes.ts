import { present } from '@sluice/kernel';
import type { Instant, PersonName, RepositoryId } from '@sluice/kernel';
import type { Freezes, StoredFreeze } from '@sluice/usecases';
import { and, asc, eq, gt, inArray, isNull, or } from 'drizzle-orm';
import type { Database } from './database.js';
import { freezes } from './schema/freezes.js';

export class PostgresFreezes implements Freezes {
  constructor(private readonly database: Database) {}

  async add(freeze: StoredFreeze): Promise<void> {
    await this.database.query((queries) => queries.insert(freezes).values(freeze));
  }

  async unlifted(repository: RepositoryId, endingAfter: Instant): Promise<readonly StoredFreeze[]> {
    const goesOn = or(isNull(freezes.until), gt(freezes.until, endingAfter));
    const rows = await this.database.query((queries) =>
      queries
        .select()
        .from(freezes)
        .where(and(eq(freezes.repository, repository), isNull(freezes.liftedAt), goesOn))
        .orderBy(asc(freezes.sequence)),
    );
    return rows.map(toFreeze);
  }

  async lift(ids: readonly string[], lifted: { readonly by: PersonName; readonly at: Instant }): Promise<void> {
    await this.database.query((queries) =>
      queries
        .update(freezes)
        .set({ liftedBy: lifted.by, liftedAt: lifted.at })
        .where(and(inArray(freezes.id, [...ids]), isNull(freezes.liftedAt))),
    );
  }
}

function toFreeze(row: typeof freezes.$inferSelect): StoredFreeze {
  const { id, repository, reason, by, at } = row;
  const scope = present({ environment: row.environment ?? undefined, application: row.application ?? undefined, until: row.until ?? undefined });
  return { id, repository, reason, by, at, ...scope };
}
