import type { AuditLog, Credential, People, Signals } from '../ports/index.js';

/** Ends a credential and all that was made with it, and says so in the audit. To be done in a transaction. @returns what has ended: for {@link tellEnded}, once the transaction is through. */
export async function endCredential({ people, audit }: { readonly people: Pick<People, 'revoke'>; readonly audit: Pick<AuditLog, 'append'> }, id: string): Promise<readonly Credential[]> {
  const ended = await people.revoke(id);
  for (const { kind, label, person, ...each } of ended) {
    if (kind === 'token' || kind === 'session') await audit.append({ action: kind === 'session' ? 'session.end' : 'token.revoke', place: { person }, before: { id: each.id, kind, label } });
  }
  return ended;
}

/** Ends the streams that were opened with them, on every replica. */
export function tellEnded(signals: Signals, ended: readonly Credential[]): void {
  for (const credential of ended) signals.publish(credentialTopic(credential));
}

/** The topic on which replicas tell that a credential was revoked: streams that were opened with it end. */
export function credentialTopic(credential: Pick<Credential, 'id'>): string {
  return `credential:${credential.id}`;
}
