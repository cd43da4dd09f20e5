import { problem, type Access, type Route } from '@sluice/contracts';
import { z } from 'zod';

type Json = Record<string, unknown>;

const SECURITY: Readonly<Record<Access, readonly Json[]>> = { public: [], login: [], join: [], person: [{ token: [] }, { session: [] }], admin: [{ token: [] }, { session: [] }], bot: [{ token: [] }], agent: [{ agent: [] }] };
const SCHEMES: Json = {
  token: { type: 'http', scheme: 'bearer', description: 'An API token: `sluice login` makes one' },
  session: { type: 'apiKey', in: 'cookie', name: 'sluice', description: '`__Host-sluice` over https' },
  agent: { type: 'http', scheme: 'bearer', bearerFormat: 'JWT', description: 'EdDSA by the enrolled key, over a nonce of the server' },
};

/** The OpenAPI document of a table of routes, from the very schemas that requests are checked with. */
export function openApiDocument(routes: Readonly<Record<string, Route>>): Json {
  const paths: Record<string, Json> = {};
  for (const [name, route] of Object.entries(routes)) {
    const path = route.path.replace(/:([a-z]+)/gi, '{$1}');
    paths[path] = { ...paths[path], [route.method.toLowerCase()]: operation(name, route) };
  }
  return { openapi: '3.1.0', info: { title: 'Sluice', version: '1' }, paths, components: { securitySchemes: SCHEMES, schemas: { Problem: jsonSchema(problem) } } };
}

function operation(name: string, route: Route): Json {
  return {
    operationId: name,
    summary: route.summary,
    tags: [route.path.startsWith('/agent/') ? 'agent' : route.path.startsWith('/api/') ? 'api' : 'operations'],
    security: SECURITY[route.access],
    parameters: [...parameters('path', route.params), ...parameters('query', route.query)],
    ...(route.body && { requestBody: { required: true, content: { 'application/json': { schema: jsonSchema(route.body) } } } }),
    responses: { [String(route.status ?? 200)]: success(route), default: { description: 'A problem document', content: { 'application/problem+json': { schema: { $ref: '#/components/schemas/Problem' } } } } },
  };
}

function success(route: Route): Json {
  if (route.stream) return { description: 'An event stream', content: { 'text/event-stream': { schema: { type: 'string' } } } };
  if (route.reply) return { description: 'Success', content: { 'application/json': { schema: jsonSchema(route.reply) } } };
  return { description: 'Success' };
}

function parameters(place: 'path' | 'query', schema: z.ZodType | undefined): readonly Json[] {
  if (!(schema instanceof z.ZodObject)) return [];
  return Object.entries<z.ZodType>(schema.shape).map(([name, field]) => ({ name, in: place, required: place === 'path' || !field.isOptional(), schema: jsonSchema(field) }));
}

// of what a client sends: the brands of our identifiers exist only behind it
function jsonSchema(schema: z.ZodType): Json {
  const { $schema: _draft, ...rest } = z.toJSONSchema(schema, { io: 'input', target: 'draft-2020-12', unrepresentable: 'any' });
  return rest;
}
