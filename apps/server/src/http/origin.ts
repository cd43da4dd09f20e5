import { AsyncLocalStorage } from 'node:async_hooks';
import type { CallHandler, ExecutionContext, NestInterceptor } from '@nestjs/common';
import type { AuditOrigin } from '@sluice/usecases';
import type { FastifyRequest } from 'fastify';
import { Observable } from 'rxjs';
import { doorOf } from '../api/door.js';
import { callerOf, type Caller } from './caller.js';

const scope = new AsyncLocalStorage<AuditOrigin>();

/** Who asks, in everything that a request does; undefined in what Sluice does by itself. */
export function currentOrigin(): AuditOrigin | undefined {
  return scope.getStore();
}

/** Runs work that somebody asked for by another way than a route of the contract. */
export function runAsked<T>(origin: AuditOrigin, work: () => Promise<T>): Promise<T> {
  return scope.run(origin, work);
}

/** Around every handler: what it writes is recorded with who asked, by which door and from where. */
export class OriginInterceptor implements NestInterceptor {
  intercept(context: ExecutionContext, next: CallHandler): Observable<unknown> {
    const request = context.switchToHttp().getRequest<FastifyRequest>();
    const caller = callerOf(request);
    const origin = caller ? originOf(caller, request) : ({ door: 'api', from: { address: request.ip } } as const);
    return new Observable((subscriber) => scope.run(origin, () => next.handle().subscribe(subscriber)));
  }
}

export function originOf(caller: Caller, { ip }: Pick<FastifyRequest, 'ip'>): AuditOrigin {
  if (caller.kind === 'agent') return { who: { kind: 'agent', name: caller.cluster.name }, door: 'agent', from: { address: ip } };
  const { person, credential } = caller;
  const { id, kind, label } = credential;
  return { who: { kind: 'person', name: person.name, credential: { id, kind, label } }, door: doorOf(caller), from: { address: ip } };
}
