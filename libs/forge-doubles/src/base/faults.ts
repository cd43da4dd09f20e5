import type { Answer } from './route.js';

/** What goes wrong with a call. */
export type Fault =
  /** Answered without any work. */
  | { readonly kind: 'answer'; readonly answer: Answer }
  /** Somebody does something right before the call is worked on. */
  | { readonly kind: 'meanwhile'; readonly happens: () => Promise<unknown> }
  /** Answered late. */
  | { readonly kind: 'latency'; readonly ms: number }
  /** Never answered, and nothing done. */
  | { readonly kind: 'silence' }
  /** The connection breaks before anything is done. */
  | { readonly kind: 'reset' }
  /** Done, but the connection breaks instead of an answer: nobody knows. */
  | { readonly kind: 'lost answer' }
  /** Done, but the connection breaks in the middle of the body. */
  | { readonly kind: 'cut off' }
  /** Done, but a proxy answers with the half of the body as if it were the whole. */
  | { readonly kind: 'half a body' };

/** What a fault chooses by. */
export interface Faulty {
  readonly method: string;
  /** Without the query. */
  readonly path: string;
}

export interface FaultRule {
  readonly fault: Fault;
  /** Which calls; without it all. */
  readonly of?: (call: Faulty) => boolean;
  /** How many of them; without it all. */
  readonly times?: number;
}

export class Faults {
  /** How many rules there have been. */
  injected = 0;
  private rules: { readonly rule: FaultRule; left: number }[] = [];

  /** @returns a function that takes the fault away */
  inject(rule: FaultRule): () => void {
    const entry = { rule, left: rule.times ?? Infinity };
    this.injected += 1;
    this.rules.push(entry);
    return () => {
      this.rules = this.rules.filter((one) => one !== entry);
    };
  }

  /** The faults of this call, each counted once. */
  take(call: Faulty): readonly Fault[] {
    const hit = this.rules.filter(({ rule, left }) => left > 0 && (rule.of?.(call) ?? true));
    for (const entry of hit) entry.left -= 1;
    return hit.map(({ rule }) => rule.fault);
  }
}
