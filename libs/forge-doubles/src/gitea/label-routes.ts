import { z } from 'zod';
import { route, type Route } from '../base/route.js';
import { failure, type GiteaParts, list, permissionOf, repositoryOf, REPO } from './parts.js';
import { labelJson } from './wire.js';

const SWAGGER = 'docs.gitea.com/api/#tag/issue/operation/';
const COLOR = /^#?[0-9a-f]{6}$/i;

/** Labels of a repository; their scope is that of issues. */
export function labelRoutes(parts: GiteaParts): readonly Route[] {
  return [
    route({
      method: 'GET',
      path: `${REPO}/labels`,
      docs: `${SWAGGER}issueListLabels`,
      query: z.strictObject({ page: z.coerce.number().int().min(1).optional(), limit: z.coerce.number().int().min(0).optional() }),
      handle: (call) => list(parts, call, [...repositoryOf(parts, call).labels].map(([id, name]) => labelJson(id, name))),
    }),
    route({
      method: 'POST',
      path: `${REPO}/labels`,
      docs: `${SWAGGER}issueCreateLabel`,
      body: z.strictObject({ name: z.string().min(1).max(50), color: z.string().regex(COLOR), description: z.string().max(200).optional() }),
      handle: (call) => {
        const repository = repositoryOf(parts, call);
        if (permissionOf(call) === 'read') throw failure(parts.world, 403, 'user should have a permission to write to a repo');
        const id = repository.parts.nextId();
        repository.labels.set(id, call.body.name);
        return { status: 201, body: labelJson(id, call.body.name) };
      },
    }),
  ];
}
