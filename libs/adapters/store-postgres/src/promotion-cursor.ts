import { InvalidInput, instant, type Instant } from '@sluice/kernel';
import { sql, type SQL } from 'drizzle-orm';
import { z } from 'zod';
import { promotions } from './schema/promotions.js';

const zPosition = z.tuple([z.number().int().min(-8.64e15).max(8.64e15), z.string(), z.string()]);

/** An opaque text that stands for the place behind a row of a list that is newest first. */
export function cursorOf(row: { readonly createdAt: Instant; readonly repository: string; readonly id: string }): string {
  return Buffer.from(JSON.stringify([row.createdAt, row.repository, row.id])).toString('base64url');
}

/** Rows behind the cursor. @throws InvalidInput when the text is no cursor. */
export function pastCursor(cursor: string): SQL {
  const [createdAt, repository, id] = parseCursor(cursor);
  const at = sql.param(instant(createdAt), promotions.createdAt);
  return sql`(${promotions.createdAt}, ${promotions.repository}, ${promotions.id}) < (${at}, ${repository}, ${id})`;
}

function parseCursor(cursor: string): z.infer<typeof zPosition> {
  try {
    return zPosition.parse(JSON.parse(Buffer.from(cursor, 'base64url').toString('utf8')));
  } catch (error) {
    throw new InvalidInput('The cursor is not one of this list: leave it out to start from the newest', { cause: error });
  }
}
