import type { Digest, PersonName, PromotionId, RepositoryId } from '@sluice/kernel';
import type { Approval, Approvals } from '@sluice/usecases';
import { and, asc, eq, inArray, sql, type SQL } from 'drizzle-orm';
import type { Database } from './database.js';
import { approvals } from './schema/promotions.js';

const ONCE = [approvals.repository, approvals.digest, approvals.person, approvals.decision, approvals.gate];

export class PostgresApprovals implements Approvals {
  constructor(private readonly database: Database) {}

  /** Said again later, the later time counts: approve, reject, approve ends as approved. Said again with the same or an earlier time, nothing changes. */
  async add(approval: Approval): Promise<void> {
    const { gate = null, ...rest } = approval;
    const later = { at: sql`excluded.at`, comment: sql`excluded.comment`, door: sql`excluded.door`, promotion: sql`excluded.promotion` };
    await this.database.query((queries) =>
      queries
        .insert(approvals)
        .values({ ...rest, gate })
        .onConflictDoUpdate({ target: ONCE, set: later, setWhere: sql`excluded.at > ${approvals.at}` }),
    );
  }

  of(repository: RepositoryId, digest: Digest): Promise<readonly Approval[]> {
    return this.where(repository, eq(approvals.digest, digest));
  }

  async withdraw(repository: RepositoryId, digest: Digest, person: PersonName): Promise<void> {
    await this.database.query((queries) => queries.delete(approvals).where(and(eq(approvals.repository, repository), eq(approvals.digest, digest), eq(approvals.person, person), eq(approvals.decision, 'approved'))));
  }

  async ofPromotions(repository: RepositoryId, promotions: readonly PromotionId[]): Promise<readonly Approval[]> {
    return promotions.length === 0 ? [] : this.where(repository, inArray(approvals.promotion, [...promotions]));
  }

  private async where(repository: RepositoryId, which: SQL): Promise<readonly Approval[]> {
    const rows = await this.database.query((queries) =>
      queries
        .select()
        .from(approvals)
        .where(and(eq(approvals.repository, repository), which))
        .orderBy(asc(approvals.at), asc(approvals.person), asc(approvals.decision)),
    );
    return rows.map(({ gate, ...rest }) => ({ ...rest, ...(gate !== null && { gate }) }));
  }
}
