import { instant, type Instant } from '@sluice/kernel';
import { customType, pgSchema } from 'drizzle-orm/pg-core';

/** Every name is qualified with it: BullMQ's tables may be in the same database, and PGlite's clients share one search path. */
export const sluice = pgSchema('sluice');

/** A time of day in UTC to the millisecond; in the program an Instant. */
export const timestampColumn = customType<{ data: Instant; driverData: string | Date }>({
  dataType: () => 'timestamp(3) with time zone',
  fromDriver: (value) => instant(new Date(value).getTime()),
  toDriver: (value) => new Date(value).toISOString(),
});

/** A value as JSON. What is read is `unknown`: its reader decodes it. */
export const jsonColumn = customType<{ data: unknown; driverData: unknown }>({
  dataType: () => 'jsonb',
  toDriver: storableJson,
});

/** Text that somebody else wrote (a commit's subject, a comment). */
export const foreignTextColumn = customType<{ data: string; driverData: string }>({ dataType: () => 'text', toDriver: storableText });

/** The number of a transaction, 64 bits: never wraps. In the program a decimal text. */
export const transactionColumn = customType<{ data: string; driverData: string }>({ dataType: () => 'xid8' });

// PostgreSQL's JSON holds neither NUL nor half of a surrogate pair, and both may come in text from a repository.
const UNSTORABLE = /\u0000|[\ud800-\udbff](?![\udc00-\udfff])|(?<![\ud800-\udbff])[\udc00-\udfff]/g;

/** A value as JSON text that PostgreSQL takes. */
export function storableJson(value: unknown): string {
  return JSON.stringify(value, storable);
}

function storable(_key: string, value: unknown): unknown {
  return typeof value === 'string' ? storableText(value) : value;
}

function storableText(text: string): string {
  return text.replace(UNSTORABLE, '\ufffd');
}
