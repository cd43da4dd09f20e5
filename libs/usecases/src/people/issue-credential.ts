import { randomUUID } from 'node:crypto';
import { later } from '@sluice/kernel';
import type { Clock, Instant, PersonName } from '@sluice/kernel';
import type { Credential, People } from '../ports/index.js';
import { hashSecret, mintSecret } from './secret.js';

/** A secret at the only moment at which it can be read. */
export interface IssuedCredential {
  readonly secret: string;
  readonly person: PersonName;
  readonly expiresAt: Instant;
}

/** Makes a secret for somebody and stores its hash. `lifetime` in milliseconds. */
export async function issueCredential(
  people: People,
  clock: Clock,
  wanted: { readonly kind: Credential['kind']; readonly person: PersonName; readonly label: string; readonly lifetime: number },
): Promise<IssuedCredential> {
  const secret = mintSecret(wanted.kind);
  const expiresAt = later(clock(), wanted.lifetime);
  await people.addCredential(hashSecret(secret), { id: randomUUID(), kind: wanted.kind, person: wanted.person, label: wanted.label, expiresAt });
  return { secret, person: wanted.person, expiresAt };
}
