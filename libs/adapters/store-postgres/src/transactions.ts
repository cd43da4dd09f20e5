import type { Lease, Transactions } from '@sluice/usecases';
import type { Database } from './database.js';
import { assertHeld } from './leases.js';

export class PostgresTransactions implements Transactions {
  constructor(private readonly database: Database) {}

  async run<T>(work: () => Promise<T>, options: { readonly lease?: Lease } = {}): Promise<T> {
    const { lease } = options;
    if (!lease) return this.database.transaction(work);
    return this.database.transaction(async () => {
      // The last statement locks the lease's row: nobody can take it between this check and the commit. What was done before it under a lost lease is undone.
      this.database.beforeCommit(() => assertHeld(this.database, lease));
      return work();
    });
  }
}
