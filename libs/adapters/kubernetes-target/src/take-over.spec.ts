import { testCluster } from './double.fixture.js';
import { COMMIT, configMap, filesOf, maps, NEXT, openTarget } from './target.fixture.js';

const cluster = testCluster();
const open = () => openTarget(cluster.access());
const AT = { path: '/api/v1/namespaces/default/configmaps', as: undefined };
const RECORD = 'sluice-agent-prod-eu-inventory';
const LAST = 'kubectl.kubernetes.io/last-applied-configuration';

const byKubectl = (name: string, data: Readonly<Record<string, string>>) => {
  const last = { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name, namespace: 'default' }, data };
  return configMap(name, data, { namespace: 'default', annotations: { [LAST]: JSON.stringify(last) } });
};
const kubectl = (name: string, data: Readonly<Record<string, string>>) => cluster.client().create({ ...AT, path: `${AT.path}?fieldManager=kubectl-client-side-apply` }, byKubectl(name, data));
const record = () => (cluster.double.stored('', 'configmaps', 'default', RECORD) as unknown as { readonly data: Readonly<Record<string, string>> }).data;

/** Applies until the agent has sent so many patches to the object `a`, and ends it before the next is answered. */
async function killedAfter(patches: number, files: ReturnType<typeof filesOf>): Promise<void> {
  const kill = new AbortController();
  let seen = 0;
  const restore = cluster.double.inject({ fault: { kind: 'silence' }, of: (request) => {
    if (request.kind !== 'resource' || request.verb !== 'patch' || request.name !== 'a') return false;
    seen += 1;
    if (seen <= patches) return false;
    kill.abort();
    return true;
  } });
  await (await open()).apply(COMMIT, files, { signal: kill.signal }).catch(() => undefined);
  restore();
  expect(seen).toBe(patches + 1);
}

describe('an agent that is killed while it takes over what kubectl had applied', () => {
  const files = filesOf({ 'a.yaml': configMap('a', { kept: '1' }), 'b.yaml': configMap('b') });

  it.each([['its first apply', 1], ['the fields have become its own', 2]])('goes on with it after %s', async (_, patches) => {
    await kubectl('a', { kept: '1', gone: '1' });
    await killedAfter(patches, files);
    expect(maps(cluster.double, 'a')).toEqual(['{"kept":"1","gone":"1"}']);
    expect(await (await open()).apply(COMMIT, files)).toMatchObject({ failed: [] });
    expect(maps(cluster.double, 'a')).toEqual(['{"kept":"1"}']);
    expect(record()).toEqual({ commit: COMMIT, inventory: expect.any(String) as string });
  });

  it('goes on with it when git has another commit by then', async () => {
    await kubectl('a', { kept: '1', gone: '1', later: '1' });
    await killedAfter(1, files);
    expect(await (await open()).apply(NEXT, filesOf({ 'a.yaml': configMap('a', { kept: '2' }), 'c.yaml': configMap('c') }))).toMatchObject({ failed: [] });
    expect(maps(cluster.double, 'a')).toEqual(['{"kept":"2"}']);
  });
});

it('goes on with a take-over that others disturbed, and does not begin another for what was its own before', async () => {
  await kubectl('a', { kept: '1', gone: '1' });
  const target = await open();
  const files = filesOf({ 'a.yaml': configMap('a', { kept: '1' }), 'own.yaml': configMap('own', { x: '1' }) });
  let conflicts = 0;
  const restore = cluster.double.inject({ fault: { kind: 'error', code: 409 }, of: (request) => {
    const isManagers = request.kind === 'resource' && request.verb === 'patch' && request.name === 'a' && request.query.get('force') === null;
    if (isManagers) conflicts += 1;
    return isManagers;
  } });
  expect(await target.apply(COMMIT, files)).toMatchObject({ failed: [{ path: 'a.yaml' }] });
  expect(conflicts).toBeGreaterThan(0);
  restore();
  expect(JSON.parse(record()['arriving'] ?? '')).toEqual(['/ConfigMap/default/a']);
  expect(await target.apply(COMMIT, files)).toMatchObject({ failed: [] });
  expect(maps(cluster.double, 'a')).toEqual(['{"kept":"1"}']);
});

it('costs nothing more when nothing has changed', async () => {
  await kubectl('a', { kept: '1', gone: '1' });
  const files = filesOf({ 'a.yaml': configMap('a', { kept: '1' }) });
  const target = await open();
  await target.apply(COMMIT, files);
  cluster.double.forgetRequests();
  expect(await target.apply(COMMIT, files)).toMatchObject({ written: 0, unchanged: 1 });
  expect(cluster.double.requestCounts()).toEqual({ 'list configmaps': 1 });
});
