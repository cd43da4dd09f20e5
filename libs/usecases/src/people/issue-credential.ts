import { randomUUID } from 'node:crypto';
import { later } from '@sluice/kernel';
import type { Clock, Instant, PersonName } from '@sluice/kernel';
import type { AuditAct, AuditLog, Credential, People, Transactions } from '../ports/index.js';
import { hashSecret, mintSecret } from './secret.js';

/** A secret at the only moment at which it can be read. */
export interface IssuedCredential {
  readonly secret: string;
  readonly person: PersonName;
  readonly expiresAt: Instant;
}

/** What credentials are made with. */
export interface CredentialPorts {
  readonly people: People;
  readonly transactions: Transactions;
  readonly audit: AuditLog;
  readonly clock: Clock;
}

const ACTIONS: Readonly<Record<Credential['kind'], string>> = { token: 'token.create', session: 'session.start', 'login-link': 'login-link.create' };

/** Makes a secret for somebody and stores its hash. `lifetime` in milliseconds; `audit`: who makes it, when it is not the caller. */
export async function issueCredential(
  { people, transactions, audit, clock }: CredentialPorts,
  wanted: { readonly kind: Credential['kind']; readonly person: PersonName; readonly label: string; readonly lifetime: number; readonly audit?: Pick<AuditAct, 'by' | 'door'> },
): Promise<IssuedCredential> {
  const { kind, person, label } = wanted;
  const secret = mintSecret(kind);
  const expiresAt = later(clock(), wanted.lifetime);
  const id = randomUUID();
  await transactions.run(async () => {
    await people.addCredential(hashSecret(secret), { id, kind, person, label, expiresAt });
    await audit.append({ action: ACTIONS[kind], place: { person }, after: { id, kind, label, expiresAt: new Date(expiresAt).toISOString() }, ...wanted.audit });
  });
  return { secret, person, expiresAt };
}
