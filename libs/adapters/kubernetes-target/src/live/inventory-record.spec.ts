import { gunzipSync, gzipSync } from 'node:zlib';
import { testCluster } from '../double.fixture.js';
import { COMMIT, configMap, filesOf, maps, NEXT, openTarget } from '../target.fixture.js';

const cluster = testCluster();
const NAME = 'sluice-agent-prod-eu-inventory';
const AT = { path: '/api/v1/namespaces/default/configmaps', as: undefined };
const open = () => openTarget(cluster.access());
const record = () => cluster.double.stored('', 'configmaps', 'default', NAME) as unknown as { readonly data?: Readonly<Record<string, string>>; readonly binaryData?: Readonly<Record<string, string>> };
/** Writes over the record, as another hand does. */
const write = (fields: object) => cluster.client().apply(AT, NAME, { body: JSON.stringify({ apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: NAME }, ...fields }) });

describe('the record of many objects', () => {
  // longer together than a ConfigMap
  const COUNT = 4_000;
  const name = (index: number) => `m${index}-${'x'.repeat(240)}`;
  const files = (count: number) => filesOf({ 'all.yaml': Array.from({ length: count }, (_, index) => JSON.stringify(configMap(name(index)))).join('\n---\n') });

  it('is packed, read by an agent that was not there, and right when it deletes', async () => {
    expect(await (await open()).apply(COMMIT, files(COUNT))).toMatchObject({ written: COUNT, failed: [] });
    expect(record().data).toEqual({ commit: COMMIT });
    const { objects } = JSON.parse(gunzipSync(Buffer.from(record().binaryData?.['inventory.gz'] ?? '', 'base64')).toString()) as { objects: readonly string[] };
    expect(objects).toHaveLength(COUNT);
    const fresh = await open();
    expect([await fresh.applied(), await fresh.owned()]).toEqual([COMMIT, COUNT]);
    expect(await fresh.drift({ files: async () => files(COUNT) })).toEqual([]);
    expect(await fresh.apply(NEXT, files(10))).toMatchObject({ deleted: COUNT - 10, failed: [] });
    expect(maps(cluster.double, name(9), name(10), name(COUNT - 1))).toEqual(['{}', undefined, undefined]);
    // few again: nothing packed is left
    expect(record()).not.toHaveProperty('binaryData');
    expect(await (await open()).owned()).toBe(10);
  }, 120_000);
});

describe('a record that cannot be understood', () => {
  const [two, one] = [filesOf({ 'a.yaml': configMap('a'), 'b.yaml': configMap('b') }), filesOf({ 'a.yaml': configMap('a') })];
  const packed = gzipSync(JSON.stringify({ version: 1, objects: ['/ConfigMap/default/a', '/ConfigMap/default/b'] }));
  const damaged = Buffer.from(packed).fill(7, 14, 18);

  it.each([
    ['is cut off', { binaryData: { 'inventory.gz': packed.subarray(0, -6).toString('base64') } }, /inventory\.gz cannot be unpacked/],
    ['is damaged', { binaryData: { 'inventory.gz': damaged.toString('base64') } }, /inventory\.gz cannot be unpacked/],
    ['is nothing that was packed', { binaryData: { 'inventory.gz': Buffer.from('hello').toString('base64') } }, /inventory\.gz cannot be unpacked/],
    ['is empty', { binaryData: { 'inventory.gz': '' } }, /inventory\.gz cannot be unpacked/],
    ['is packed and not of ours', { binaryData: { 'inventory.gz': gzipSync('hello').toString('base64') } }, /is no JSON/],
    ['is there twice', { data: { inventory: '{"version":1,"objects":[]}' }, binaryData: { 'inventory.gz': packed.toString('base64') } }, /has both inventory and inventory\.gz/],
    ['has lost what it is about', { data: { commit: COMMIT } }, /names a commit, but has neither/],
    ['is of a newer version', { data: { inventory: '{"version":2,"objects":[]}' } }, /newer version/],
  ])('that %s is left as it is, and nothing is applied or deleted', async (_, fields, message) => {
    await (await open()).apply(COMMIT, two);
    await write(fields);
    const [before, fresh] = [record(), await open()];
    for (const asked of [() => fresh.applied(), () => fresh.owned(), () => fresh.apply(NEXT, one), () => fresh.apply(NEXT, [])]) {
      await expect(asked()).rejects.toMatchObject({ kind: 'invalid', message: expect.stringMatching(message) as string });
    }
    await expect(fresh.applied()).rejects.toThrow(`ConfigMap default/${NAME}, cannot be understood`);
    expect(record()).toEqual(before);
    expect(maps(cluster.double, 'a', 'b')).toEqual(['{}', '{}']);
  });

  it('is read again once it is repaired', async () => {
    const target = await open();
    await target.apply(COMMIT, two);
    const good = record();
    await write({ data: { inventory: 'x' } });
    const fresh = await open();
    await expect(fresh.applied()).rejects.toThrow('is no JSON');
    await write({ data: good.data ?? {} });
    expect(await fresh.apply(NEXT, one)).toMatchObject({ deleted: 1, failed: [] });
    expect(maps(cluster.double, 'a', 'b')).toEqual(['{}', undefined]);
  });

  it('is noticed by an agent that runs, before it writes over it', async () => {
    const target = await open();
    await target.apply(COMMIT, two);
    await write({ binaryData: { 'inventory.gz': packed.subarray(0, -6).toString('base64') } });
    await expect(target.apply(NEXT, one)).rejects.toThrow('cannot be unpacked');
    expect(maps(cluster.double, 'a', 'b')).toEqual(['{}', '{}']);
  });
});
