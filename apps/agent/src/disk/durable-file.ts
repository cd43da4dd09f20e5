import { randomBytes } from 'node:crypto';
import { open, readFile, rename, rm } from 'node:fs/promises';
import { dirname } from 'node:path';
import { Unavailable } from '@sluice/kernel';
import type { z } from 'zod';

/** Reads a file of ours. @returns undefined when there is none. @throws Unavailable when it is not what we wrote: guessing would cost more. */
export async function readJson<Schema extends z.ZodType>(path: string, schema: Schema): Promise<z.output<Schema> | undefined> {
  try {
    return schema.parse(JSON.parse(await readFile(path, 'utf8')));
  } catch (error) {
    if (typeof error === 'object' && error !== null && 'code' in error && error.code === 'ENOENT') return undefined;
    throw new Unavailable(`${path} cannot be read: restore it from a backup, or enrol again with a new join token and an empty SLUICE_AGENT_DATA`, { cause: error });
  }
}

/** Writes a file that only this user reads, whole at any moment and durable on return. */
export async function writeJson(path: string, value: unknown): Promise<void> {
  const next = `${path}.${randomBytes(4).toString('hex')}`;
  try {
    const file = await open(next, 'wx', 0o600);
    try {
      await file.writeFile(`${JSON.stringify(value)}\n`);
      await file.sync();
    } finally {
      await file.close();
    }
    await rename(next, path);
  } catch (error) {
    await rm(next, { force: true });
    throw error;
  }
  const folder = await open(dirname(path), 'r');
  await folder.sync().finally(() => folder.close());
}
