import type { JsonObject } from './api/json.js';
import { Client } from './double-client.fixture.js';
import { KubernetesDouble } from './kubernetes-double.js';

const DEFINITIONS = '/apis/apiextensions.k8s.io/v1/customresourcedefinitions';
const SHOPS = '/apis/example.com/v1/namespaces/default/shops';

function definition(schema: JsonObject): JsonObject {
  const spec = { type: 'object', properties: { spec: schema, status: { type: 'object', 'x-kubernetes-preserve-unknown-fields': true } } };
  const version = { name: 'v1', served: true, storage: true, schema: { openAPIV3Schema: spec }, subresources: { status: {} } };
  return {
    apiVersion: 'apiextensions.k8s.io/v1',
    kind: 'CustomResourceDefinition',
    metadata: { name: 'shops.example.com' },
    spec: { group: 'example.com', scope: 'Namespaced', names: { plural: 'shops', kind: 'Shop' }, versions: [version] },
  };
}

const SCHEMA: JsonObject = {
  type: 'object',
  required: ['size'],
  properties: {
    size: { type: 'integer', minimum: 1 },
    tier: { type: 'string', enum: ['small', 'large'], default: 'small' },
    shelves: { type: 'array', 'x-kubernetes-list-type': 'map', 'x-kubernetes-list-map-keys': ['id'], items: { type: 'object', required: ['id'], properties: { id: { type: 'string' }, rows: { type: 'integer' } } } },
  },
};

function shop(spec: JsonObject): JsonObject {
  return { apiVersion: 'example.com/v1', kind: 'Shop', metadata: { name: 'corner' }, spec };
}

describe('custom resources', () => {
  let double: KubernetesDouble;
  let client: Client;

  beforeEach(async () => {
    double = await KubernetesDouble.start();
    client = new Client(double);
  });

  afterEach(async () => {
    await client.close();
    await double.stop();
  });

  async function define(): Promise<void> {
    await client.post(DEFINITIONS, definition(SCHEMA));
    await double.cluster.settled();
  }

  it('are served once their definition is established', async () => {
    double.cluster.pause();
    expect(await client.apply(`${DEFINITIONS}/shops.example.com`, definition(SCHEMA))).toMatchObject({ code: 201 });
    expect((await client.ask(SHOPS)).code).toBe(404);
    double.cluster.resume();
    await double.cluster.settled();
    const { body } = await client.ask(`${DEFINITIONS}/shops.example.com`);
    expect(body).toMatchObject({ status: { conditions: [{ type: 'NamesAccepted', status: 'True' }, { type: 'Established', status: 'True' }], storedVersions: ['v1'] } });
    expect(await client.ask(SHOPS)).toMatchObject({ code: 200, body: { kind: 'ShopList', items: [] } });
    expect((await client.ask('/apis/example.com/v1')).body).toMatchObject({ resources: [{ name: 'shops', singularName: 'shop' }, { name: 'shops/status' }] });
  });

  it('are defaulted, pruned and checked by their schema', async () => {
    await define();
    const created = await client.post(SHOPS, shop({ size: 2, colour: 'red' }));
    expect(created).toMatchObject({ code: 201, body: { metadata: { generation: 1 }, spec: { size: 2, tier: 'small' } } });
    expect(created.body).not.toHaveProperty('spec.colour');
    expect(await client.ask(`${SHOPS}?fieldValidation=Strict`, { method: 'POST', body: shop({ size: 2, colour: 'red' }) })).toMatchObject({ code: 400, body: { message: expect.stringContaining('strict decoding error: unknown field "spec.colour"') } });
    const path = `${SHOPS}/corner`;
    expect(await client.merge(path, { spec: { size: 0 } })).toMatchObject({ code: 422, body: { message: expect.stringContaining('spec.size in body should be greater than or equal to 1') } });
    expect(await client.merge(path, { spec: { size: 'big' } })).toMatchObject({ code: 422, body: { details: { causes: [{ reason: 'FieldValueTypeInvalid', field: 'spec.size' }] } } });
    expect(await client.merge(path, { spec: { tier: 'huge' } })).toMatchObject({ code: 422, body: { details: { causes: [{ reason: 'FieldValueNotSupported' }] } } });
    expect(await client.merge(path, { spec: { size: null } })).toMatchObject({ code: 422, body: { message: 'Shop.example.com "corner" is invalid: spec.size: Required value' } });
    expect(await client.put(path, shop({ size: 3 }))).toMatchObject({ code: 422, body: { message: expect.stringContaining('must be specified for an update') } });
  });

  it('are applied with the list types of their schema, and have a status of its own', async () => {
    await define();
    const path = `${SHOPS}/corner`;
    await client.apply(path, shop({ size: 1, shelves: [{ id: 'a', rows: 1 }] }));
    await client.apply(path, { ...shop({ shelves: [{ id: 'b', rows: 2 }] }) }, 'fieldManager=other');
    const { body } = await client.apply(path, shop({ size: 1, shelves: [{ id: 'a', rows: 3 }] }));
    expect(body).toMatchObject({ spec: { shelves: [{ id: 'a', rows: 3 }, { id: 'b', rows: 2 }] } });
    const status = await client.merge(`${path}/status`, { status: { open: true }, spec: { size: 9 } });
    expect(status.body).toMatchObject({ spec: { size: 1 }, status: { open: true }, metadata: { generation: (body['metadata'] as { generation: number }).generation } });
    expect(await client.apply(path, shop({ size: 1, colour: 'red' }))).toMatchObject({ code: 500, body: { message: expect.stringContaining('.spec.colour: field not declared in schema') } });
  });

  it('are checked by combined schemas', async () => {
    const port = { 'x-kubernetes-int-or-string': true, anyOf: [{ type: 'integer' }, { type: 'string' }] };
    const properties = { port, small: { type: 'string' }, large: { type: 'string', not: { enum: ['never'] } }, size: { type: 'integer', allOf: [{ minimum: 2 }, { maximum: 4 }] } };
    await client.post(DEFINITIONS, definition({ type: 'object', oneOf: [{ required: ['small'] }, { required: ['large'] }], properties }));
    await double.cluster.settled();
    const refused = async (spec: JsonObject): Promise<unknown> => (await client.post(SHOPS, shop(spec))).body['message'];
    expect(await refused({})).toMatch(/"spec" must validate one and only one schema \(oneOf\). Found none valid/);
    expect(await refused({ small: 'a', large: 'b' })).toMatch(/Found 2 valid alternatives/);
    expect(await refused({ large: 'never' })).toMatch(/"spec.large" must not validate the schema \(not\)/);
    expect(await refused({ small: 'a', size: 5 })).toMatch(/"spec.size" must validate all the schemas \(allOf\)/);
    expect(await client.post(SHOPS, shop({ small: 'a', size: 3, port: 'http' }))).toMatchObject({ code: 201 });
  });

  it('go with their definition', async () => {
    await define();
    await client.post(SHOPS, shop({ size: 1 }));
    await client.delete(`${DEFINITIONS}/shops.example.com`);
    await double.cluster.settled();
    expect((await client.ask(`${DEFINITIONS}/shops.example.com`)).code).toBe(404);
    expect(await client.ask(SHOPS)).toMatchObject({ code: 404, text: '404 page not found\n' });
  });

  it('need a structural schema, and none with rules that the double does not evaluate', async () => {
    expect(await client.post(DEFINITIONS, definition({ properties: {} }))).toMatchObject({ code: 422, body: { message: expect.stringContaining('must not be empty for specified object fields') } });
    await client.post(DEFINITIONS, definition({ ...SCHEMA, 'x-kubernetes-validations': [{ rule: 'self.size > 1' }] }));
    await double.cluster.settled();
    expect(await client.post(SHOPS, shop({ size: 2 }))).toMatchObject({ code: 501, body: { message: expect.stringContaining('CEL') } });
  });
});
