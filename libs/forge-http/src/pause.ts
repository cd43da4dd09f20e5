import { instant, type Instant } from '@sluice/kernel';
import type { Rate } from './rate-headers.js';

/** As much of an answer as says whether the forge wants a pause. */
export interface PauseEvidence {
  readonly status: number;
  readonly headers: Headers;
  readonly rate: Rate;
  readonly body: string;
}

/** Milliseconds where the forge does not say for how long; GitHub's documentation names a minute. */
const PAUSE = 60_000;
const SHORTEST_PAUSE = 1_000;
/** What is longer nobody means. */
const LONGEST_PAUSE = 24 * 60 * 60_000;
/** GitHub's secondary limits have no header of their own: "You have exceeded a secondary rate limit", before 2021 "abuse detection mechanism". */
const SECONDARY = /secondary rate limit|abuse detection/i;
/** GraphQL says it with status 200. */
const GRAPHQL_LIMIT = /"type"\s*:\s*"RATE_LIMITED"/;

/** Until when the forge wants no calls because of this answer. undefined: it has answered, be it with an error. */
export function refusedUntil(evidence: PauseEvidence, now: Instant): Instant | undefined {
  if (!isRefusal(evidence)) return undefined;
  return bounded(retryAfter(evidence.headers, now) ?? (evidence.rate.remaining === 0 ? evidence.rate.resetAt : undefined) ?? instant(now + PAUSE), now);
}

/** Until when no further call should be made after an answer that was still given: the quota that most calls count against is used up. */
export function exhaustedUntil({ remaining, resource = 'core', resetAt }: Rate, now: Instant): Instant | undefined {
  return remaining === 0 && resource === 'core' && resetAt !== undefined && resetAt > now ? bounded(resetAt, now) : undefined;
}

function isRefusal({ status, headers, rate, body }: PauseEvidence): boolean {
  if (status === 429) return true;
  if (status === 200) return rate.remaining === 0 && GRAPHQL_LIMIT.test(body);
  if (status < 400) return false;
  if (headers.has('retry-after')) return true;
  return status === 403 && (rate.remaining === 0 || SECONDARY.test(body));
}

/** Seconds or a date (RFC 9110, 10.2.3). */
function retryAfter(headers: Headers, now: Instant): Instant | undefined {
  const text = headers.get('retry-after')?.trim();
  if (text === undefined) return undefined;
  const at = /^\d{1,9}$/.test(text) ? now + Number(text) * 1_000 : Date.parse(text);
  return Number.isNaN(at) ? undefined : instant(at);
}

function bounded(until: Instant, now: Instant): Instant {
  return instant(Math.min(Math.max(until, now + SHORTEST_PAUSE), now + LONGEST_PAUSE));
}
