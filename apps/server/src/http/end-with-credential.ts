import { Unauthenticated, type Instant } from '@sluice/kernel';
import { credentialTopic, type Credential, type Signals } from '@sluice/usecases';
import type { EventStream } from './event-stream.js';
import { follow } from './follow.js';

// how late a lost signal of a revocation is made good, at the latest
const LOOK_INTERVAL = 30_000;
// setTimeout takes no more
const LONGEST_TIMER = 2 ** 31 - 1;

interface Held {
  readonly credential: Credential;
  /** @throws Unauthenticated when the credential is no longer good. */
  readonly show: () => Promise<unknown>;
  readonly now: Instant;
  readonly failed: (error: unknown) => void;
}

/** A request is let in once, a stream stays open: it ends when what it was opened with is revoked (its owner signed out) or expires. */
export function endWithCredential(stream: EventStream, signals: Signals, { credential, show, now, failed }: Held): void {
  const look = async (): Promise<void> => {
    try {
      await show();
    } catch (error) {
      if (!(error instanceof Unauthenticated)) throw error;
      stream.end();
    }
  };
  const lookNow = follow(stream, signals, [credentialTopic(credential)], { interval: LOOK_INTERVAL, look, failed });
  if (credential.expiresAt === undefined) return;
  const timer = setTimeout(lookNow, Math.min(credential.expiresAt - now, LONGEST_TIMER));
  timer.unref();
  stream.onEnd(() => clearTimeout(timer));
}
