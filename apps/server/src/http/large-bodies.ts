import { API } from '@sluice/contracts';
import type { Route } from '@sluice/contracts';
import { Unauthenticated } from '@sluice/kernel';
import type { FastifyInstance, FastifyRequest } from 'fastify';
import type { Credentials } from './credentials.js';
import type { FailureLimit } from './failure-limit.js';

const LARGE = new Map<string, Route>(Object.values<Route>(API).flatMap((route) => (route.maxBody === undefined ? [] : [[route.path, route] as const])));

/** Lets routes take the bodies that the contract allows them; of whoever has no credential for such a route nothing is read. Before any route is registered. */
export function takeLargeBodies(instance: FastifyInstance, credentials: Credentials, failures: FailureLimit): void {
  instance.addHook('onRoute', (route) => {
    const { maxBody } = LARGE.get(route.url) ?? {};
    if (maxBody !== undefined) route.bodyLimit = maxBody;
  });
  instance.addHook('onRequest', async (request) => {
    const route = LARGE.get(request.routeOptions.url ?? '');
    if (route) await checkCaller(request, route, { credentials, failures });
  });
}

async function checkCaller(request: FastifyRequest, { access }: Route, { credentials, failures }: { readonly credentials: Credentials; readonly failures: FailureLimit }): Promise<void> {
  try {
    // what the token is limited to is looked at when the body is there
    await credentials.caller(request, { access, scope: 'any', place: {} });
  } catch (error) {
    if (error instanceof Unauthenticated) await failures.count(request);
    throw error;
  }
}
