import type { ClusterName } from '@sluice/kernel';
import type { DriftDiffs, DriftStore } from '@sluice/usecases';
import { eq, inArray } from 'drizzle-orm';
import type { Database } from './database.js';
import { decode } from './documents/decode.js';
import { zPlaceDiffs } from './documents/drift-document.js';
import { drift } from './schema/drift.js';

export class PostgresDrift implements DriftStore {
  constructor(private readonly database: Database) {}

  async save({ cluster, sequence, places }: DriftDiffs): Promise<void> {
    // most reports have none, and most of those followed one that had none
    if (places.length === 0) await this.database.query((queries) => queries.delete(drift).where(eq(drift.cluster, cluster)));
    else await this.database.query((queries) => queries.insert(drift).values({ cluster, sequence, places }).onConflictDoUpdate({ target: drift.cluster, set: { sequence, places } }));
  }

  async of(clusters: readonly ClusterName[]): Promise<ReadonlyMap<ClusterName, DriftDiffs>> {
    if (clusters.length === 0) return new Map();
    const rows = await this.database.query((queries) => queries.select().from(drift).where(inArray(drift.cluster, [...clusters])));
    return new Map(rows.map(({ cluster, sequence, places }) => [cluster, { cluster, sequence, places: decode(zPlaceDiffs, places, 'drift') }]));
  }
}
