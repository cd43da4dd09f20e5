import { API } from '@sluice/contracts';
import { openApiDocument } from './open-api.js';

describe('openApiDocument', () => {
  const document = openApiDocument(API);
  const paths = document['paths'] as Record<string, Record<string, { operationId: string; security: unknown[]; parameters: { name: string; required: boolean }[]; requestBody?: { content: Record<string, { schema: { properties: object } }> } }>>;

  it('has every route once', () => {
    const operations = Object.values(paths).flatMap((path) => Object.values(path).map(({ operationId }) => operationId));
    expect(operations.sort()).toEqual(Object.keys(API).sort());
  });

  it('describes parameters, bodies and credentials by the schemas that requests are checked with', () => {
    const approve = paths['/api/v1/repositories/{repository}/promotions/{promotion}/approve']?.['post'];
    expect(approve?.parameters.map(({ name, required }) => [name, required])).toEqual([['repository', true], ['promotion', true]]);
    expect(Object.keys(approve?.requestBody?.content['application/json']?.schema.properties ?? {})).toEqual(['digest', 'comment']);
    expect(approve?.security).toEqual([{ token: [] }, { session: [] }]);
    expect(paths['/api/v1/why']?.['get']?.parameters.every(({ required }) => !required)).toBe(true);
  });

  it('refers to nothing that it does not have', () => {
    const references = [...JSON.stringify(document).matchAll(/"\$ref":"([^"]*)"/g)].map(([, reference = '']) => reference);
    const missing = references.filter((reference) => reference.split('/').slice(1).reduce<unknown>((at, name) => (at as Record<string, unknown> | undefined)?.[name], document) === undefined);
    expect(references).toContain('#/components/schemas/Shared1');
    expect(missing).toEqual([]);
  });

  it('is a document that can be sent', () => {
    expect(JSON.parse(JSON.stringify(document))).toEqual(document);
  });
});
