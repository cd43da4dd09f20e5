import { open, rename, rm, stat, truncate } from 'node:fs/promises';
import { join } from 'node:path';

export interface LogLimits {
  /** Bytes, after which a log is begun again. */
  readonly largest: number;
  /** Logs of before that are kept beside it. */
  readonly kept: number;
  /** Milliseconds between two looks at how large it is. */
  readonly every: number;
}

export const LOG_LIMITS: LogLimits = { largest: 10 * 1_048_576, kept: 3, every: 10_000 };

/** The path of an empty log; those of before are kept beside it, `.1` the newest. */
export async function freshLog(logs: string, name: string): Promise<string> {
  const path = join(logs, `${name}.log`);
  await makeRoom(path, LOG_LIMITS.kept);
  await rename(path, `${path}.1`).catch(() => undefined);
  return path;
}

/** Begins a log again that has become too large, while somebody appends to it: it is copied and emptied, since whoever writes keeps the file open. What is written between these two is lost. */
export async function cutLog(path: string, { largest, kept }: LogLimits): Promise<void> {
  if ((await stat(path)).size <= largest) return;
  await makeRoom(path, kept);
  await copy(path, `${path}.1`);
  await truncate(path);
}

/** Up to its end, also when that moves meanwhile. */
async function copy(from: string, to: string): Promise<void> {
  const [source, target] = await Promise.all([open(from), open(to, 'w', 0o600)]);
  try {
    const buffer = Buffer.alloc(65_536);
    for (let { bytesRead } = await source.read(buffer); bytesRead > 0; { bytesRead } = await source.read(buffer)) await target.write(buffer, 0, bytesRead);
  } finally {
    await Promise.all([source.close(), target.close()]);
  }
}

async function makeRoom(path: string, kept: number): Promise<void> {
  await rm(`${path}.${kept}`, { force: true });
  for (let number = kept - 1; number > 0; number--) await rename(`${path}.${number}`, `${path}.${number + 1}`).catch(() => undefined);
}
