import type { Assignment, Command, Nonce } from '@sluice/contracts';
import { NONCE_LIFETIME, type ClusterAssignment, type ClusterCommand, type ServerNonce } from '@sluice/usecases';

export function presentNonce(nonces: ServerNonce): Nonce {
  return { nonce: nonces.issue().nonce, expiresInSeconds: NONCE_LIFETIME / 1_000 };
}

export function presentAssignment(assignment: ClusterAssignment): Assignment {
  return { ...assignment };
}

export function presentCommand({ id, kind, at }: ClusterCommand): Command {
  return { id, kind, at: new Date(at).toISOString() };
}
