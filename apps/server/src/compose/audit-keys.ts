import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { InvalidInput } from '@sluice/kernel';
import { isSignedBy, makeFolder, newSigningKey, openSigningKey, SealError, type Logger, type SecretBox, type SigningKey } from '@sluice/runtime';
import type { AuditKeys, HeadSigner, Settings as ServerMemory } from '@sluice/usecases';

const SEALED = 'audit-signing-key';
const CONTEXT = 'audit signing key';
const PUBLIC = 'audit-public-key:';

/** Signs with the server's key, and knows the public keys of all that signed before. */
export type OpenedAuditKeys = HeadSigner & AuditKeys;

/**
 * The key is never in the database in the clear: who could write there could sign what they wrote. With SLUICE_ENCRYPTION_KEY it is sealed in the database, the same for every process; without, it is a file
 * of this server's data folder.
 */
export async function openAuditKeys(settings: { readonly dataFolder: string; readonly secrets: SecretBox }, memory: ServerMemory, log: Logger): Promise<OpenedAuditKeys> {
  const sealed = settings.secrets.isEmpty ? undefined : await sealedKey(settings.secrets, memory, log);
  const own = sealed ?? (await keyInFile(join(settings.dataFolder, 'audit-key.pem'), settings.dataFolder));
  await memory.init(`${PUBLIC}${own.name}`, own.publicKey);
  const publicKeys = async (names: readonly string[]): Promise<Readonly<Record<string, string>>> => {
    const found: Record<string, string> = { [own.name]: own.publicKey };
    for (const name of new Set(names)) {
      const key = name === own.name ? undefined : await memory.get(`${PUBLIC}${name}`);
      if (key !== undefined) found[name] = key;
    }
    return found;
  };
  return {
    key: own.name,
    sign: (text) => own.sign(text),
    publicKeys,
    verifier: async (names) => {
      const known = new Map(Object.entries(await publicKeys(names)));
      return (name, text, signature) => {
        const key = known.get(name);
        if (key === undefined) return 'unknown';
        return isSignedBy(key, text, signature) ? 'right' : 'wrong';
      };
    },
  };
}

/** @returns undefined when it was sealed with a key that is gone: a server has to start all the same, and signs with another. */
async function sealedKey(box: SecretBox, memory: ServerMemory, log: Logger): Promise<SigningKey | undefined> {
  const sealed = (await memory.get(SEALED)) ?? (await memory.init(SEALED, box.seal(newSigningKey(), CONTEXT)));
  try {
    return openSigningKey(box.open(sealed, CONTEXT));
  } catch (error) {
    if (!(error instanceof SealError)) throw error;
    log.error({ err: error }, 'the key that heads of the audit are signed with cannot be opened; another one is used: put the key that it was sealed with behind the new one in SLUICE_ENCRYPTION_KEY');
    return undefined;
  }
}

/** Of processes that start at once on one folder, one makes it. */
async function keyInFile(path: string, folder: string): Promise<SigningKey> {
  await makeFolder(folder);
  await writeFile(path, newSigningKey(), { mode: 0o600, flag: 'wx' }).catch((error: NodeJS.ErrnoException) => {
    if (error.code !== 'EEXIST') throw error;
  });
  try {
    return openSigningKey(await readFile(path, 'utf8'));
  } catch (cause) {
    throw new InvalidInput(`${path}: this is no signing key: put the right one back, or move the file away and a new one is made`, { cause });
  }
}
