import { celValue, evaluateCondition, placeText } from '@sluice/cel';
import { messageOf } from '@sluice/kernel';
import { current, failed, inProgress, shown, unknown, type Health } from './health.js';
import { MalformedObject, type KubeObject } from './kube-object.js';

/** What an expression of {@link HealthExpressions} may name: the object as the cluster has it. */
export const HEALTH_VARIABLES = { object: 'dyn' } as const;

/**
 * A user's own rule for a kind, in CEL over `object`: `object.status.phase == 'Ready'`. The first expression that is true counts, in the order that Flux has for its
 * `healthCheckExprs` (RFC 0009): `inProgress`, `failed`, `current`. With `current`, an object for which none is true is InProgress; without it, the common rules go on.
 */
export interface HealthExpressions {
  readonly apiVersion: string;
  readonly kind: string;
  readonly inProgress?: string;
  readonly failed?: string;
  readonly current?: string;
}

const ORDER = ['inProgress', 'failed', 'current'] as const;
const REASON = 'Expression';

/** What a user's expressions say; undefined when they leave it to the common rules. An expression that cannot be evaluated gives Unknown. */
export function healthByExpressions(object: KubeObject, expressions: HealthExpressions): Health | undefined {
  const values = { object: celObject(object) };
  for (const name of ORDER) {
    const expression = expressions[name];
    if (expression === undefined) continue;
    const held = evaluateCondition(expression, HEALTH_VARIABLES, values);
    if (!held.ok) return unknown('ExpressionError', shown(`the expression for ${name} cannot be evaluated${placeText(held.error)}: ${held.error.message}`));
    if (held.value) return SAID[name](shown(expression));
  }
  return expressions.current === undefined ? undefined : inProgress(REASON, `waits for: ${shown(expressions.current)}`);
}

// what is nested deeper than the stack is no object of a cluster's
function celObject(object: KubeObject): unknown {
  try {
    return celValue(object);
  } catch (error) {
    throw new MalformedObject(`the object cannot be read: ${messageOf(error)}`);
  }
}

const SAID: Readonly<Record<(typeof ORDER)[number], (expression: string) => Health>> = {
  inProgress: (expression) => inProgress(REASON, `in progress, as it is true that: ${expression}`),
  failed: (expression) => failed(REASON, `failed, as it is true that: ${expression}`),
  current: (expression) => current(`it is true that: ${expression}`),
};
