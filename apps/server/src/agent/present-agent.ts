import type { Assignment, Command, Nonce, TestOrder as TestOrderDto } from '@sluice/contracts';
import { NONCE_LIFETIME, type ClusterAssignment, type ClusterCommand, type ServerNonce, type TestOrder } from '@sluice/usecases';

export function presentNonce(nonces: ServerNonce): Nonce {
  return { nonce: nonces.issue().nonce, expiresInSeconds: NONCE_LIFETIME / 1_000 };
}

export function presentAssignment(assignment: ClusterAssignment): Assignment {
  const { driftIgnore, healthRules, ...rest } = assignment;
  return { ...rest, ...(driftIgnore && { driftIgnore: driftIgnore.map(({ path, ...rule }) => ({ ...rule, path: [...path] })) }), ...(healthRules && { healthRules: [...healthRules] }) };
}

export function presentCommand({ at, ...command }: ClusterCommand): Command {
  return { ...command, at: new Date(at).toISOString() };
}

export function presentTestOrder({ run, commit, paths }: TestOrder): TestOrderDto {
  const { id, take, application, environment, test } = run;
  const { timeout, command, ...rest } = test;
  return { run: id, take, application, environment, commit, paths: [...paths], test: { ...rest, command: [...command], timeoutMs: timeout } };
}
