/** The place of an event in the log: by transaction, then by sequence. Both are 64-bit numbers. */
export interface EventPosition {
  readonly transaction: string;
  readonly seq: number;
}

const CURSOR = /^(\d{1,20})-(\d{1,15})$/;
const MAX_TRANSACTION = 2n ** 64n - 1n;

export function eventCursor({ transaction, seq }: EventPosition): string {
  return `${transaction}-${seq}`;
}

/** Undefined when the text is no cursor of ours. */
export function parseEventCursor(cursor: string): EventPosition | undefined {
  const [, transaction, seq] = CURSOR.exec(cursor) ?? [];
  if (transaction === undefined || BigInt(transaction) > MAX_TRANSACTION) return undefined;
  return { transaction, seq: Number(seq) };
}
