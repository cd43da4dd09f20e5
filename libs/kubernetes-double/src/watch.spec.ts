import { Client, configMap } from './double-client.fixture.js';
import { KubernetesDouble } from './kubernetes-double.js';

const MAPS = '/api/v1/namespaces/default/configmaps';

describe('watches', () => {
  let double: KubernetesDouble;
  let client: Client;

  beforeEach(async () => {
    double = await KubernetesDouble.start({ bookmarkMs: 20 });
    await double.cluster.settled();
    client = new Client(double);
  });

  afterEach(async () => {
    await client.close();
    await double.stop();
  });

  async function version(): Promise<string> {
    return ((await client.ask(MAPS)).body['metadata'] as { resourceVersion: string }).resourceVersion;
  }

  it('tell what happens after a version', async () => {
    const since = await version();
    await client.post(MAPS, configMap('a'));
    const watch = await client.watch(`${MAPS}?resourceVersion=${since}`);
    expect(await watch.next()).toMatchObject({ type: 'ADDED', object: { kind: 'ConfigMap', metadata: { name: 'a' } } });
    await client.merge(`${MAPS}/a`, { data: { x: '1' } });
    expect(await watch.next()).toMatchObject({ type: 'MODIFIED', object: { data: { x: '1' } } });
    await client.delete(`${MAPS}/a`);
    expect(await watch.next()).toMatchObject({ type: 'DELETED', object: { metadata: { name: 'a' } } });
    await watch.close();
  });

  it('begin with what is there when they name no version', async () => {
    const watch = await client.watch(`${MAPS}?fieldSelector=metadata.name%3Dkube-root-ca.crt`);
    expect(await watch.next()).toMatchObject({ type: 'ADDED', object: { metadata: { name: 'kube-root-ca.crt' } } });
    await watch.close();
  });

  it('say that an object comes and goes when its labels begin and cease to fit', async () => {
    await client.post(MAPS, configMap('a'));
    const watch = await client.watch(`${MAPS}?labelSelector=team&resourceVersion=${await version()}`);
    await client.merge(`${MAPS}/a`, { metadata: { labels: { team: 'blue' } } });
    expect(await watch.next()).toMatchObject({ type: 'ADDED' });
    await client.merge(`${MAPS}/a`, { metadata: { labels: { team: null } } });
    expect(await watch.next()).toMatchObject({ type: 'DELETED' });
    await watch.close();
  });

  it('send bookmarks to who allows them, and end after their time', async () => {
    const watch = await client.watch(`${MAPS}?allowWatchBookmarks=true&timeoutSeconds=1&resourceVersion=${await version()}`);
    expect(await watch.next()).toMatchObject({ type: 'BOOKMARK', object: { kind: 'ConfigMap', metadata: { resourceVersion: await version() } } });
    let last = await watch.next();
    while (last !== undefined) last = await watch.next();
  });

  it('send metadata only when asked, and mark the end of the initial events', async () => {
    const accept = 'application/json;as=PartialObjectMetadata;g=meta.k8s.io;v=v1';
    const watch = await client.watch(`${MAPS}?sendInitialEvents=true&resourceVersionMatch=NotOlderThan&allowWatchBookmarks=true`, { accept });
    const first = await watch.next();
    expect(first).toMatchObject({ type: 'ADDED', object: { kind: 'PartialObjectMetadata', apiVersion: 'meta.k8s.io/v1' } });
    expect(first?.object).not.toHaveProperty('data');
    expect(await watch.next()).toMatchObject({ type: 'BOOKMARK', object: { metadata: { annotations: { 'k8s.io/initial-events-end': 'true' } } } });
    await watch.close();
  });

  it('answer 410 to an old version, and to an open watch that expires', async () => {
    const since = await version();
    const open = await client.watch(`${MAPS}?resourceVersion=${since}`);
    double.expire();
    expect(await open.next()).toMatchObject({ type: 'ERROR', object: { kind: 'Status', code: 410, reason: 'Expired' } });
    expect(await open.next()).toBeUndefined();
    const late = await client.watch(`${MAPS}?resourceVersion=${since}`);
    expect(await late.next()).toMatchObject({ type: 'ERROR', object: { code: 410, message: expect.stringMatching(/^too old resource version: \d+ \(\d+\)$/) } });
    expect(await late.next()).toBeUndefined();
  });

  it('break in the middle of an event when the test wants', async () => {
    const watch = await client.watch(`${MAPS}?resourceVersion=${await version()}`);
    expect(double.openWatches).toEqual(['/configmaps']);
    const next = watch.next();
    double.truncateWatches();
    await expect(next).rejects.toThrow();
  });

  it('see the changes of an object once each, whoever asks how', async () => {
    const since = await version();
    const [all, labelled] = [await client.watch(`/api/v1/configmaps?resourceVersion=${since}`), await client.watch(`${MAPS}?labelSelector=team&resourceVersion=${since}`)];
    await client.post(MAPS, configMap('plain'));
    await client.post(MAPS, { ...configMap('team'), metadata: { name: 'team', labels: { team: 'blue' } } });
    expect([await all.next(), await all.next()]).toMatchObject([{ object: { metadata: { name: 'plain' } } }, { object: { metadata: { name: 'team' } } }]);
    expect(await labelled.next()).toMatchObject({ type: 'ADDED', object: { metadata: { name: 'team' } } });
    await Promise.all([all.close(), labelled.close()]);
  });

  it('and lists refuse a version that is not yet', async () => {
    expect(await client.ask(`${MAPS}?resourceVersion=999999`)).toMatchObject({ code: 504, body: { reason: 'Timeout', details: { causes: [{ reason: 'ResourceVersionTooLarge' }] } } });
  });
});
