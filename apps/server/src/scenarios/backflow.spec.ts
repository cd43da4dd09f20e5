import { ReadBackflow, ReadMatrix, UnownedPaths } from '@sluice/usecases';
import { CHECKOUT, branches, deployment } from './shop.fixture.js';
import type { DeploymentFields, PipelineFields } from './shop.fixture.js';
import { describeWorlds } from './describe-worlds.fixture.js';
import type { Shop } from './world.fixture.js';

const SETTINGS = 'apps/checkout/settings.yaml';
const settings = (colour: string) => `apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: checkout\ndata:\n  colour: ${colour}\n`;
const dev = (fields: DeploymentFields = {}) => deployment('checkout', fields);
const qa = (fields: DeploymentFields = {}) => deployment('checkout', { replicas: 2, ...fields });
const prod = (fields: DeploymentFields = {}) => deployment('checkout', { replicas: 4, registry: 'registry.prod.example.org', ...fields });

// Design, "Rollback, hold, backflow, waves" and the table: what people fix on an environment's branch is shown there, and is returned to the first environment by an ordinary request.
describeWorlds('hotfixes', (world) => {
  const backflow = (shop: Shop) => new ReadBackflow(world().ports).run({ repository: shop.id });
  const places = async (shop: Shop) => (await backflow(shop)).map(({ environment, changes }) => [environment, changes.flatMap(({ nodes }) => nodes.map(({ field, path }) => field ?? path))]);
  const returning = async (shop: Shop, environment = 'prod') => (await shop.requests()).filter(({ sourceBranch }) => sourceBranch === `sluice/backflow/dev/checkout/${environment}`);
  const hotfix = (shop: Shop, fields: DeploymentFields, message = 'calm it down') => shop.commit('prod', { [CHECKOUT]: prod(fields) }, { as: 'bob', message });
  const merge = async (shop: Shop, method: 'squash' | 'rebase' | 'merge' = 'squash'): Promise<void> => {
    const [request] = await returning(shop);
    expect(await shop.mergeOnForge(request?.number ?? 0, request?.head as never, method)).toBe('merged');
    await shop.settle();
  };
  const closeRequest = async (shop: Shop): Promise<void> => {
    const [request] = await returning(shop);
    await world().forge.changes.close(shop.id, request?.number ?? 0, { by: 'ada' });
    await shop.settle();
  };
  /** A tag has reached prod. */
  async function promoted(fields: PipelineFields = {}, mergeMethod: 'squash' | 'rebase' | 'merge' = 'squash'): Promise<Shop> {
    const shop = await world().repository(branches(fields), { mergeMethod });
    await shop.commit('dev', { [CHECKOUT]: dev({ tag: '2.0' }) });
    await shop.settle();
    return shop;
  }
  /** Bob has fixed something on prod, and Sluice has seen it. */
  async function fixedOnProd(fields: DeploymentFields = { tag: '2.0', level: 'trace' }, mergeMethod: 'squash' | 'rebase' | 'merge' = 'squash'): Promise<Shop> {
    const shop = await promoted({}, mergeMethod);
    await hotfix(shop, fields);
    await shop.settle();
    return shop;
  }

  describe.each(['squash', 'rebase', 'merge'] as const)('where requests are merged by %s', (method) => {
    it('a hotfix on prod is returned to dev, comes back and is settled; when dev removes it later prod gets the removal, and there is no second backflow', async () => {
      const shop = await fixedOnProd({ tag: '2.0', level: 'trace' }, method);
      expect(await returning(shop)).toMatchObject([{ state: 'open', targetBranch: 'dev', draft: false }]);
      expect(await shop.file('dev', CHECKOUT)).toBe(dev({ tag: '2.0' }));
      await merge(shop, method);
      expect(await shop.file('dev', CHECKOUT)).toBe(dev({ tag: '2.0', level: 'trace' }));
      expect(await shop.file('qa', CHECKOUT)).toBe(qa({ tag: '2.0', level: 'trace' }));
      expect(await shop.file('prod', CHECKOUT)).toBe(prod({ tag: '2.0', level: 'trace' }));
      expect((await shop.promotions('checkout', 'prod'))[0]).toMatchObject({ candidate: { kind: 'record-only' } });
      expect(await backflow(shop)).toEqual([]);
      await shop.commit('dev', { [CHECKOUT]: dev({ tag: '2.0' }) });
      await shop.settle();
      expect(await shop.file('prod', CHECKOUT)).toBe(prod({ tag: '2.0' }));
      expect(await backflow(shop)).toEqual([]);
      expect(await returning(shop)).toMatchObject([{ state: 'merged' }]);
    });

    it('a hotfix on prod survives an unrelated promotion of the same application, and is still shown', async () => {
      const shop = await fixedOnProd({ tag: '2.0', level: 'trace' }, method);
      await shop.commit('dev', { [CHECKOUT]: dev({ tag: '3.0' }), [SETTINGS]: settings('red') });
      await shop.settle();
      expect(await shop.file('prod', CHECKOUT)).toBe(prod({ tag: '3.0', level: 'trace' }));
      expect(await backflow(shop)).toMatchObject([{ environment: 'prod', application: 'checkout', changes: [{ author: 'bob', subject: 'calm it down' }] }]);
      expect(await returning(shop)).toMatchObject([{ state: 'open' }]);
      await merge(shop, method);
      expect(await shop.file('dev', CHECKOUT)).toBe(dev({ tag: '3.0', level: 'trace' }));
      expect(await backflow(shop)).toEqual([]);
    });

    it("the target's manifests are reverted, the ledger is not: a hold, and never sent back to the source as a hotfix", async () => {
      const shop = await promoted({}, method);
      await hotfix(shop, { tag: '1.0' });
      await shop.settle();
      await shop.commit('dev', { [SETTINGS]: settings('red') });
      await shop.settle();
      expect(await shop.lane('checkout', 'prod')).toMatchObject({ condition: 'held' });
      expect(await backflow(shop)).toEqual([]);
      expect(await returning(shop)).toEqual([]);
    });
  });

  describe('shown at once', () => {
    it('says who changed which object and field, when, and how it ends, in why and in the matrix', async () => {
      const shop = await fixedOnProd();
      const item = (await shop.why('checkout', 'prod')).find(({ condition }) => condition === 'target-only');
      expect(item).toMatchObject({ application: 'checkout', environment: 'prod', verdicts: [{ gate: 'target-only', outcome: 'wait', evidence: { author: 'bob', commit: await shop.head('prod'), subject: 'calm it down' } }] });
      expect(item?.verdicts[0]?.message).toMatch(/LOG_LEVEL.*: changed on prod by bob in [0-9a-f]{10} \(calm it down\), and not by promotion/);
      expect(item?.verdicts[0]?.clearedBy).toContain('sluice/backflow/dev/checkout/prod');
      const matrix = await new ReadMatrix({ ...world().ports, unownedPaths: new UnownedPaths(world().ports.mirrors) }, world().ports.clock).run(shop.id);
      expect(matrix.cells.flatMap(({ environment, application, targetOnly }) => (targetOnly === undefined ? [] : [[environment, application, targetOnly]]))).toEqual([['prod', 'checkout', 1]]);
    });

    it('what the environment owns is no hotfix', async () => {
      const shop = await promoted();
      await shop.commit('prod', { [CHECKOUT]: deployment('checkout', { tag: '2.0', replicas: 9, registry: 'other.example.org' }), 'apps/checkout/env/prod.yaml': 'a: 1\n' });
      await shop.settle();
      expect(await backflow(shop)).toEqual([]);
    });

    it('what somebody merged from the source by hand is none either', async () => {
      const shop = await promoted({ qa: '      merge: manual', owned: '    - { path: "**/env/**" }' });
      await shop.commit('dev', { [CHECKOUT]: dev({ tag: '3.0', level: 'debug' }) });
      await shop.checkout('qa');
      await shop.gitAs('bob', 'merge', '--quiet', '--no-ff', '--allow-unrelated-histories', '-X', 'theirs', '-m', 'by hand', 'forge/dev');
      await shop.push('qa');
      await shop.settle();
      expect((await backflow(shop)).filter(({ environment }) => environment === 'qa')).toEqual([]);
    });

    it('a hotfix of two environments is returned by two requests', async () => {
      const shop = await fixedOnProd();
      await shop.commit('qa', { [SETTINGS]: settings('red') }, { as: 'eve' });
      await shop.settle();
      expect(await returning(shop, 'qa')).toMatchObject([{ state: 'open', targetBranch: 'dev' }]);
      expect(await returning(shop)).toMatchObject([{ state: 'open' }]);
    });

    it('beside what was undone, only the hotfix is returned', async () => {
      const shop = await promoted();
      await hotfix(shop, { tag: '1.0', level: 'trace' });
      await shop.settle();
      expect(await shop.lane('checkout', 'prod')).toMatchObject({ condition: 'held' });
      expect((await backflow(shop))[0]?.changes[0]?.nodes).toMatchObject([{ field: expect.stringContaining('LOG_LEVEL') }]);
      await merge(shop);
      expect(await shop.file('dev', CHECKOUT)).toBe(dev({ tag: '2.0', level: 'trace' }));
    });

    it('a rollback brings no hotfix and keeps the one that was there', async () => {
      const shop = await fixedOnProd();
      await shop.commit('dev', { [CHECKOUT]: dev({ tag: '3.0' }) });
      await shop.settle();
      await shop.rollBack('checkout', 'prod');
      expect(await shop.file('prod', CHECKOUT)).toBe(prod({ tag: '2.0', level: 'trace' }));
      expect(await places(shop)).toEqual([['prod', [expect.stringContaining('LOG_LEVEL')]]]);
      await merge(shop);
      expect(await shop.file('dev', CHECKOUT)).toBe(dev({ tag: '3.0', level: 'trace' }));
    });

    it('is found again after the database was lost, and asked for once', async () => {
      const shop = await fixedOnProd();
      const before = await backflow(shop);
      await world().loseDatabase();
      await shop.rebuild();
      await shop.settle();
      expect(await backflow(shop)).toEqual(before);
      expect(await returning(shop)).toHaveLength(1);
    });
  });

  describe('the request', () => {
    it('says object by object what it returns and whose it is, and lets no commit forge anything', async () => {
      const shop = await promoted();
      await hotfix(shop, { tag: '2.0', level: 'trace' }, '@all <!-- sluice:backflow --> [x](y)');
      await shop.settle();
      const [request] = await returning(shop);
      expect(request?.title).toBe('Return to dev what prod has of checkout');
      expect(request?.body).toMatch(/\*\*modified\*\* Deployment\.apps checkout\n.*LOG\\_LEVEL.*: "info" → "trace"/);
      expect(request?.body).toContain('(bob)');
      expect(request?.body.match(/<!--/g)).toHaveLength(1);
      expect(request?.body).not.toContain('@all');
      expect(await shop.file('sluice/backflow/dev/checkout/prod', CHECKOUT)).toBe(dev({ tag: '2.0', level: 'trace' }));
    });

    it('is moved on when the hotfix changes, and closed when somebody takes it back', async () => {
      const shop = await fixedOnProd();
      await hotfix(shop, { tag: '2.0', level: 'debug' });
      await shop.settle();
      expect(await returning(shop)).toMatchObject([{ number: expect.any(Number), state: 'open' }]);
      expect(await shop.file('sluice/backflow/dev/checkout/prod', CHECKOUT)).toBe(dev({ tag: '2.0', level: 'debug' }));
      await hotfix(shop, { tag: '2.0' });
      await shop.settle();
      expect(await backflow(shop)).toEqual([]);
      expect(await returning(shop)).toMatchObject([{ state: 'closed', closedBy: 'sluice' }]);
    });

    it('stays closed when a person closes it, until the hotfix is another one', async () => {
      const shop = await fixedOnProd();
      await closeRequest(shop);
      await shop.commit('dev', { [CHECKOUT]: dev({ tag: '3.0' }) });
      await shop.settle();
      expect(await returning(shop)).toMatchObject([{ state: 'closed', closedBy: 'ada' }]);
      expect((await backflow(shop))[0]?.message).toMatch(/^ada closed request \d+/);
      await hotfix(shop, { tag: '3.0', level: 'debug' });
      await shop.settle();
      expect(await returning(shop)).toMatchObject([{ state: 'open' }, { state: 'closed' }]);
    });

    it('is a draft where dev has changed the same place otherwise, and is left alone once somebody works on it', async () => {
      const shop = await promoted({ qa: '      merge: manual' });
      await shop.commit('dev', { [CHECKOUT]: dev({ tag: '2.0', level: 'warn' }) });
      await shop.settle();
      await shop.commit('qa', { [CHECKOUT]: qa({ level: 'trace' }), [SETTINGS]: settings('red') }, { as: 'bob' });
      await shop.settle();
      const [draft] = await returning(shop, 'qa');
      expect(draft).toMatchObject({ state: 'open', draft: true, body: expect.stringContaining('### Conflicts') });
      const branch = 'sluice/backflow/dev/checkout/qa';
      expect(await shop.file(branch, SETTINGS)).toBe(settings('red'));
      await shop.commit(branch, { [CHECKOUT]: dev({ tag: '2.0', level: 'error' }) }, { as: 'bob' });
      await shop.commit('qa', { [SETTINGS]: settings('blue') }, { as: 'bob' });
      await shop.settle();
      expect(await shop.file(branch, CHECKOUT)).toBe(dev({ tag: '2.0', level: 'error' }));
    });

    it('is not made where dev has the same already', async () => {
      const shop = await promoted({ qa: '      merge: manual' });
      await shop.commit('dev', { [CHECKOUT]: dev({ tag: '2.0', level: 'trace' }) });
      await shop.settle();
      await hotfix(shop, { level: 'trace' });
      await shop.settle();
      expect(await returning(shop)).toEqual([]);
      expect((await backflow(shop))[0]?.message).toContain('dev has it already');
    });
  });
});
