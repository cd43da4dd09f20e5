import { createHmac, randomBytes, timingSafeEqual } from 'node:crypto';
import { instant, later } from '@sluice/kernel';
import type { Clock, Instant } from '@sluice/kernel';
import type { Settings } from '../ports/index.js';

/** Agents sign over a time of the server's, so that only the server's clock counts. In milliseconds. */
export const NONCE_LIFETIME = 15 * 60_000;
const KEY_SETTING = 'agent-nonce-key';

/**
 * Nonces that need no memory: `<time>.<HMAC of it>` under a key that all replicas share. Within its lifetime one can be used often: it makes tokens short-lived, it does not count them.
 */
export class ServerNonce {
  private constructor(
    private readonly key: Buffer,
    private readonly clock: Clock,
  ) {}

  static async create(settings: Settings, clock: Clock): Promise<ServerNonce> {
    const key = await settings.init(KEY_SETTING, randomBytes(32).toString('base64url'));
    return new ServerNonce(Buffer.from(key, 'base64url'), clock);
  }

  issue(): { readonly nonce: string; readonly expiresAt: Instant } {
    const now = this.clock();
    return { nonce: `${now}.${this.tag(String(now)).toString('base64url')}`, expiresAt: later(now, NONCE_LIFETIME) };
  }

  /** Until when the nonce is good; undefined when it is not ours or has expired. */
  expiry(nonce: string): Instant | undefined {
    const [time, tag, ...rest] = nonce.split('.');
    if (time === undefined || tag === undefined || rest.length > 0 || !/^\d{1,15}$/.test(time)) return undefined;
    const given = Buffer.from(tag, 'base64url');
    const wanted = this.tag(time);
    if (given.length !== wanted.length || !timingSafeEqual(given, wanted)) return undefined;
    const issued = instant(Number(time));
    const expiry = later(issued, NONCE_LIFETIME);
    return this.clock() < expiry ? expiry : undefined;
  }

  private tag(time: string): Buffer {
    return createHmac('sha256', this.key).update(`sluice agent nonce ${time}`).digest();
  }
}
