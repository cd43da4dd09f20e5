import { randomBytes } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { writeSecretText } from '../connection.js';

/** What the server encrypts secrets of others with: what the environment says, or else a key of the data folder's own, made at the first start. */
export async function encryptionKey(data: string, environment: Readonly<Record<string, string | undefined>>): Promise<string> {
  const given = environment['SLUICE_ENCRYPTION_KEY'];
  if (given) return given;
  const path = join(data, 'encryption.key');
  try {
    return (await readFile(path, 'utf8')).trim();
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
    const key = randomBytes(32).toString('base64');
    await writeSecretText(path, `${key}\n`);
    return key;
  }
}
