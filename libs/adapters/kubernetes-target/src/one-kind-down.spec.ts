import { testCluster } from './double.fixture.js';
import { COMMIT, configMap, deployment, filesOf, maps, NEXT, openTarget } from './target.fixture.js';

// as when the conversion webhook of a definition, or the server of an aggregated API, does not answer
const cluster = testCluster();
const BOTH = filesOf({ 'web.yaml': deployment('web'), 'a.yaml': configMap('a', { x: '1' }), 'b.yaml': configMap('b') });
const breakDeployments = () => cluster.double.inject({ fault: { kind: 'error', code: 500 }, of: ({ path }) => path.includes('/deployments') });
const UNSEEN = { object: 'Deployment.apps default/web', message: expect.stringMatching(/^it cannot be looked at: .*leader changed/) as string };

describe('a kind that the cluster cannot give', () => {
  it('fails alone: all others are applied, and it is when the cluster can again', async () => {
    const restore = breakDeployments();
    const target = await openTarget(cluster.access());
    expect(await target.apply(COMMIT, BOTH)).toMatchObject({ written: 2, failed: [UNSEEN] });
    expect(await target.applied()).toBeUndefined();
    restore();
    expect(await target.apply(COMMIT, BOTH)).toMatchObject({ written: 1, failed: [] });
  });

  it('is Unknown, not missing, and drift of others is seen meanwhile', async () => {
    const target = await openTarget(cluster.access());
    await target.apply(COMMIT, BOTH);
    await cluster.double.cluster.settled();
    const restore = breakDeployments();
    await cluster.client().apply({ path: '/api/v1/namespaces/default/configmaps', as: undefined }, 'a', { body: JSON.stringify(configMap('a', { x: 'by hand' })) });
    const fresh = await openTarget(cluster.access());
    for (const one of [target, fresh]) {
      expect(await one.drift({ deep: true, files: async () => BOTH })).toMatchObject([{ object: 'ConfigMap default/a', kind: 'modified' }]);
      expect(await one.health()).toMatchObject([{ ...UNSEEN, status: 'Unknown' }]);
    }
    restore();
    for (const one of [target, fresh]) {
      expect(await one.drift({ files: async () => BOTH })).toMatchObject([{ object: 'ConfigMap default/a' }]);
      expect(await one.health()).toEqual([]);
    }
  });

  it('is not forgotten when git no longer has it: it is deleted when the cluster can again', async () => {
    const target = await openTarget(cluster.access());
    await target.apply(COMMIT, BOTH);
    const restore = breakDeployments();
    const without = filesOf({ 'a.yaml': configMap('a', { x: '2' }) });
    expect(await target.apply(NEXT, without)).toMatchObject({ written: 1, deleted: 1, failed: [{ object: UNSEEN.object, message: expect.stringMatching(/^is to be deleted, and cannot be looked at/) as string }] });
    expect(maps(cluster.double, 'a', 'b')).toEqual(['{"x":"2"}', undefined]);
    expect(await target.applied()).toBeUndefined();
    restore();
    expect(await target.apply(NEXT, without)).toMatchObject({ deleted: 1, failed: [] });
    expect(cluster.double.stored('apps', 'deployments', 'default', 'web')).toBeUndefined();
  });

  it('is compared at the next look when its dry run is not answered', async () => {
    const target = await openTarget(cluster.access());
    await target.apply(COMMIT, BOTH);
    await cluster.client().apply({ path: '/api/v1/namespaces/default/configmaps', as: undefined }, 'a', { body: JSON.stringify(configMap('a', { x: 'by hand' })) });
    const restore = cluster.double.inject({ fault: { kind: 'error', code: 500 }, of: ({ verb }) => verb === 'patch' });
    expect(await target.drift({ files: async () => BOTH })).toEqual([]);
    expect(await target.health()).toContainEqual(expect.objectContaining({ object: 'ConfigMap default/a', status: 'Unknown' }));
    restore();
    expect(await target.drift({ files: async () => BOTH })).toMatchObject([{ object: 'ConfigMap default/a', kind: 'modified' }]);
  });
});
