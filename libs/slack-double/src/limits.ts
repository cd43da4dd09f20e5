/** Calls a minute by tier: https://docs.slack.dev/apis/web-api/rate-limits. `special` of chat.postMessage is one a second and channel. */
const PER_MINUTE = { 1: 10, 2: 20, 3: 50, 4: 100 } as const;
export type Tier = keyof typeof PER_MINUTE | 'post' | 'unlimited';

const MINUTE = 60_000;
const SECOND = 1_000;

/** Counts calls as Slack does, by method (and channel, for posts); more than its documents promise is refused. Tier 1 bears with a burst of ten. */
export class Limits {
  private readonly calls = new Map<string, number[]>();

  /** `scale`: how much shorter a second is in this test. */
  constructor(private readonly scale: number) {}

  /** @returns whole seconds to wait, or `undefined` when the call is let through. */
  take(method: string, tier: Tier, channel: string | undefined, now: number): number | undefined {
    if (tier === 'unlimited') return undefined;
    // a post a second: two in two seconds, so that a slow network is no burst
    const [key, window, most] = tier === 'post' ? [`${method} ${channel}`, 2 * SECOND, 2] : [method, MINUTE, PER_MINUTE[tier]];
    const recent = (this.calls.get(key) ?? []).filter((at) => at > now - window * this.scale);
    if (recent.length >= most) return Math.max(1, Math.ceil(((recent[0] ?? now) + window * this.scale - now) / SECOND));
    this.calls.set(key, [...recent, now]);
    return undefined;
  }
}
