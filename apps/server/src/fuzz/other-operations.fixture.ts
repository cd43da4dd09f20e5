import type { Operation } from './requests.fixture.js';
import type { Schema } from './values.fixture.js';

const TEXT: Schema = { type: 'string' };
const inPath = (name: string) => ({ name, in: 'path', required: true, schema: TEXT }) as const;
const inQuery = (name: string) => ({ name, in: 'query', required: false, schema: TEXT }) as const;
const JSON_BODY = { content: { 'application/json': { schema: { type: 'object', properties: { ref: TEXT, repository: { type: 'object', properties: { full_name: TEXT } } } } as const } } };

type Other = Pick<Operation, 'method' | 'path'> & Partial<Operation>;

/** Routes that are in no OpenAPI document: what browsers, git and forges call. */
export const OTHER_OPERATIONS: readonly Operation[] = (
  [
    { method: 'POST', path: '/webhooks/{repository}', parameters: [inPath('repository')], requestBody: JSON_BODY },
    { method: 'GET', path: '/git/{repository}.git/info/refs', parameters: [inPath('repository'), inQuery('service')] },
    { method: 'GET', path: '/git/{repository}.git/{object}', parameters: [inPath('repository'), inPath('object')] },
    { method: 'POST', path: '/git/{repository}.git/git-upload-pack', parameters: [inPath('repository')], requestBody: JSON_BODY },
    { method: 'POST', path: '/git/{repository}.git/git-receive-pack', parameters: [inPath('repository')], requestBody: JSON_BODY },
    { method: 'GET', path: '/oidc/start', parameters: [inQuery('next')] },
    { method: 'GET', path: '/oidc/callback', parameters: [inQuery('code'), inQuery('state'), inQuery('error')] },
    { method: 'GET', path: '/forge-accounts/start', parameters: [inQuery('credential')] },
    { method: 'POST', path: '/forge-accounts/start', parameters: [inQuery('credential')] },
    { method: 'GET', path: '/forge-accounts/callback', parameters: [inQuery('code'), inQuery('state'), inQuery('error')] },
    { method: 'GET', path: '/{page}', parameters: [inPath('page')] },
    { method: 'GET', path: '/assets/{page}', parameters: [inPath('page')] },
    { method: 'GET', path: '/api/v1/{page}', parameters: [inPath('page')] },
  ] satisfies readonly Other[]
).map((operation: Other) => ({ operationId: `${operation.method} ${operation.path}`, security: [], parameters: [], responses: {}, ...operation }));
