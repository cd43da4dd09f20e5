import { instant } from '@sluice/kernel';
import { healthOf } from './health-of.js';
import type { Health } from './health.js';
import type { HealthExpressions } from './expressions.js';

export const NOW = instant(Date.parse('2026-03-01T12:00:00Z'));

/** Parts of an object; `metadata.generation` and `status.observedGeneration` are 1 where nothing else is said. */
export interface Parts {
  readonly metadata?: Readonly<Record<string, unknown>>;
  readonly spec?: unknown;
  readonly status?: unknown;
}

export function kubeObject(apiVersion: string, kind: string, { metadata, spec, status }: Parts = {}): Readonly<Record<string, unknown>> {
  return { apiVersion, kind, metadata: { name: 'trial', namespace: 'shop', generation: 1, ...metadata }, ...(spec === undefined ? {} : { spec }), ...(status === undefined ? {} : { status }) };
}

export function health(apiVersion: string, kind: string, parts: Parts = {}, expressions: readonly HealthExpressions[] = []): Health {
  return healthOf(kubeObject(apiVersion, kind, parts), NOW, expressions);
}

/** One condition: `Ready=True`, `Progressing=False/SomeReason`. */
export function condition(text: string, message?: string): Readonly<Record<string, string>> {
  const [, type = '', status = '', reason] = /^(\w+)=(\w+)(?:\/(\w+))?$/.exec(text) ?? [];
  return { type, status, ...(reason === undefined ? {} : { reason }), ...(message === undefined ? {} : { message }) };
}
