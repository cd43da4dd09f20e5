import { CHECKOUT, branches, deployment } from './shop.fixture.js';
import { describeWorlds } from './describe-worlds.fixture.js';
import type { PipelineFields } from './shop.fixture.js';
import type { Shop } from './world.fixture.js';

const SETTINGS = 'apps/checkout/settings.yaml';
const NOTES = 'apps/checkout/notes.txt';
const settings = (colour: string, size = 'small') => `apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: checkout\ndata:\n  colour: ${colour}\n  size: ${size}\n`;
const IMAGE = 'spec.template.spec.containers[checkout].image of Deployment.apps checkout in apps/checkout/deployment.yaml';

// Design, "Rollback, hold, backflow, waves" and the table: what people undo by hand on a target stays undone until the source decides anew, or a person does.
describeWorlds('what people undo on a target', (world) => {
  describe.each(['squash', 'rebase', 'merge'] as const)('merged by %s', (mergeMethod) => {
    describe.each(['polled step by step', 'polled all at once'] as const)('%s', (polling) => {
      /** Rows of the table are looked at in every way, what is around them in one. */
      const inOneWay = (title: string, test: () => Promise<void>): void => {
        if (mergeMethod === 'squash' && polling === 'polled step by step') it(title, test);
      };
      const look = async (shop: Shop): Promise<void> => (polling === 'polled step by step' ? shop.settle() : undefined);
      const qa = (tag: string, level?: string): string => deployment('checkout', { tag, replicas: 2, ...(level !== undefined && { level }) });

      /** Two promotions have reached qa: a tag, then a ConfigMap. Nothing goes on to prod by itself. */
      async function twicePromoted(fields: PipelineFields = {}): Promise<Shop> {
        const shop = await world().repository(branches({ prod: '      merge: manual', ...fields }), { mergeMethod });
        await shop.commit('dev', { [CHECKOUT]: deployment('checkout', { tag: '2.0' }) });
        await shop.settle();
        await shop.commit('dev', { [SETTINGS]: settings('red') });
        await shop.settle();
        return shop;
      }
      const revertNewest = async (shop: Shop): Promise<void> => {
        await shop.checkout('qa');
        await shop.gitAs('bob', 'revert', '--no-edit', ...(mergeMethod === 'merge' ? ['-m', '1'] : []), 'HEAD');
        await shop.push('qa');
      };
      const mergeByHand = async (shop: Shop): Promise<void> => {
        await shop.checkout('qa');
        await shop.gitAs('bob', 'merge', '--quiet', '--no-ff', '--allow-unrelated-histories', '-X', 'theirs', '-m', 'by hand', 'forge/dev');
        await shop.push('qa');
      };
      const revertTheMerge = async (shop: Shop): Promise<void> => {
        await shop.checkout('qa');
        const merge = await shop.git('rev-list', '--first-parent', '--merges', '--grep=^by hand', '-n', '1', 'HEAD');
        await shop.gitAs('bob', 'revert', '--no-edit', '-m', '1', merge);
        await shop.push('qa');
      };
      const held = async (shop: Shop) => expect(await shop.lane('checkout', 'qa')).toMatchObject({ condition: 'held' });
      const inSync = async (shop: Shop) => expect(await shop.lane('checkout', 'qa')).toMatchObject({ condition: 'in-sync' });

      describe('a promotion that is reverted by hand', () => {
        inOneWay('is held, and why says who undid what and how to lift it', async () => {
          const shop = await twicePromoted();
          await revertNewest(shop);
          await shop.settle();
          const item = (await shop.why('checkout', 'qa')).find(({ condition }) => condition === 'held');
          expect(item).toMatchObject({ condition: 'held', verdicts: [{ outcome: 'wait', clearedBy: expect.stringContaining('sluice promote checkout qa') }] });
          expect(item?.verdicts[0]?.message).toMatch(/was undone on qa by bob in [0-9a-f]{10} \(ConfigMap checkout in apps\/checkout\/settings.yaml\)/);
          expect(item?.verdicts[0]?.evidence).toMatchObject({ undoneBy: 'bob', undoneIn: await shop.head('qa'), nodes: 1, 'held 1': 'ConfigMap checkout in apps/checkout/settings.yaml' });
        });

        it('stays held while the source edits something unrelated, also in the same application, file or object', async () => {
          const shop = await twicePromoted();
          await shop.commit('dev', { [CHECKOUT]: deployment('checkout', { tag: '3.0' }) });
          await shop.settle();
          await revertNewest(shop);
          await look(shop);
          await shop.commit('dev', { [NOTES]: 'unrelated\n' });
          await look(shop);
          await shop.commit('dev', { [CHECKOUT]: deployment('checkout', { tag: '3.0', level: 'debug' }) });
          await shop.settle();
          await held(shop);
          expect(await shop.file('qa', CHECKOUT)).toBe(qa('2.0'));
          expect(await shop.file('qa', NOTES)).toBeUndefined();
        });

        it('ends when the source changes what was undone: one request carries all', async () => {
          const shop = await twicePromoted();
          await revertNewest(shop);
          await look(shop);
          await shop.commit('dev', { [NOTES]: 'unrelated\n' });
          await look(shop);
          await shop.commit('dev', { [SETTINGS]: settings('blue') });
          await shop.settle();
          await inSync(shop);
          expect(await shop.file('qa', SETTINGS)).toBe(settings('blue'));
          expect(await shop.file('qa', NOTES)).toBe('unrelated\n');
          expect((await shop.promotions('checkout', 'qa')).filter((promotion) => promotion.candidate.kind === 'change')).toHaveLength(3);
        });

        inOneWay('ends when a person lifts it', async () => {
          const shop = await twicePromoted();
          await revertNewest(shop);
          await shop.settle();
          await shop.promote('checkout', 'qa');
          await inSync(shop);
          expect(await shop.file('qa', SETTINGS)).toBe(settings('red'));
        });

        inOneWay('ends when somebody reverts the revert', async () => {
          const shop = await twicePromoted();
          await revertNewest(shop);
          await look(shop);
          await shop.checkout('qa');
          await shop.gitAs('bob', 'revert', '--no-edit', 'HEAD');
          await shop.push('qa');
          await shop.settle();
          await inSync(shop);
          expect(await shop.file('qa', SETTINGS)).toBe(settings('red'));
        });

        inOneWay('comes again, in the end, when the source takes it back and lands it again', async () => {
          const shop = await twicePromoted();
          await revertNewest(shop);
          await look(shop);
          await shop.commit('dev', { [SETTINGS]: null });
          await look(shop);
          await shop.commit('dev', { [SETTINGS]: settings('red') });
          await shop.settle();
          await inSync(shop);
          expect(await shop.file('qa', SETTINGS)).toBe(settings('red'));
          expect(await shop.file('qa', '.sluice/qa/checkout.yaml')).toContain(await shop.head('dev'));
        });
      });

      describe("the target's manifests are reverted, the ledger is not", () => {
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

      it('a hotfix is no hold: a new value of a promoted field waits for nobody', async () => {
        const shop = await twicePromoted();
        await shop.commit('qa', { [CHECKOUT]: qa('2.0-hotfix', 'trace') }, { as: 'bob' });
        await look(shop);
        await shop.commit('dev', { [SETTINGS]: settings('green') });
        await shop.settle();
        await inSync(shop);
        expect(await shop.file('qa', CHECKOUT)).toBe(qa('2.0-hotfix', 'trace'));
        expect(await shop.file('qa', SETTINGS)).toBe(settings('green'));
      });

      it('a hotfix that is removed later is no hold either', async () => {
        const shop = await twicePromoted();
        await shop.commit('qa', { [CHECKOUT]: qa('2.0', 'trace') }, { as: 'bob' });
        await look(shop);
        await shop.commit('dev', { [SETTINGS]: settings('green') });
        await shop.settle();
        await shop.commit('qa', { [CHECKOUT]: qa('2.0') }, { as: 'bob' });
        await look(shop);
        await shop.commit('dev', { [SETTINGS]: settings('blue') });
        await shop.settle();
        await inSync(shop);
        expect(await shop.file('qa', CHECKOUT)).toBe(qa('2.0'));
        expect(await shop.file('qa', SETTINGS)).toBe(settings('blue'));
      });

      inOneWay('what the environment owns can go to and fro', async () => {
        const shop = await twicePromoted();
        await shop.commit('qa', { [CHECKOUT]: deployment('checkout', { tag: '2.0', replicas: 7 }) });
        await look(shop);
        await shop.commit('qa', { [CHECKOUT]: qa('2.0') });
        await shop.settle();
        await inSync(shop);
      });

      it('somebody merges dev into qa by hand and then reverts that merge: a record only, then a hold', async () => {
        const shop = await twicePromoted();
        await shop.commit('dev', { [SETTINGS]: settings('blue', 'large') });
        await mergeByHand(shop);
        await look(shop);
        if (polling === 'polled step by step') expect((await shop.promotions('checkout', 'qa'))[0]).toMatchObject({ candidate: { kind: 'record-only' } });
        await revertTheMerge(shop);
        await shop.settle();
        await held(shop);
        expect(await shop.file('qa', SETTINGS)).toBe(settings('red'));
        await shop.commit('dev', { [NOTES]: 'unrelated\n' });
        await shop.settle();
        await held(shop);
        await shop.promote('checkout', 'qa');
        await inSync(shop);
        expect(await shop.file('qa', SETTINGS)).toBe(settings('blue', 'large'));
        expect(await shop.file('qa', NOTES)).toBe('unrelated\n');
      });

      inOneWay('so it is when that merge was the first that Sluice recorded', async () => {
        const shop = await world().repository(branches({ prod: '      merge: manual', owned: '    - { path: "**/env/**" }' }), { mergeMethod });
        await shop.commit('dev', { [SETTINGS]: settings('blue') });
        await mergeByHand(shop);
        await shop.settle();
        await revertTheMerge(shop);
        await shop.settle();
        await held(shop);
      });
    });
  });
});
