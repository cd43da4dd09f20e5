import { randomUUID } from 'node:crypto';
import { later, present } from '@sluice/kernel';
import type { Clock, Instant, PersonName } from '@sluice/kernel';
import type { Credential, People } from '../ports/index.js';
import { hashSecret, mintSecret } from './secret.js';

/** A secret at the only moment at which it can be read. */
export interface IssuedCredential {
  readonly id: string;
  readonly secret: string;
  readonly person: PersonName;
  readonly expiresAt: Instant;
}

interface Wanted extends Pick<Credential, 'kind' | 'person' | 'label' | 'scopes' | 'repositories' | 'idle'> {
  /** In milliseconds. */
  readonly lifetime: number;
  /** What the hash is over, when it is not the secret alone. */
  readonly hashed?: (secret: string) => string;
}

/** Makes a secret for somebody and stores its hash. */
export async function issueCredential(people: People, clock: Clock, wanted: Wanted): Promise<IssuedCredential> {
  const { kind, person, label, scopes, repositories, idle, lifetime, hashed = (text) => text } = wanted;
  const secret = mintSecret(kind);
  const [id, expiresAt] = [randomUUID(), later(clock(), lifetime)];
  await people.addCredential(hashSecret(hashed(secret)), { id, kind, person, label, expiresAt, ...present({ scopes, repositories, idle }) });
  return { id, secret, person, expiresAt };
}
