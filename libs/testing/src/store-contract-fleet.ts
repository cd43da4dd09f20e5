import { clusterName, instant, type ClusterName, type RepositoryId } from '@sluice/kernel';
import type { Cluster, JoinToken, Liveness } from '@sluice/usecases';
import type { ContractStore } from './store-contract-ports.js';
import { CART, PROD, QA, SOME_DAY, freshCluster, freshHash, freshRepository, sampleCommit, sampleLiveness, sampleReport } from './store-samples.js';

const KEY = 'A'.repeat(43);
const OTHER_KEY = 'B'.repeat(43);

export function fleetContract(store: () => ContractStore): void {
  async function addToken(fields: Partial<JoinToken> = {}): Promise<{ readonly hash: string; readonly token: JoinToken }> {
    const token: JoinToken = { cluster: freshCluster(), repository: freshRepository(), environment: QA, expiresAt: instant(Date.now() + 3_600_000), ...fields };
    const hash = freshHash();
    await store().clusters.addJoinToken(hash, token);
    return { hash, token };
  }

  function enrol(hash: string, key = KEY) {
    return store().clusters.enrol(hash, key, ({ cluster, repository, environment, labels = {} }, before) => ({ labels: { ...before?.labels, ...labels }, name: cluster, repository, environment, agentVersion: '1.0.0', floor: sampleCommit(1) }));
  }

  async function enrolled(fields: { readonly repository?: RepositoryId; readonly cluster?: ClusterName } = {}): Promise<Cluster> {
    const { hash } = await addToken(fields);
    const cluster = await enrol(hash);
    if (typeof cluster === 'string') throw new Error(cluster);
    return cluster;
  }

  describe('enrolment', () => {
    it('stores the cluster of the token with its key', async () => {
      const { hash, token } = await addToken();
      const cluster = await enrol(hash);
      expect(cluster).toMatchObject({ name: token.cluster, repository: token.repository, environment: QA, publicKey: KEY, agentVersion: '1.0.0', floor: sampleCommit(1), revoked: false });
      expect(await store().clusters.get(token.cluster)).toEqual(cluster);
    });

    it('gives the cluster the labels of its token beside those that it had', async () => {
      const { clusters } = store();
      const { hash, token } = await addToken({ labels: { canary: 'true' } });
      expect(await enrol(hash)).toMatchObject({ labels: { canary: 'true' } });
      await clusters.label(token.cluster, { set: { region: 'eu', tier: '1' }, remove: ['canary', 'none'] });
      await clusters.label(token.cluster, { set: { tier: '2' }, remove: [] });
      expect((await clusters.get(token.cluster))?.labels).toEqual({ region: 'eu', tier: '2' });
      const again = await addToken({ cluster: token.cluster, repository: token.repository, labels: { region: 'us' } });
      expect(await enrol(again.hash)).toMatchObject({ labels: { region: 'us', tier: '2' } });
      const { hash: plain } = await addToken();
      expect(await enrol(plain)).toMatchObject({ labels: {} });
    });

    it('works again with the same key and not with another', async () => {
      const { hash, token } = await addToken();
      await enrol(hash);
      expect(await enrol(hash)).toMatchObject({ name: token.cluster });
      expect(await enrol(hash, OTHER_KEY)).toBe('used');
      expect(await store().clusters.get(token.cluster)).toMatchObject({ publicKey: KEY });
    });

    it('is refused for an unknown and for an expired token', async () => {
      expect(await enrol(freshHash())).toBe('unknown');
      const { hash, token } = await addToken({ expiresAt: instant(Date.now() - 60_000) });
      expect(await enrol(hash)).toBe('expired');
      expect(await store().clusters.get(token.cluster)).toBeUndefined();
    });

    it('gives a token to one of many keys that come at once', async () => {
      const { hash, token } = await addToken();
      const keys = Array.from({ length: 6 }, (_, index) => String(index).repeat(43));
      const outcomes = await Promise.all(keys.map((key) => enrol(hash, key)));
      const winners = outcomes.filter((outcome) => typeof outcome !== 'string');
      expect(winners).toHaveLength(1);
      expect(outcomes.filter((outcome) => outcome === 'used')).toHaveLength(5);
      expect((await store().clusters.get(token.cluster))?.publicKey).toBe(winners[0]!.publicKey);
    });

    it('ends when the cluster is revoked, until somebody gives it a new token', async () => {
      const { clusters } = store();
      const { hash, token } = await addToken();
      await enrol(hash);
      await clusters.revoke(token.cluster);
      expect(await clusters.get(token.cluster)).toMatchObject({ revoked: true });
      expect(await enrol(hash)).toBe('unknown');
      expect(await clusters.report(token.cluster, sampleReport(1))).toBe(false);
      expect(await enrolled({ cluster: token.cluster })).toMatchObject({ revoked: false });
    });

    it('again lets the agent count its reports from the beginning', async () => {
      const { clusters } = store();
      const { name, repository } = await enrolled();
      await clusters.report(name, sampleReport(50));
      await clusters.saveLiveness([sampleLiveness({ repository, cluster: name }), sampleLiveness({ repository, cluster: name, environment: PROD })]);
      expect((await enrolled({ cluster: name, repository })).report).toBeUndefined();
      expect(await clusters.report(name, sampleReport(1))).toBe(true);
      expect(await clusters.liveness(repository, QA)).toHaveLength(1);
      expect(await clusters.liveness(repository, PROD)).toEqual([]);
    });
  });

  describe('clusters', () => {
    it('are listed by repository and environment', async () => {
      const { clusters } = store();
      const repository = freshRepository();
      const first = await enrolled({ repository });
      const second = await enrolled({ repository });
      expect(await clusters.list({ repository })).toEqual([first, second].sort((a, b) => (a.name < b.name ? -1 : 1)));
      expect(await clusters.list({ repository, environment: PROD })).toEqual([]);
      expect(await clusters.list()).toContainEqual(first);
    });

    it('apply a report once and never an older one', async () => {
      const { clusters } = store();
      const { name } = await enrolled();
      expect(await clusters.report(name, sampleReport(2))).toBe(true);
      expect(await clusters.report(name, sampleReport(2))).toBe(false);
      expect(await clusters.report(name, sampleReport(1))).toBe(false);
      expect(await clusters.get(name)).toMatchObject({ report: { ...sampleReport(2), receivedAt: expect.any(Number) } });
      expect(await clusters.report(clusterName('not-enrolled'), sampleReport(1))).toBe(false);
    });

    it('remember an accepted commit, the version of the agent and when it was seen', async () => {
      const { clusters } = store();
      const { name, lastSeenAt } = await enrolled();
      await clusters.accept(name, sampleCommit(7));
      await clusters.seen(name, '1.0.0');
      expect(await clusters.get(name)).toMatchObject({ accepted: sampleCommit(7), agentVersion: '1.0.0', lastSeenAt });
      await clusters.seen(name, '1.1.0');
      const after = await clusters.get(name);
      expect(after?.agentVersion).toBe('1.1.0');
      expect(after?.lastSeenAt).toBeGreaterThanOrEqual(lastSeenAt ?? 0);
    });
  });

  describe('liveness', () => {
    it('is kept for each application in each cluster', async () => {
      const { clusters } = store();
      const repository = freshRepository();
      const first = sampleLiveness({ repository });
      const { healthySince: _since, ...failed } = { ...first, status: 'Failed' as const, touched: 4, message: 'crashes' };
      const other = sampleLiveness({ repository, application: CART, healthySince: SOME_DAY });
      await clusters.saveLiveness([first, other]);
      await clusters.saveLiveness([sampleLiveness({ repository, message: 'older of two' }), failed]);
      await clusters.saveLiveness([]);
      expect(await clusters.liveness(repository, QA)).toEqual([other, failed]);
      expect(await clusters.liveness(repository, QA, CART)).toEqual([other]);
      expect(await clusters.livenessOf({ name: other.cluster, repository, environment: QA })).toEqual(expect.arrayContaining([other]));
      expect(await clusters.livenessOf({ name: clusterName('another'), repository, environment: QA })).toEqual([]);
    });

    it('is not taken from a report that a newer one has replaced', async () => {
      const { clusters } = store();
      const repository = freshRepository();
      const { name } = await enrolled({ repository });
      const [first, second] = [1, 2].map((touched) => sampleLiveness({ repository, cluster: name, touched })) as [Liveness, Liveness];
      expect(await clusters.saveLivenessOf(name, 1, [first])).toBe(false);
      await clusters.report(name, sampleReport(1));
      expect(await clusters.saveLivenessOf(name, 1, [first])).toBe(true);
      await clusters.report(name, sampleReport(2));
      expect(await clusters.saveLivenessOf(name, 1, [second])).toBe(false);
      expect(await clusters.liveness(repository, QA)).toEqual([first]);
    });
  });
}
