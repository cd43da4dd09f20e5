import { readFile, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { temporaryFolder } from '@sluice/testing';
import { encryptionKey } from './encryption-key.js';

describe('the key of a data folder', () => {
  let folder: string;
  let remove: () => Promise<void>;
  beforeEach(async () => ({ folder, remove } = await temporaryFolder()));
  afterEach(() => remove());

  it('is made once, and for its owner alone', async () => {
    const key = await encryptionKey(folder, {});
    expect(Buffer.from(key, 'base64')).toHaveLength(32);
    expect(await encryptionKey(folder, {})).toBe(key);
    expect((await stat(join(folder, 'encryption.key'))).mode & 0o777).toBe(0o600);
  });

  it('is the one of the environment where there is one', async () => {
    expect(await encryptionKey(folder, { SLUICE_ENCRYPTION_KEY: 'given' })).toBe('given');
    await expect(readFile(join(folder, 'encryption.key'))).rejects.toThrow('ENOENT');
  });

  it('is not made anew when the one that is there cannot be read', async () => {
    await writeFile(join(folder, 'encryption.key'), 'theirs\n');
    expect(await encryptionKey(folder, {})).toBe('theirs');
  });
});
