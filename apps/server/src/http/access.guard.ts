import type { CanActivate, ExecutionContext } from '@nestjs/common';
import { Unauthenticated } from '@sluice/kernel';
import type { FastifyRequest } from 'fastify';
import { rememberCaller } from './caller.js';
import type { Credentials } from './credentials.js';
import type { FailureLimit } from './failure-limit.js';
import { needsOf } from './route.js';

/** Lets a request through to a handler only with the credential that its route takes. A handler without a route of the contract is shut. */
export class AccessGuard implements CanActivate {
  constructor(
    private readonly credentials: Credentials,
    private readonly failures: FailureLimit,
  ) {}

  async canActivate(context: ExecutionContext): Promise<boolean> {
    const needs = needsOf(context.getHandler());
    if (needs === undefined) return false;
    const request = context.switchToHttp().getRequest<FastifyRequest>();
    try {
      const caller = await this.credentials.caller(request, needs);
      if (caller) rememberCaller(request, caller);
      return true;
    } catch (error) {
      if (error instanceof Unauthenticated) await this.failures.count(request);
      throw error;
    }
  }
}
