import { testCluster } from '../double.fixture.js';
import { ApiFailure } from './api-failure.js';

const cluster = testCluster();
const MAPS = { path: '/api/v1/namespaces/default/configmaps', as: undefined };
const map = (name: string, data: Record<string, string> = {}) => ({ apiVersion: 'v1', kind: 'ConfigMap', metadata: { name }, data });

it('applies, reads and deletes an object', async () => {
  const client = cluster.client();
  const applied = await client.apply(MAPS, 'one', { body: JSON.stringify(map('one', { a: '1' })) });
  expect(applied).toMatchObject({ data: { a: '1' }, metadata: { managedFields: [{ manager: 'sluice', operation: 'Apply' }] } });
  expect(await client.get(MAPS, 'one')).toEqual(applied);
  expect(await client.delete(MAPS, 'one', { uid: applied.metadata.uid, propagation: 'Background' })).toBe(true);
  expect(await client.get(MAPS, 'one')).toBeUndefined();
  expect(await client.delete(MAPS, 'one', { uid: applied.metadata.uid, propagation: 'Background' })).toBe(false);
});

it('changes nothing in a dry run', async () => {
  const client = cluster.client();
  expect(await client.apply(MAPS, 'one', { body: JSON.stringify(map('one', { a: '1' })), dryRun: true })).toMatchObject({ data: { a: '1' } });
  expect(await client.get(MAPS, 'one')).toBeUndefined();
});

it('does not delete another object of the same name', async () => {
  const client = cluster.client();
  await client.apply(MAPS, 'one', { body: JSON.stringify(map('one')) });
  await expect(client.delete(MAPS, 'one', { uid: '11111111-1111-1111-1111-111111111111', propagation: 'Background' })).rejects.toMatchObject({ code: 409 });
});

it('lists more than a page, also when its pages expire on the way, and only metadata when that is enough', async () => {
  const client = cluster.client({ atOnce: 32 });
  await Promise.all(Array.from({ length: 510 }, (_, index) => client.apply(MAPS, `m${index}`, { body: JSON.stringify(map(`m${index}`, { a: 'x' })) })));
  const expire = cluster.double.inject({ fault: { kind: 'latency', ms: 1 }, of: ({ query }) => query.has('continue') && (cluster.double.expire(), expire(), false) });
  const page = await client.list(MAPS, { metadataOnly: true });
  expect(page.items.filter(({ metadata }) => metadata.name.startsWith('m'))).toHaveLength(510);
  expect(page.items[0]).not.toHaveProperty('data');
});

it.each([
  ['asks for patience', { kind: 'throttled', retryAfterSeconds: 1 } as const],
  ['fails', { kind: 'error', code: 503 } as const],
  ['breaks the connection', { kind: 'reset' } as const],
  ['does it and loses the answer', { kind: 'lost answer' } as const],
])('asks again when the server %s', async (_, fault) => {
  const client = cluster.client();
  cluster.double.inject({ fault, of: ({ verb }) => verb === 'patch', times: 1 });
  expect(await client.apply(MAPS, 'one', { body: JSON.stringify(map('one')) })).toMatchObject({ metadata: { name: 'one' } });
});

it('gives up when nobody answers', async () => {
  const client = cluster.client({ deadline: 100 });
  cluster.double.inject({ fault: { kind: 'silence' } });
  await expect(client.get(MAPS, 'one')).rejects.toMatchObject({ kind: 'unavailable', message: `the API server at ${cluster.double.url} does not answer: no answer in time` });
});

it('says what the server says, with its causes', async () => {
  const client = cluster.client();
  const failure = await client.apply(MAPS, 'No', { body: JSON.stringify(map('No')) }).catch((error: unknown) => error);
  expect(failure).toBeInstanceOf(ApiFailure);
  expect(failure).toMatchObject({ code: 422, reason: 'Invalid', kind: 'invalid', status: { details: { causes: [{ field: 'metadata.name' }] } } });
});

it('acts as a ServiceAccount when it may', async () => {
  const client = cluster.client();
  const as = 'system:serviceaccount:shop:deployer';
  await expect(client.get({ ...MAPS, as }, 'one')).rejects.toMatchObject({ code: 403, message: expect.stringContaining(as) as string });
});
