import { applyDecorators, HttpCode, RequestMapping, RequestMethod, SetMetadata } from '@nestjs/common';
import type { Access, Route as RouteContract } from '@sluice/contracts';

const ACCESS = Symbol('access');

/** Mounts a handler on a route of the contract: its method, path, status and the credential that it takes. */
export function Route(route: RouteContract): MethodDecorator {
  return applyDecorators(
    RequestMapping({ path: route.path, method: RequestMethod[route.method] }),
    HttpCode(route.status ?? 200),
    SetMetadata(ACCESS, route.access),
  );
}

/** The credential that a handler takes; undefined for one that was not mounted by {@link Route}: nobody gets in there. */
export function accessOf(handler: object): Access | undefined {
  return Reflect.getMetadata(ACCESS, handler) as Access | undefined;
}
