import { z } from 'zod';
import { route, type Route } from '../base/route.js';
import type { Hook } from '../base/records.js';
import { administrated, counted, doer, failure, type GiteaParts, notFound, REPO } from './parts.js';
import { time } from './wire.js';

const page = { page: z.coerce.number().int().min(1).optional(), limit: z.coerce.number().int().min(0).optional() };
const SWAGGER = 'docs.gitea.com/api/#tag/repository/operation/';
const config = z.strictObject({ url: z.url(), content_type: z.enum(['json', 'form']), secret: z.string() });
const settings = { config, events: z.array(z.string()), active: z.boolean(), branch_filter: z.string().optional() };

export function hookRoutes(parts: GiteaParts): readonly Route[] {
  return [listRoute(parts), createRoute(parts), editRoute(parts), deleteRoute(parts)];
}

function listRoute(parts: GiteaParts): Route {
  return route({ method: 'GET', path: `${REPO}/hooks`, docs: `${SWAGGER}repoListHooks`, query: z.strictObject(page), handle: (call) => counted(parts, call, [...administrated(parts, call).hooks.values()].map(hookJson)) });
}

function createRoute(parts: GiteaParts): Route {
  return route({
    method: 'POST',
    path: `${REPO}/hooks`,
    docs: `${SWAGGER}repoCreateHook`,
    body: z.strictObject({ type: z.string(), ...settings }),
    handle: (call) => {
      const repository = administrated(parts, call);
      const { type, config: { url, secret }, events, active } = call.body;
      if (!parts.dialect.hookTypes.includes(type)) throw failure(parts.world, 422, `Invalid hook type: ${type}`);
      return { status: 201, body: hookJson(repository.addHook({ url, secret, events, active, settings: { type } }, doer(call))) };
    },
  });
}

function editRoute(parts: GiteaParts): Route {
  return route({
    method: 'PATCH',
    path: `${REPO}/hooks/{id}`,
    docs: `${SWAGGER}repoEditHook`,
    body: z.strictObject(settings),
    handle: (call) => {
      const hook = administrated(parts, call).hooks.get(Number(call.params['id']));
      if (!hook) throw notFound(parts.world);
      const { config: { url, secret }, events, active } = call.body;
      return { status: 200, body: hookJson(Object.assign(hook, { url, secret, events, active })) };
    },
  });
}

function deleteRoute(parts: GiteaParts): Route {
  return route({
    method: 'DELETE',
    path: `${REPO}/hooks/{id}`,
    docs: `${SWAGGER}repoDeleteHook`,
    handle: (call) => {
      if (!administrated(parts, call).hooks.delete(Number(call.params['id']))) throw notFound(parts.world);
      return { status: 204 };
    },
  });
}

/** `Hook`: without the secret. */
function hookJson({ id, url, events, active, settings: { type }, createdAt }: Hook) {
  return { id, type, config: { content_type: 'json', url }, events, active, authorization_header: '', branch_filter: '', created_at: time(createdAt), updated_at: time(createdAt) };
}
