import { clusterName, instant } from '@sluice/kernel';
import type { Cluster, StoredEvent } from '../ports/index.js';
import { clusterNews, readTroubles, type ClusterTroubles } from './cluster-news.js';

const EU = clusterName('eu');
const EVENT: StoredEvent = { cursor: '1', at: instant(0), type: 'cluster.reported', cluster: EU, message: '' };
type Report = NonNullable<Cluster['report']>;

const report = (phase: Report['phase'], change: Partial<Report> = {}): Report => ({ sequence: 1, phase, message: '', health: 'Unknown', resources: [], drift: [], digest: '', receivedAt: instant(0), ...change });

/** What is told of one report after the other. */
function told(...reports: readonly (Report | undefined)[]): readonly (readonly string[])[] {
  let troubles: ClusterTroubles = {};
  return reports.map((one) => {
    const found = clusterNews(EVENT, { name: EU, ...(one && { report: one }) }, troubles);
    // as it is kept between two looks
    troubles = readTroubles(JSON.stringify(found.troubles));
    return found.news.map(({ type, message }) => `${type}: ${message}`);
  });
}

describe('what an agent reports', () => {
  it('is told when it fails, once however often it tries, and when that is over', () => {
    const failed = report('failed', { message: 'no rights' });
    expect(told(report('syncing'), failed, report('syncing'), failed, report('synced'), report('synced'))).toEqual([[], ['cluster.failed: eu is failed: no rights'], [], [], ['cluster.recovered: eu is synced again'], []]);
  });

  it('is told when it fails for another reason, and by what has failed when it gives none', () => {
    const crash = report('failed', { resources: [{ path: 'a.yaml', status: 'InProgress', message: '' }, { path: 'b.yaml', status: 'Failed', message: 'crash' }] });
    expect(told(report('blocked', { message: 'force push' }), crash)).toEqual([['cluster.failed: eu is blocked: force push'], ['cluster.failed: eu is failed: b.yaml: crash']]);
  });

  it('is told when it differs from git, once until it does not', () => {
    const drifted = report('synced', { drift: [{ path: 'a.yaml', kind: 'modified', reverted: false, at: instant(0) }] });
    expect(told(drifted, drifted, report('synced'), drifted)).toEqual([['cluster.drifted: 1 place differs in eu: a.yaml'], [], [], ['cluster.drifted: 1 place differs in eu: a.yaml']]);
  });

  it('is nothing while it has not reported', () => {
    expect(told(undefined)).toEqual([[]]);
  });
});
