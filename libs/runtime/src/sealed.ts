import { createCipheriv, createDecipheriv, createHash, randomBytes } from 'node:crypto';

const CIPHER = 'aes-256-gcm';
const KEY_BYTES = 32;
const NONCE_BYTES = 12;
const TAG_BYTES = 16;

/** A key that cannot be used, or a text that cannot be opened. The message holds nothing of either. */
export class SealError extends Error {
  constructor(message: string) {
    super(message);
    this.name = 'SealError';
  }
}

/** Seals with the first of its keys, and opens with any: a new key is put before the old one until everything was sealed anew. */
export class SecretBox {
  private readonly keys: readonly { readonly id: string; readonly key: Buffer }[];

  /** @throws SealError when a key is not 32 bytes in base64. */
  constructor(keys: readonly string[]) {
    this.keys = keys.map((text) => {
      const key = Buffer.from(text, 'base64');
      if (key.length !== KEY_BYTES || key.toString('base64').replace(/=+$/, '') !== text.replace(/=+$/, '')) throw new SealError('a key is 32 random bytes in base64: make one with `openssl rand -base64 32`');
      return { id: createHash('sha256').update(key).digest('hex').slice(0, 8), key };
    });
  }

  get isEmpty(): boolean {
    return this.keys.length === 0;
  }

  /** AES-256-GCM (NIST SP 800-38D) with a random nonce; `context` has to be given again to open it. @throws SealError without a key. */
  seal(secret: string, context: string): string {
    const [current] = this.keys;
    if (!current) throw new SealError('there is no key to seal with');
    const nonce = randomBytes(NONCE_BYTES);
    const cipher = createCipheriv(CIPHER, current.key, nonce, { authTagLength: TAG_BYTES }).setAAD(Buffer.from(context, 'utf8'));
    const sealed = Buffer.concat([cipher.update(secret, 'utf8'), cipher.final()]);
    return ['s1', current.id, Buffer.concat([nonce, cipher.getAuthTag(), sealed]).toString('base64')].join(':');
  }

  /** @throws SealError when it was sealed with a key that is not here, for another context, or has been changed. */
  open(text: string, context: string): string {
    const [version, id, packed = ''] = text.split(':');
    if (version !== 's1') throw new SealError('this was not sealed by this version');
    const found = this.keys.find((candidate) => candidate.id === id);
    if (!found) throw new SealError(`this was sealed with a key that is not here (it begins with ${id ?? '?'} when hashed)`);
    const bytes = Buffer.from(packed, 'base64');
    try {
      const decipher = createDecipheriv(CIPHER, found.key, bytes.subarray(0, NONCE_BYTES), { authTagLength: TAG_BYTES }).setAAD(Buffer.from(context, 'utf8'));
      decipher.setAuthTag(bytes.subarray(NONCE_BYTES, NONCE_BYTES + TAG_BYTES));
      return Buffer.concat([decipher.update(bytes.subarray(NONCE_BYTES + TAG_BYTES)), decipher.final()]).toString('utf8');
    } catch {
      throw new SealError('this was sealed for something else, or has been changed');
    }
  }
}
