import type { Instant } from '@sluice/kernel';
import { sql } from 'drizzle-orm';

/** The database's clock, also within a transaction (`now()` stands still there). */
export const databaseNow = sql<Instant>`clock_timestamp()`;

/** The database's clock plus milliseconds, which may be negative. */
export function fromNow(milliseconds: number) {
  return sql<Instant>`clock_timestamp() + ${milliseconds} * interval '1 millisecond'`;
}
