import { openEmbeddedPostgres } from '@sluice/embedded-postgres';
import { lockFolder } from '@sluice/runtime';
import type { OpenedStore, Services } from '@sluice/testing';
import type pg from 'pg';
import { createStore, type Store, type StoreOptions } from './create-store.js';
import { migrate } from './migrate.js';
import { createPostgresPool } from './postgres-pool.js';

/** The store as the server composes it, on either combination. */
export async function openStore(services: Services, options: StoreOptions = {}): Promise<OpenedStore & { readonly store: Store; readonly pool: pg.Pool }> {
  if (services.kind === 'embedded') {
    const embedded = await openEmbeddedPostgres({ folder: services.folder, lock: lockFolder });
    await migrate(embedded.pool);
    const store = createStore(embedded.pool, { vacuums: true, ...options });
    return { store, pool: embedded.pool, close: () => store.close().then(() => embedded.close()) };
  }
  const pool = createPostgresPool(services.databaseUrl);
  await migrate(pool);
  const store = createStore(pool, options);
  return { store, pool, close: () => store.close().then(() => pool.end()) };
}
