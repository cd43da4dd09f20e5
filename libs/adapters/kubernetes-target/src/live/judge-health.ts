import { createContext, Script } from 'node:vm';
import { type Health, type HealthExpressions, healthOf } from '@sluice/health';
import type { Instant } from '@sluice/kernel';

/** No condition on an object of a cluster takes a hundredth of it. */
const TIMEOUT_MS = 100;
const CALL = new Script('judge()');

/** Judges objects by the common rules and by users' expressions. These come from a repository and may take for ever on purpose: one that takes too long is not asked again until there are others. */
export class HealthJudge {
  private rules: readonly HealthExpressions[];
  private readonly endless = new Set<string>();

  constructor(private readonly own: readonly HealthExpressions[] = []) {
    this.rules = own;
  }

  /** Other rules than those of this machine, which count first. */
  use(rules: readonly HealthExpressions[]): void {
    this.rules = [...this.own, ...rules];
    this.endless.clear();
  }

  /** @param object JSON as the API server gives it */
  of(object: { readonly apiVersion?: unknown; readonly kind?: unknown }, value: unknown, now: Instant): Health {
    const { apiVersion, kind } = object;
    const rule = this.rules.find((one) => one.apiVersion === apiVersion && one.kind === kind);
    if (!rule) return healthOf(value, now);
    const key = `${rule.apiVersion} ${rule.kind}`;
    if (this.endless.has(key)) return tooLong(rule);
    const health = inTime(() => healthOf(value, now, [rule]));
    if (health) return health;
    this.endless.add(key);
    return tooLong(rule);
  }
}

const CONTEXT: { judge?: () => unknown } = createContext({});

/** @returns undefined when it takes too long: the deadline holds for all that the script calls, also for functions from outside */
function inTime<T>(judge: () => T): T | undefined {
  try {
    CONTEXT.judge = judge;
    return CALL.runInContext(CONTEXT, { timeout: TIMEOUT_MS }) as T;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ERR_SCRIPT_EXECUTION_TIMEOUT') return undefined;
    throw error;
  }
}

function tooLong({ apiVersion, kind }: HealthExpressions): Health {
  return { status: 'Unknown', reason: 'ExpressionError', message: `the expressions for the health of ${kind} (${apiVersion}) take longer than ${TIMEOUT_MS} ms` };
}
