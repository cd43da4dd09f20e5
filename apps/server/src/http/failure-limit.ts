import type { FastifyInstance, FastifyRequest } from 'fastify';
import { RateLimited } from './rate-limited.js';

const FAILURES_A_MINUTE = 120;

/** Bounds how often one address may show a credential that is not right. */
export class FailureLimit {
  private readonly check: ReturnType<FastifyInstance['createRateLimit']>;

  constructor(instance: FastifyInstance) {
    this.check = instance.createRateLimit({ max: FAILURES_A_MINUTE, timeWindow: 60_000, keyGenerator: (request) => request.ip });
  }

  /** @throws RateLimited once there were too many. */
  async count(request: FastifyRequest): Promise<void> {
    const limit = await this.check(request);
    if (!limit.isAllowed && limit.isExceeded) throw new RateLimited(limit.ttlInSeconds);
  }
}
