import { describeInEveryWay, describeWorlds } from '../describe-worlds.fixture.js';
import { inSync } from '../in-sync.fixture.js';
import { promotionSteps } from '../promotions/steps.fixture.js';
import { CHECKOUT, branches, deployment } from '../shop.fixture.js';
import type { PipelineFields } from '../shop.fixture.js';
import type { Shop } from '../world.fixture.js';
import { NOTES, SETTINGS, held, qa, settings, undoneByPeople } from './undone-by-people.fixture.js';

const IMAGE = 'spec.template.spec.containers[checkout].image of Deployment.apps checkout in apps/checkout/deployment.yaml';

describeInEveryWay('content that is reverted on the target, without its ledger,', (world, way) => {
  const { repository } = promotionSteps(world, way);

  it('is never sent there again', async () => {
    const shop = await repository(branches());
    await shop.commit('dev', { [CHECKOUT]: deployment('checkout', { tag: '2.0' }) });
    await shop.settle();
    await shop.commit('qa', { [CHECKOUT]: deployment('checkout', { replicas: 2 }) });
    await shop.commit('dev', { 'apps/checkout/notes.txt': 'unrelated\n' });
    await shop.settle();
    expect(await shop.file('qa', CHECKOUT)).toBe(deployment('checkout', { replicas: 2 }));
    expect(await shop.file('dev', CHECKOUT)).toBe(deployment('checkout', { tag: '2.0' }));
  });
});

describeWorlds("a hold where the target's manifests are reverted, the ledger is not,", (world) => {
  describe.each(['squash', 'rebase', 'merge'] as const)('merged by %s', (mergeMethod) => {
    describe.each(['polled step by step', 'polled all at once'] as const)('%s', (polling) => {
      const { look, inOneWay, twicePromoted } = undoneByPeople(world, mergeMethod, polling);

      const undoneTag = async (fields: PipelineFields = {}): Promise<Shop> => {
        const shop = await twicePromoted(fields);
        await shop.commit('qa', { [CHECKOUT]: qa('1.0') }, { as: 'bob' });
        await look(shop);
        return shop;
      };

      it('is the same hold, and is never sent back to the source', async () => {
        const shop = await undoneTag();
        await shop.commit('dev', { [NOTES]: 'unrelated\n' });
        await shop.settle();
        await held(shop);
        const why = (await shop.why('checkout', 'qa')).find(({ condition }) => condition === 'held');
        expect(why?.verdicts[0]).toMatchObject({ message: expect.stringContaining('by bob'), evidence: { nodes: 1, 'held 1': IMAGE } });
        expect(await shop.file('dev', CHECKOUT)).toBe(deployment('checkout', { tag: '2.0' }));
        expect((await shop.requests()).filter((request) => request.state === 'open' && request.targetBranch !== 'prod')).toEqual([]);
      });

      it('ends when the source changes the same field; what is unrelated and what the target changed itself stays', async () => {
        const shop = await undoneTag();
        await shop.commit('qa', { [CHECKOUT]: qa('1.0', 'trace') }, { as: 'bob' });
        await look(shop);
        await shop.commit('dev', { [CHECKOUT]: deployment('checkout', { tag: '2.1' }) });
        await shop.settle();
        await inSync(shop);
        expect(await shop.file('qa', CHECKOUT)).toBe(qa('2.1', 'trace'));
        expect(await shop.file('qa', SETTINGS)).toBe(settings('red'));
      });

      inOneWay('ends when the source changes one of the fields: one request carries all of them', async () => {
        const shop = await twicePromoted();
        await shop.commit('dev', { [CHECKOUT]: deployment('checkout', { tag: '3.0', level: 'debug' }) });
        await shop.settle();
        await shop.commit('qa', { [CHECKOUT]: qa('2.0') }, { as: 'bob' });
        await look(shop);
        await shop.commit('dev', { [CHECKOUT]: deployment('checkout', { tag: '3.1', level: 'debug' }) });
        await shop.settle();
        await inSync(shop);
        expect(await shop.file('qa', CHECKOUT)).toBe(qa('3.1', 'debug'));
      });

      inOneWay('ends when a person lifts it: the request says what comes again, and needs new approvals', async () => {
        const shop = await undoneTag({ qa: '' });
        const config = branches({ qa: '      approvals: { required: 1, from: [group:release-managers] }', prod: '      merge: manual' })['main'] ?? {};
        await shop.commit('main', config);
        await shop.settle();
        await held(shop);
        await shop.promote('checkout', 'qa', 'bob');
        const request = (await shop.requests()).find((item) => item.state === 'open' && item.targetBranch === 'qa');
        expect(request?.body).toContain('it comes again');
        expect(await shop.current('checkout', 'qa')).toMatchObject({ candidate: { kind: 'change' }, verdicts: [{ gate: 'approvals', outcome: 'wait' }] });
        await shop.approve('checkout', 'qa', 'grace');
        await inSync(shop);
        expect(await shop.file('qa', CHECKOUT)).toBe(qa('2.0'));
      });

      inOneWay('ends when somebody puts the promoted value back', async () => {
        const shop = await undoneTag();
        await shop.commit('qa', { [CHECKOUT]: qa('2.0') }, { as: 'bob' });
        await shop.settle();
        await inSync(shop);
      });

      inOneWay('is held as well when the value is from two promotions ago', async () => {
        const shop = await twicePromoted();
        await shop.commit('dev', { [CHECKOUT]: deployment('checkout', { tag: '3.0' }) });
        await shop.settle();
        await shop.commit('qa', { [CHECKOUT]: qa('1.0') }, { as: 'bob' });
        await shop.settle();
        await held(shop);
        await shop.promote('checkout', 'qa');
        expect(await shop.file('qa', CHECKOUT)).toBe(qa('3.0'));
      });

      inOneWay('is found again by a new index', async () => {
        const shop = await undoneTag();
        await shop.settle();
        const before = await world().ports.environments.state(shop.id, 'qa' as never);
        expect(before?.held).toHaveProperty('checkout');
        const { 'sluice.yaml': config = '' } = branches({ prod: '      merge: manual' })['main'] ?? {};
        await shop.commit('main', { 'sluice.yaml': (config ?? '').replace('{ path: "**/env/**" }', '{ path: "**/environment/**" }') });
        await shop.settle();
        expect((await world().ports.environments.state(shop.id, 'qa' as never))?.held).toEqual(before?.held);
        await held(shop);
      });
    });
  });
});
