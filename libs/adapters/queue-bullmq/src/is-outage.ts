const CODES = new Set(['ECONNREFUSED', 'ECONNRESET', 'EPIPE', 'ENOTFOUND', 'EAI_AGAIN', 'ETIMEDOUT', 'EHOSTUNREACH', 'ENETUNREACH']);

/** Whether an error of a queue or a worker says only that its connection is away: the connection has logged that already, once, and BullMQ repeats it at each attempt. */
export function isOutage(error: Error): boolean {
  const { code } = error as NodeJS.ErrnoException;
  return (code !== undefined && CODES.has(code)) || error.message === 'Connection is closed.';
}
