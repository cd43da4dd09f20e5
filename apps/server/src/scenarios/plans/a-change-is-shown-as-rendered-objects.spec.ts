import { NotFound, applicationName, promotionId } from '@sluice/kernel';
import { createRenderer } from '@sluice/render';
import { describeWithProgram } from '@sluice/testing';
import { DiffPromotion, PlanPromotions } from '@sluice/usecases';
import type { PlanItem } from '@sluice/usecases';
import { describeWorlds } from '../describe-worlds.fixture.js';
import { branches, deployment } from '../shop.fixture.js';
import type { TextFiles } from '../work-tree.fixture.js';
import type { Shop, World } from '../world.fixture.js';

const BASE = 'apps/checkout/base/deployment.yaml';
const OVERLAY = 'apps/checkout/env/kustomization.yaml';
const GATED = '      merge: manual';

/** Each environment has an overlay of its own over what is promoted. */
function overlays(fields: Parameters<typeof branches>[0] = {}): Readonly<Record<string, TextFiles>> {
  const { main = {} } = branches(fields);
  const files = (environment: string): TextFiles => ({
    'apps/checkout/base/kustomization.yaml': 'resources: [deployment.yaml]\n',
    [BASE]: deployment('checkout'),
    [OVERLAY]: `bases: [../base]\nnamePrefix: ${environment}-\n`,
    'apps/checkout/notes.txt': 'as it was\n',
  });
  return { main, dev: files('dev'), qa: files('qa'), prod: files('prod') };
}

describeWithProgram('kubectl', 'with kustomize on the server', () =>
  describeWorlds('what a change renders to', (world) => {
    const begun = async (): Promise<Shop> => {
      const shop = await world().repository(overlays({ qa: GATED, prod: GATED, applications: ['checkout'] }));
      await shop.settle();
      return shop;
    };

    const plan = async (shop: Shop, ports: World['ports'] = world().ports): Promise<Readonly<Record<string, PlanItem>>> =>
      Object.fromEntries((await new PlanPromotions(ports).run({ repository: shop.id, revision: 'dev', application: applicationName('checkout') })).map((item) => [item.environment, item]));

    const namesOf = (item: PlanItem | undefined): readonly string[] => (item?.changes ?? []).map(({ change, object, path }) => `${change} ${object ? `${object.kind} ${object.name}` : path}`);

    it('is shown in a plan, by the names that the objects have in each environment', async () => {
      const shop = await begun();
      await shop.commit('dev', { [BASE]: deployment('checkout', { tag: '2.0' }), 'apps/checkout/notes.txt': 'as it is\n' });
      const { qa, prod } = await plan(shop);
      expect([namesOf(qa), namesOf(prod)]).toEqual([
        ['modified Deployment qa-checkout', 'modified apps/checkout/notes.txt'],
        ['modified Deployment prod-checkout', 'modified apps/checkout/notes.txt'],
      ]);
      expect(qa?.rendering).toEqual([expect.stringMatching(/^apps\/checkout\/env: rendered by (kubectl )?kustomize v\d/)]);
    });

    it('stands in the request, and in the promotion’s diff', async () => {
      const shop = await begun();
      await shop.commit('dev', { [BASE]: deployment('checkout', { tag: '2.0' }) });
      await shop.settle();
      const promotion = await shop.current('checkout', 'qa');
      const body = (await shop.requests()).find(({ number }) => number === promotion?.change?.number)?.body ?? '';
      expect(body).toMatch(/\*\*modified\*\* Deployment\.apps qa\\-checkout/);
      expect(body).toMatch(/rendered by (kubectl )?kustomize v/);
      const { changes, rendering } = await new DiffPromotion(world().ports).run(shop.id, promotion?.id ?? promotionId('none'));
      expect([changes.map(({ object }) => object?.name), rendering.length]).toEqual([['qa-checkout'], 1]);
      await expect(new DiffPromotion(world().ports).run(shop.id, promotionId('none'))).rejects.toThrow(NotFound);
    });

    it('shows what a change of a generator comes to, which no file says', async () => {
      const shop = await begun();
      await shop.commit('dev', { 'apps/checkout/base/kustomization.yaml': 'resources: [deployment.yaml]\nconfigMapGenerator: [{ name: app, literals: [a=1] }]\n' });
      expect(namesOf((await plan(shop))['qa'])).toEqual([expect.stringMatching(/^added ConfigMap qa-app-\w+$/)]);
    });

    it('says when nothing becomes different', async () => {
      const shop = await begun();
      await shop.commit('dev', { 'apps/checkout/base/unused.yaml': 'a: 1\n' });
      const { qa } = await plan(shop);
      expect([qa?.outcome, namesOf(qa), qa?.rendering[0]]).toEqual(['change', [], expect.stringMatching(/which comes to the same objects as before$/)]);
    });

    it('masks what Secrets keep, also of generated ones', async () => {
      const shop = await begun();
      await shop.commit('dev', { 'apps/checkout/base/kustomization.yaml': 'resources: [deployment.yaml]\nsecretGenerator: [{ name: app, literals: [password=hunter2] }]\n' });
      const { qa } = await plan(shop);
      expect(namesOf(qa)).toEqual([expect.stringMatching(/^added Secret qa-app-/)]);
      expect(JSON.stringify(qa)).not.toMatch(/hunter2|aHVudGVyMg/);
    });

    it.each([
      ['names what is not there', { 'apps/checkout/base/kustomization.yaml': 'resources: [deployment.yaml, missing.yaml]\n' }, /because resources: missing\.yaml is neither in the application's paths nor in what it uses$/],
      ['would fetch something', { 'apps/checkout/base/kustomization.yaml': 'resources: [deployment.yaml, "https://example.org/x.yaml"]\n' }, /because resources: https:\/\/example\.org\/x\.yaml is not in the repository, and nothing is fetched$/],
      ['fails in kustomize', { 'apps/checkout/base/kustomization.yaml': 'resources: [deployment.yaml]\npatches: [{ patch: "[{op: remove, path: /spec/none}]", target: { kind: Deployment } }]\n' }, /because it does not render: .*/],
    ])('that %s is told as files, is still promoted, and tells nothing of the machine', async (_, files, message) => {
      const shop = await begun();
      await shop.commit('dev', { 'apps/checkout/other.yaml': 'a: 1\n', ...files });
      const { qa } = await plan(shop);
      expect([qa?.outcome, qa?.rendering]).toEqual(['change', [expect.stringMatching(message)]]);
      expect(namesOf(qa)).toContain('added apps/checkout/other.yaml');
      expect(JSON.stringify(qa?.rendering)).not.toMatch(/\/tmp|sluice-render/);
      await shop.settle();
      expect((await shop.current('checkout', 'qa'))?.state).toBe('ready');
    });

    it('is told as files where kustomize is not installed', async () => {
      const shop = await begun();
      await shop.commit('dev', { [BASE]: deployment('checkout', { tag: '2.0' }) });
      const renderer = createRenderer({ searchPath: '/nonexistent' });
      const { qa } = await plan(shop, { ...world().ports, renderer });
      expect([namesOf(qa), qa?.rendering]).toEqual([['modified Deployment checkout'], ['apps/checkout/env: the diff is of files, because kustomize is not installed on the server']]);
    });

    it('builds on what the application uses, and not on what others have', async () => {
      const shop = await begun();
      const { main = {} } = branches({ qa: GATED, prod: GATED, applications: ['checkout'] });
      const platform = { 'platform/kustomization.yaml': 'resources: [c.yaml]\n', 'platform/c.yaml': 'apiVersion: v1\nkind: ConfigMap\nmetadata: { name: platform }\n' };
      for (const branch of ['qa', 'prod']) await shop.commit(branch, platform);
      await shop.settle();
      const named = { 'apps/checkout/base/kustomization.yaml': 'resources: [deployment.yaml]\nbases: [../../../platform]\n' };
      await shop.commit('dev', { ...platform, ...named });
      expect((await plan(shop))['qa']?.rendering).toEqual([expect.stringMatching(/neither in the application's paths nor in what it uses$/)]);
      await shop.commit('main', { 'sluice.yaml': (main['sluice.yaml'] ?? '').replace('paths: ["apps/checkout/**"]', 'paths: ["apps/checkout/**"], uses: ["platform/**"]') });
      await shop.settle();
      const { qa } = await plan(shop);
      expect([qa?.message, qa?.rendering, namesOf(qa)]).toEqual(['1 object would change', [expect.stringMatching(/rendered by/)], ['added ConfigMap qa-platform']]);
    });
  }),
);
