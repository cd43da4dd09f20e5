import { testCluster } from '../double.fixture.js';
import { MetadataWatch } from './watch-metadata.js';

const cluster = testCluster();
const MAPS = { path: '/api/v1/namespaces/default/configmaps', as: undefined };
const map = (name: string, text: string) => ({ apiVersion: 'v1', kind: 'ConfigMap', metadata: { name, labels: { ours: 'yes' } }, data: { text } });

async function until(holds: () => boolean): Promise<void> {
  while (!holds()) await new Promise((resolve) => setTimeout(resolve, 5));
}

function followed() {
  const seen: string[] = [];
  const client = cluster.client();
  const counts = { missed: 0 };
  const watch = new MetadataWatch({ client, at: MAPS, labelSelector: 'ours', event: (type, { metadata }) => seen.push(`${type} ${metadata.name}`), missed: () => (counts.missed += 1) });
  return { client, seen, watch, counts };
}

it('tells what comes, changes and goes', async () => {
  const { client, seen, watch, counts } = followed();
  await until(() => cluster.double.openWatches.length === 1);
  await client.apply(MAPS, 'a', { body: JSON.stringify(map('a', '1')) });
  await client.apply(MAPS, 'a', { body: JSON.stringify(map('a', '2')) });
  await client.delete(MAPS, 'a', { propagation: 'Background' });
  await until(() => seen.length === 3);
  expect(seen).toEqual(['ADDED a', 'MODIFIED a', 'DELETED a']);
  expect(counts.missed).toBe(1);
  await watch.close();
});

it('lists anew when its version is too old', async () => {
  const { seen, client, watch, counts } = followed();
  await until(() => cluster.double.openWatches.length === 1);
  cluster.double.expire();
  await until(() => counts.missed === 2 && cluster.double.openWatches.length === 1);
  await client.apply(MAPS, 'a', { body: JSON.stringify(map('a', '1')) });
  await until(() => seen.includes('ADDED a'));
  await watch.close();
});

it('goes on where it was when the connection breaks in the middle of an event', async () => {
  const { seen, client, watch, counts } = followed();
  await until(() => cluster.double.openWatches.length === 1);
  await client.apply(MAPS, 'a', { body: JSON.stringify(map('a', '1')) });
  await until(() => seen.length === 1);
  cluster.double.truncateWatches();
  await client.apply(MAPS, 'b', { body: JSON.stringify(map('b', '1')) });
  await until(() => seen.includes('ADDED b'));
  expect(counts.missed).toBe(1);
  await watch.close();
});

it('leaves connections for requests, however many there are', async () => {
  const client = cluster.client({ deadline: 5_000 });
  const watches = Array.from({ length: 40 }, () => new MetadataWatch({ client, at: MAPS, labelSelector: 'ours', event: () => undefined, missed: () => undefined }));
  await until(() => cluster.double.openWatches.length === 40);
  expect(await client.read('/version')).toHaveProperty('gitVersion');
  await Promise.all(watches.map((watch) => watch.close()));
});
