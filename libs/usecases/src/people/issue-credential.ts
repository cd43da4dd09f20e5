import { randomUUID } from 'node:crypto';
import { later, present } from '@sluice/kernel';
import type { Clock, Instant, PersonName } from '@sluice/kernel';
import type { AuditAct, AuditLog, Credential, People, Transactions } from '../ports/index.js';
import type { Bound } from './made-with.js';
import { hashSecret, mintSecret } from './secret.js';

/** A secret at the only moment at which it can be read. */
export interface IssuedCredential {
  readonly id: string;
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

interface Wanted extends Pick<Credential, 'kind' | 'person' | 'label' | 'scopes' | 'repositories' | 'environments' | 'applications' | 'idle'> {
  /** In milliseconds. */
  readonly lifetime: number;
  /** What it ends with. */
  readonly bound?: Bound | undefined;
  /** What the hash is over, when it is not the secret alone. */
  readonly hashed?: (secret: string) => string;
  /** Who makes it, when it is not the caller. */
  readonly audit?: Pick<AuditAct, 'by' | 'door'>;
}

const ACTIONS: Readonly<Record<Credential['kind'], string>> = { token: 'token.create', session: 'session.start', 'login-link': 'login-link.create', 'login-code': 'login-code.create' };

/** Makes a secret for somebody and stores its hash. */
export async function issueCredential({ people, transactions, audit, clock }: CredentialPorts, wanted: Wanted): Promise<IssuedCredential> {
  const { kind, person, label, scopes, repositories, environments, applications, idle, lifetime, bound, hashed = (text) => text } = wanted;
  const secret = mintSecret(kind);
  const [id, ends] = [randomUUID(), later(clock(), lifetime)];
  const expiresAt = bound?.until !== undefined && bound.until < ends ? bound.until : ends;
  const limits = present({ scopes, repositories, environments, applications });
  await transactions.run(async () => {
    await people.addCredential(hashSecret(hashed(secret)), { id, kind, person, label, expiresAt, ...limits, ...present({ idle, madeWith: bound?.madeWith }) });
    await audit.append({ action: ACTIONS[kind], place: { person }, after: { id, kind, label, expiresAt: new Date(expiresAt).toISOString(), ...limits }, ...wanted.audit });
  });
  return { id, secret, person, expiresAt };
}
