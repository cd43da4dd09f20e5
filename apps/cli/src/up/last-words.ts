import { open } from 'node:fs/promises';
import { printableLine } from '@sluice/kernel';
import { z } from 'zod';

const TAIL = 65_536;

const CAUSE = z.object({ message: z.string() });
const FAILURE = z.object({ level: z.literal('error'), msg: z.string(), err: CAUSE.extend({ cause: CAUSE.optional() }).optional() });

/** The last failure that a process of ours has written into its log, for people; undefined when there is none. */
export async function lastWords(logFile: string): Promise<string | undefined> {
  const text = await tailOf(logFile).catch(() => '');
  const words = text.split('\n').map(failureIn).findLast((failure) => failure !== undefined);
  return words === undefined ? undefined : printableLine(words, 500);
}

function failureIn(line: string): string | undefined {
  const [, said] = /^sluice [\w-]+: (.*)$/.exec(line) ?? [];
  if (said !== undefined) return said;
  if (!line.startsWith('{')) return undefined;
  const parsed = FAILURE.safeParse(parseJson(line));
  if (!parsed.success) return undefined;
  const { err, msg } = parsed.data;
  if (!err) return msg;
  return err.cause && !err.message.includes(err.cause.message) ? `${err.message} (${err.cause.message})` : err.message;
}

async function tailOf(path: string): Promise<string> {
  const file = await open(path);
  try {
    const { size } = await file.stat();
    const start = Math.max(0, size - TAIL);
    const { buffer, bytesRead } = await file.read(Buffer.alloc(size - start), 0, size - start, start);
    return buffer.toString('utf8', 0, bytesRead);
  } finally {
    await file.close();
  }
}

function parseJson(line: string): unknown {
  try {
    return JSON.parse(line);
  } catch {
    return undefined;
  }
}
