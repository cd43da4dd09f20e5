import { Conflict } from '@sluice/kernel';
import type { Lease, Leases } from '@sluice/usecases';
import { and, eq, gt, lte, or, sql } from 'drizzle-orm';
import type { Database } from './database.js';
import { databaseNow, fromNow } from './database-time.js';
import { leases } from './schema/coordination.js';

export class PostgresLeases implements Leases {
  constructor(private readonly database: Database) {}

  async acquire(key: string, holder: string, ttl: number): Promise<Lease | undefined> {
    const values = { key, holder, fence: sql<number>`nextval('sluice.lease_fence')`, expiresAt: fromNow(ttl) };
    const mine = eq(leases.holder, holder);
    const over = lte(leases.expiresAt, databaseNow);
    const fence = sql<number>`case when ${mine} and not (${over}) then ${leases.fence} else excluded.fence end`;
    const [row] = await this.database.query((queries) =>
      queries
        .insert(leases)
        .values(values)
        .onConflictDoUpdate({ target: leases.key, set: { holder, fence, expiresAt: sql`excluded.expires_at` }, setWhere: or(mine, over) })
        .returning({ fence: leases.fence }),
    );
    return row && { key, holder, fence: row.fence };
  }

  async renew(lease: Lease, ttl: number): Promise<boolean> {
    const rows = await this.database.query((queries) =>
      queries
        .update(leases)
        .set({ expiresAt: fromNow(ttl) })
        .where(isHeld(lease))
        .returning({ key: leases.key }),
    );
    return rows.length === 1;
  }

  async release(lease: Lease): Promise<void> {
    await this.database.query((queries) => queries.delete(leases).where(isSame(lease)));
  }
}

/** Locks the lease as it is until the transaction ends. @throws Conflict when it has ended or has another holder. */
export async function assertHeld(database: Database, lease: Lease): Promise<void> {
  const rows = await database.query((queries) => queries.select({ key: leases.key }).from(leases).where(isHeld(lease)).for('share'));
  if (rows.length === 0) throw new Conflict('The lease was lost to another worker: look again', { details: { lease: lease.key } });
}

function isSame(lease: Lease) {
  return and(eq(leases.key, lease.key), eq(leases.holder, lease.holder), eq(leases.fence, lease.fence));
}

function isHeld(lease: Lease) {
  return and(isSame(lease), gt(leases.expiresAt, databaseNow));
}
