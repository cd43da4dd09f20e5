import { instant, type Instant } from '@sluice/kernel';

/** What a forge says about the quota that a call was counted against. */
export interface Rate {
  /** GitHub has several quotas: `core`, `search`, `graphql`, … */
  readonly resource?: string;
  readonly limit?: number;
  readonly used?: number;
  readonly remaining?: number;
  /** When it is full again, by our clock. */
  readonly resetAt?: Instant;
}

/** GitHub writes `x-ratelimit-*`, GitLab (and the IETF's draft) `ratelimit-*`; Gitea and Forgejo write none, but what stands before them may. */
const PREFIXES = ['x-ratelimit-', 'ratelimit-'];
/** What is larger is a time in seconds since the epoch, what is smaller a number of seconds. */
const LONGEST_WAIT = 1_000_000_000;

/** Reads what is there and has the form that is documented. */
export function readRate(headers: Headers, now: Instant): Rate {
  const number = (name: string): number | undefined => first(headers, name, /^\d{1,15}$/, Number);
  const reset = number('reset');
  return defined({
    resource: first(headers, 'resource', /^[\w-]{1,60}$/, String),
    limit: number('limit'),
    used: number('used') ?? number('observed'),
    remaining: number('remaining'),
    resetAt: reset === undefined ? undefined : resetAt(reset, headers, now),
  });
}

function first<T>(headers: Headers, name: string, form: RegExp, read: (text: string) => T): T | undefined {
  const text = PREFIXES.map((prefix) => headers.get(prefix + name)?.trim()).find((value) => value !== undefined && form.test(value));
  return text === undefined ? undefined : read(text);
}

/** By the forge's clock as far as it tells it: ours may be another. */
function resetAt(reset: number, headers: Headers, now: Instant): Instant {
  if (reset < LONGEST_WAIT) return instant(now + reset * 1_000);
  const theirs = Date.parse(headers.get('date') ?? '');
  return instant(Number.isNaN(theirs) ? reset * 1_000 : now + reset * 1_000 - theirs);
}

function defined(rate: { readonly [Key in keyof Rate]: Rate[Key] | undefined }): Rate {
  return Object.fromEntries(Object.entries(rate).filter(([, value]) => value !== undefined));
}
