import { ApiError, tooManyRequests } from './api-error.js';
import type { ParsedRequest } from './parse-request.js';

/** What goes wrong with a request. */
export type Fault =
  /** Answered late. */
  | { readonly kind: 'latency'; readonly ms: number }
  /** https://kubernetes.io/docs/concepts/cluster-administration/flow-control/: too many requests, with `Retry-After`. */
  | { readonly kind: 'throttled'; readonly retryAfterSeconds: number }
  | { readonly kind: 'error'; readonly code: 409 | 500 | 503 | 504 }
  /** The connection breaks before an answer. */
  | { readonly kind: 'reset' }
  /** Never answered. */
  | { readonly kind: 'silence' }
  /** Done, but the connection breaks instead of an answer: nobody knows. */
  | { readonly kind: 'lost answer' }
  /** A list that comes back with no items. */
  | { readonly kind: 'empty list' };

export interface FaultRule {
  readonly fault: Fault;
  /** Which requests; without it all. */
  readonly of?: (request: ParsedRequest) => boolean;
  /** How many of them; without it all. */
  readonly times?: number;
}

export class Faults {
  private rules: { rule: FaultRule; left: number }[] = [];

  /** @returns a function that takes the fault away */
  inject(rule: FaultRule): () => void {
    const entry = { rule, left: rule.times ?? Infinity };
    this.rules.push(entry);
    return () => {
      this.rules = this.rules.filter((one) => one !== entry);
    };
  }

  /** The faults of this request, each counted once. */
  take(request: ParsedRequest): Fault[] {
    const hit = this.rules.filter(({ rule, left }) => left > 0 && (rule.of?.(request) ?? true));
    for (const entry of hit) entry.left -= 1;
    return hit.map(({ rule }) => rule.fault);
  }
}

export function errorOf(fault: Fault): ApiError | undefined {
  if (fault.kind === 'throttled') return tooManyRequests(fault.retryAfterSeconds);
  if (fault.kind !== 'error') return undefined;
  // https://kubernetes.io/docs/reference/using-api/api-concepts/#updates-to-existing-resources
  if (fault.code === 409) return new ApiError(409, 'Conflict', 'Operation cannot be fulfilled: the object has been modified; please apply your changes to the latest version and try again');
  if (fault.code === 503) return new ApiError(503, 'ServiceUnavailable', 'the server is currently unable to handle the request');
  if (fault.code === 504) return new ApiError(504, 'Timeout', 'the server was unable to return a response in the time allotted, but may still be processing the request');
  return new ApiError(500, 'InternalError', 'Internal error occurred: etcdserver: leader changed', { details: { causes: [{ message: 'etcdserver: leader changed' }] } });
}
