import { mapsAt, textAt, type KubeObject } from './kube-object.js';
import { shown } from './health.js';

/** One of `status.conditions`. Source: https://kubernetes.io/docs/reference/kubernetes-api/common-definitions/ and the API conventions, "Typical status properties". */
export interface Condition {
  readonly type: string;
  /** `True`, `False` or `Unknown`. */
  readonly status: string;
  readonly reason?: string | undefined;
  readonly message?: string | undefined;
}

export function conditionsOf(object: KubeObject): readonly Condition[] {
  return mapsAt(object, 'status.conditions').map(readCondition);
}

function readCondition(condition: KubeObject, index: number): Condition {
  const field = (name: string): string | undefined => textAt(condition, name, `status.conditions[${index}].`) || undefined;
  return { type: field('type') ?? '', status: field('status') ?? '', reason: field('reason'), message: field('message') };
}

/** The first condition of a type. */
export function conditionOf(conditions: readonly Condition[], type: string): Condition | undefined {
  return conditions.find((condition) => condition.type === type);
}

export function isTrue(conditions: readonly Condition[], type: string): boolean {
  return conditions.some((condition) => condition.type === type && condition.status === 'True');
}

/** The first condition of a type with this status. */
export function conditionWith(conditions: readonly Condition[], type: string, status: string): Condition | undefined {
  return conditions.find((condition) => condition.type === type && condition.status === status);
}

/** What a condition says in its own words, or else in ours. */
export function saidBy({ type, status, reason, message }: Condition): string {
  if (message !== undefined) return shown(message);
  return shown(`${type} is ${status || 'without a status'}${reason === undefined ? '' : ` (${reason})`}`);
}
