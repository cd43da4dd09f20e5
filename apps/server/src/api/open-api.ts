import { problem, scopeOf, type Access, type Route } from '@sluice/contracts';
import { z } from 'zod';
import { DocumentSchemas, type Json } from './document-schemas.js';

const SECURITY: Readonly<Record<Access, readonly Json[]>> = { public: [], login: [], join: [], person: [{ token: [] }, { session: [] }], admin: [{ token: [] }, { session: [] }], service: [{ token: [] }], agent: [{ agent: [] }] };
const SCHEMES: Json = {
  token: { type: 'http', scheme: 'bearer', description: 'An API token: `sluice login` makes one' },
  session: { type: 'apiKey', in: 'cookie', name: 'sluice', description: '`__Host-sluice` over https' },
  agent: { type: 'http', scheme: 'bearer', bearerFormat: 'JWT', description: 'EdDSA by the enrolled key, over a nonce of the server' },
};

/** The OpenAPI document of a table of routes, from the very schemas that requests are checked with. */
export function openApiDocument(routes: Readonly<Record<string, Route>>): Json {
  const paths: Record<string, Json> = {};
  const schemas = new DocumentSchemas();
  for (const [name, route] of Object.entries(routes)) {
    const path = route.path.replace(/:([a-z]+)/gi, '{$1}');
    paths[path] = { ...paths[path], [route.method.toLowerCase()]: operation(name, route, schemas) };
  }
  return { openapi: '3.1.0', info: { title: 'Sluice', version: '1' }, paths, components: { securitySchemes: SCHEMES, schemas: { Problem: schemas.of(problem), ...schemas.shared } } };
}

function operation(name: string, route: Route, schemas: DocumentSchemas): Json {
  return {
    operationId: name,
    summary: route.summary,
    ...(['person', 'admin', 'service'].includes(route.access) && { 'x-sluice-scope': scopeOf(route) }),
    tags: [route.path.startsWith('/agent/') ? 'agent' : route.path.startsWith('/api/') ? 'api' : 'operations'],
    security: SECURITY[route.access],
    parameters: [...parameters('path', route.params, schemas), ...parameters('query', route.query, schemas)],
    ...(route.body && { requestBody: { required: true, content: { 'application/json': { schema: schemas.of(route.body) } } } }),
    responses: { [String(route.status ?? 200)]: success(route, schemas), default: { description: 'A problem document', content: { 'application/problem+json': { schema: { $ref: '#/components/schemas/Problem' } } } } },
  };
}

function success(route: Route, schemas: DocumentSchemas): Json {
  if (route.stream) return { description: 'An event stream', content: { 'text/event-stream': { schema: { type: 'string' } } } };
  if (route.reply) return { description: 'Success', content: { 'application/json': { schema: schemas.of(route.reply) } } };
  return { description: 'Success' };
}

function parameters(place: 'path' | 'query', schema: z.ZodType | undefined, schemas: DocumentSchemas): readonly Json[] {
  if (!(schema instanceof z.ZodObject)) return [];
  return Object.entries<z.ZodType>(schema.shape).map(([name, field]) => ({ name, in: place, required: place === 'path' || !field.isOptional(), schema: schemas.of(field) }));
}
