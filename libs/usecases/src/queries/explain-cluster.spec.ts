import { clusterName, commitSha, environmentName, instant, repositoryId } from '@sluice/kernel';
import type { Cluster } from '../ports/index.js';
import { clusterTrouble } from './explain-cluster.js';

const NOW = instant(1_000_000);

function cluster(report: Partial<NonNullable<Cluster['report']>>): Cluster {
  const base = { sequence: 1, commit: commitSha('a'.repeat(40)), phase: 'synced' as const, message: '', health: 'Current' as const, resources: [], drift: [], digest: 'd', receivedAt: NOW };
  return { name: clusterName('prod-eu'), repository: repositoryId('shop'), environment: environmentName('prod'), labels: {}, publicKey: 'k', revoked: false, enrolledAt: NOW, lastSeenAt: NOW, report: { ...base, ...report } } as unknown as Cluster;
}

it('says why an agent cannot tell how its cluster is', () => {
  const message = 'the target cannot be looked at: the record cannot be understood';
  expect(clusterTrouble(cluster({ health: 'Unknown', phase: 'syncing', message }), NOW)).toMatchObject({ type: 'cluster', outcome: 'wait', message, clearedBy: 'prod-eu itself, or a hand there' });
});

it('has nothing to say of a cluster that is well, or only on its way', () => {
  expect(clusterTrouble(cluster({}), NOW)).toBeUndefined();
  expect(clusterTrouble(cluster({ health: 'Unknown', phase: 'syncing' }), NOW)).toBeUndefined();
  expect(clusterTrouble(cluster({ health: 'InProgress', phase: 'syncing', message: 'applying aaaaaaaaaa' }), NOW)).toBeUndefined();
});
