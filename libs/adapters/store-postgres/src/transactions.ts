import type { Lease, Transactions } from '@sluice/usecases';
import type { Database } from './database.js';
import { assertHeld } from './leases.js';

export class PostgresTransactions implements Transactions {
  constructor(private readonly database: Database) {}

  async run<T>(work: () => Promise<T>, options: { readonly lease?: Lease } = {}): Promise<T> {
    const { lease } = options;
    if (!lease) return this.database.transaction(work);
    return this.database.transaction(async () => {
      await assertHeld(this.database, lease);
      // The last statement locks the lease's row: nobody can take it between this check and the commit.
      this.database.beforeCommit(() => assertHeld(this.database, lease, 'locked'));
      return work();
    });
  }
}
