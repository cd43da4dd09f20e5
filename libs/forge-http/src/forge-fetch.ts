import { setTimeout as sleep } from 'node:timers/promises';
import { AtMost, SluiceError, Unavailable, type Clock, type Instant } from '@sluice/kernel';
import type { ForgeMemory } from '@sluice/usecases';
import { EtagMemory } from './etag-memory.js';
import { exhaustedUntil, refusedUntil } from './pause.js';
import { QuietTime, busy } from './quiet-time.js';
import { readRate, type Rate } from './rate-headers.js';
import { Passing, readAnswer, toResponse, type Answer } from './read-answer.js';
import { redirected, type Call } from './redirect.js';
import { backOff, isPassing, isRepeatable } from './retry.js';
import { routeOf } from './route.js';
import { TokenBucket, type BucketLimits } from './token-bucket.js';
import { withoutSecrets } from './without-secrets.js';

export interface ForgeLimits extends BucketLimits {
  /** Milliseconds for a call with its redirects and retries; waiting for its turn comes on top. */
  readonly deadline: number;
  /** Calls at the same time. */
  readonly concurrency: number;
  /** Attempts of a call that may be repeated. */
  readonly attempts: number;
  /** Bytes of an answer. */
  readonly maxBytes: number;
  /** Bytes of an answer that is still remembered with its ETag. */
  readonly rememberedBytes: number;
}

const LIMITS: ForgeLimits = { rate: 10, burst: 60, queue: 300, deadline: 30_000, concurrency: 10, attempts: 3, maxBytes: 16 * 1_048_576, rememberedBytes: 65_536 };
const MAX_REDIRECTS = 5;

/** One call as it went over the wire. */
export interface ForgeCall {
  readonly method: string;
  /** The path without what is particular in it. */
  readonly route: string;
  /** undefined: no answer came, or none that is whole. */
  readonly status?: number;
  readonly rate?: Rate;
  /** The forge wants fewer calls: GitHub says so with 403, too. */
  readonly limited?: true;
}

export interface ForgeFetchOptions {
  readonly fetch: typeof fetch;
  readonly memory: ForgeMemory;
  readonly clock: Clock;
  /** Tells apart credentials that share one memory, such as the installations of a GitHub App. Never the credential itself. */
  readonly credentialKey?: string;
  readonly limits?: Partial<ForgeLimits>;
  readonly onCall?: (call: ForgeCall) => void;
}

/**
 * A `fetch` for one credential of a forge, with what every forge needs: a deadline, turns (token bucket), pauses that the forge asks for and other processes keep as well, retries of what only reads,
 * whole answers, redirects that do not carry the credential away, and what has not changed out of the memory. An answer that comes is one that the forge meant: status 200 to 499.
 *
 * It throws (Octokit and others put these below a `cause` of their own errors):
 * @throws Busy when the forge wants no calls until a time, also without asking it
 * @throws Unavailable when it does not answer in time, or only by a fault (5xx) or a part of an answer
 */
export function createForgeFetch(options: ForgeFetchOptions): typeof fetch {
  const forge = new ForgeFetch(options);
  return (input, init) => forge.fetch(new Request(input, init), init?.redirect);
}

class ForgeFetch {
  private readonly limits: ForgeLimits;
  private readonly bucket: TokenBucket;
  private readonly places: AtMost;
  private readonly quiet: QuietTime;
  private readonly etags: EtagMemory;

  constructor(private readonly options: ForgeFetchOptions) {
    this.limits = { ...LIMITS, ...options.limits };
    this.bucket = new TokenBucket(this.limits);
    this.places = new AtMost(this.limits.concurrency);
    const suffix = options.credentialKey === undefined ? '' : `:${options.credentialKey}`;
    this.quiet = new QuietTime(options.memory, `busy${suffix}`, options.clock);
    this.etags = new EtagMemory(options.memory, `etag${suffix}:`, this.limits.rememberedBytes);
  }

  async fetch(request: Request, redirect: RequestInit['redirect']): Promise<Response> {
    const body = request.body === null ? undefined : new Uint8Array(await request.arrayBuffer());
    const asked: Call = { method: request.method, url: new URL(request.url), headers: request.headers, ...(body && { body }) };
    await this.turn(asked.url.host, request.signal);
    const { call, remembered } = await this.etags.conditional(asked);
    const answer = await this.places.run(() => this.answered(call, request.signal, redirect !== 'manual'));
    if (answer.status === 304 && remembered) return toResponse(remembered, call.url);
    await this.etags.keep(asked, answer);
    return toResponse(answer, call.url);
  }

  private async turn(host: string, signal: AbortSignal): Promise<void> {
    await this.quiet.check(host);
    const wait = this.bucket.take(this.options.clock());
    if (wait > 0) await sleep(wait, undefined, { signal });
  }

  private async answered(call: Call, cancelled: AbortSignal, follow: boolean): Promise<Answer> {
    const deadline = AbortSignal.timeout(this.limits.deadline);
    const signal = AbortSignal.any([cancelled, deadline]);
    for (let attempt = 1; ; attempt += 1) {
      // another call may have been told to stop while this one waited
      this.quiet.checkKnown(call.url.host);
      const outcome = await this.attempt(call, signal, follow);
      if (!(outcome instanceof Unavailable)) return outcome;
      cancelled.throwIfAborted();
      if (deadline.aborted) throw new Unavailable(`${call.url.host} has not answered within ${this.limits.deadline / 1_000} s`);
      if (!(outcome instanceof Passing) || !isRepeatable(call.method) || attempt >= this.limits.attempts) throw outcome;
      const wait = backOff(attempt, Math.random()) + this.bucket.take(this.options.clock());
      // an end of the time is seen by the next attempt
      await sleep(wait, undefined, { signal }).catch(() => undefined);
    }
  }

  /** What is worth another attempt is given back, not thrown. */
  private async attempt(call: Call, signal: AbortSignal, follow: boolean): Promise<Answer | Unavailable> {
    let current = call;
    for (let redirects = 0; redirects <= MAX_REDIRECTS; redirects += 1) {
      const answer = await this.once(current, signal);
      if (answer instanceof Unavailable) return answer;
      const next = follow ? redirected(current, answer.status, answer.headers.get('location')) : undefined;
      if (!next) return answer;
      current = next;
    }
    return new Unavailable(`${call.url.host} redirects more than ${MAX_REDIRECTS} times`);
  }

  private async once(call: Call, signal: AbortSignal): Promise<Answer | Unavailable> {
    const { host } = call.url;
    const answer = await this.send(call, signal);
    if (answer instanceof Unavailable) {
      this.count(call, {});
      return answer;
    }
    const rate = readRate(answer.headers, this.options.clock());
    const refused = refusedUntil({ status: answer.status, headers: answer.headers, rate, body: beginningOf(answer) }, this.options.clock());
    this.count(call, { status: answer.status, rate, ...(refused !== undefined && { limited: true }) });
    await this.heed(host, refused, rate);
    if (answer.status < 500) return answer;
    const fault = `${host} answers with status ${answer.status}${saidIn(answer, call.headers)}`;
    return isPassing(answer.status) ? new Passing(fault) : new Unavailable(fault);
  }

  private async send({ method, url, headers, body }: Call, signal: AbortSignal): Promise<Answer | Unavailable> {
    try {
      const response = await this.options.fetch(url.href, { method, headers: [...headers], redirect: 'manual', signal, ...(body && { body }) });
      return await readAnswer(response, { method, host: url.host, maxBytes: this.limits.maxBytes });
    } catch (error) {
      if (error instanceof Unavailable) return error;
      const refusal = ourError(error);
      if (refusal) throw refusal;
      // The cause itself is left out: nobody knows what a client writes into it.
      return new Passing(`${url.host} cannot be reached: ${withoutSecrets(error, headers)}`);
    }
  }

  /** @throws Busy */
  private async heed(host: string, refused: Instant | undefined, rate: Rate): Promise<void> {
    const until = refused ?? exhaustedUntil(rate, this.options.clock());
    if (until !== undefined) await this.quiet.begin(until);
    if (refused !== undefined) throw busy(host, refused);
  }

  private count({ method, url }: Call, outcome: Pick<ForgeCall, 'status' | 'limited'> & { readonly rate?: Rate }): void {
    this.options.onCall?.({ method, route: routeOf(url), ...outcome });
  }
}

function beginningOf({ body }: Answer): string {
  return Buffer.from(body.subarray(0, 4_096)).toString('utf8');
}

/** `: why`, where the forge explains its fault: all of them write a `message`. */
function saidIn(answer: Answer, headers: Headers): string {
  const message = /"message"\s*:\s*"((?:[^"\\]|\\.){1,500})"/.exec(beginningOf(answer))?.[1];
  return message === undefined ? '' : `: ${withoutSecrets(message, headers)}`;
}

/** What the way out says of its own, such as that an address is not allowed; `fetch` puts it below an error of its own. */
function ourError(error: unknown): SluiceError | undefined {
  const candidates = [error, error instanceof Error ? error.cause : undefined];
  return candidates.find((candidate) => candidate instanceof SluiceError);
}
