import { applyDecorators, HttpCode, RequestMapping, RequestMethod, SetMetadata } from '@nestjs/common';
import { placeOf, scopeOf, type Route as RouteContract } from '@sluice/contracts';
import type { RouteNeeds } from './credentials.js';

const NEEDS = Symbol('needs');

/** Mounts a handler on a route of the contract: its method, path, status and the credential that it takes. */
export function Route(route: RouteContract): MethodDecorator {
  return applyDecorators(
    RequestMapping({ path: route.path, method: RequestMethod[route.method] }),
    HttpCode(route.status ?? 200),
    SetMetadata(NEEDS, { access: route.access, scope: scopeOf(route), place: placeOf(route) } satisfies RouteNeeds),
  );
}

/** The credential that a handler takes; undefined for one that was not mounted by {@link Route}: nobody gets in there. */
export function needsOf(handler: object): RouteNeeds | undefined {
  return Reflect.getMetadata(NEEDS, handler) as RouteNeeds | undefined;
}
