import { applicationName, clusterName, commitSha, environmentName, instant, repositoryId } from '@sluice/kernel';
import type { Cluster, HealthStatus, Liveness } from '../ports/index.js';
import { cellHealth } from './cell-health.js';

const PLACE = { repository: repositoryId('shop'), environment: environmentName('prod') };
const CONTENT = commitSha('1'.repeat(40));
const OLDER = commitSha('2'.repeat(40));

const cluster = (name: string): Cluster => ({ ...PLACE, name: clusterName(name), publicKey: 'k', agentVersion: '1', enrolledAt: instant(0), revoked: false, labels: {} });
const runs = (name: string, status: HealthStatus, since?: number, content = CONTENT): Liveness => ({
  ...PLACE,
  application: applicationName('cart'),
  cluster: clusterName(name),
  content,
  touched: 1,
  status,
  message: '',
  ...(since !== undefined && { healthySince: instant(since) }),
});
const BOTH = [cluster('eu'), cluster('us')];

describe('cellHealth', () => {
  it('is healthy since the last of the clusters is', () => {
    expect(cellHealth(CONTENT, BOTH, [runs('eu', 'Current', 5), runs('us', 'Current', 9)])).toEqual({ health: 'Current', healthySince: 9 });
  });

  it.each([
    ['one fails', [runs('eu', 'Current', 5), runs('us', 'Failed')], 'Failed'],
    ['one has said nothing', [runs('eu', 'Current', 5)], 'Unknown'],
    ['one still runs what was there before', [runs('eu', 'Current', 5), runs('us', 'Current', 1, OLDER)], 'InProgress'],
    ['one fails at what was there before', [runs('eu', 'Current', 5), runs('us', 'Failed', undefined, OLDER)], 'Failed'],
  ] as const)('is not healthy when %s', (_, liveness, health) => {
    expect(cellHealth(CONTENT, BOTH, liveness)).toEqual({ health });
  });

  it('keeps its clock while a cluster is in progress', () => {
    expect(cellHealth(CONTENT, [cluster('eu')], [runs('eu', 'InProgress', 5)])).toEqual({ health: 'InProgress', healthySince: 5 });
  });

  it('is unknown without a cluster or without content', () => {
    expect(cellHealth(CONTENT, [], [])).toEqual({ health: 'Unknown' });
    expect(cellHealth(undefined, BOTH, [])).toEqual({ health: 'Unknown' });
  });
});
