import { SluiceError } from '@sluice/kernel';

/** Too many requests; `retryAfter` in seconds. */
export class RateLimited extends SluiceError {
  readonly kind = 'rate-limited';

  constructor(readonly retryAfter: number) {
    super(`too many requests: try again in ${retryAfter} s`);
  }
}
