import { createParamDecorator, type ExecutionContext } from '@nestjs/common';
import type { Cluster, Credential, Person } from '@sluice/usecases';
import type { FastifyRequest } from 'fastify';

/** A person behind a request, and what they showed. */
export interface PersonCaller {
  readonly kind: 'person';
  readonly person: Person;
  readonly credential: Credential;
  /** The bot that calls for this person with a credential of its own. */
  readonly via?: 'slack';
}

/** An agent behind a request. */
export interface AgentCaller {
  readonly kind: 'agent';
  readonly cluster: Cluster;
}

export type Caller = PersonCaller | AgentCaller;

const callers = new WeakMap<FastifyRequest, Caller>();

export function rememberCaller(request: FastifyRequest, caller: Caller): void {
  callers.set(request, caller);
}

/** Undefined on routes that take no credential. */
export function callerOf(request: FastifyRequest): Caller | undefined {
  return callers.get(request);
}

/** The person who calls; only on routes that take a person's credential. */
export const Me = createParamDecorator((_: unknown, context: ExecutionContext): PersonCaller => {
  const caller = callers.get(context.switchToHttp().getRequest<FastifyRequest>());
  if (caller?.kind !== 'person') throw new TypeError('this route does not take the credential of a person');
  return caller;
});

/** The cluster whose agent calls; only on routes of agents. */
export const OwnCluster = createParamDecorator((_: unknown, context: ExecutionContext): Cluster => {
  const caller = callers.get(context.switchToHttp().getRequest<FastifyRequest>());
  if (caller?.kind !== 'agent') throw new TypeError('this route does not take the credential of an agent');
  return caller.cluster;
});
