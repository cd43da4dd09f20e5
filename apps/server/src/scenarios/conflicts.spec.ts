import { CART, CHECKOUT, branches, deployment } from './shop.fixture.js';
import { describeWorlds } from './describe-worlds.fixture.js';
import type { DeploymentFields } from './shop.fixture.js';
import type { Shop } from './world.fixture.js';

const BRANCH = 'sluice/promote/qa/checkout';
const APPROVED = '      approvals: { required: 1, from: ["*"] }';
const LEVEL = 'spec.template.spec.containers[checkout].env[LOG_LEVEL].value';
const dev = (fields: DeploymentFields): string => deployment('checkout', fields);
const qa = (fields: DeploymentFields): string => deployment('checkout', { replicas: 2, ...fields });

// Design, "Compose", 5: a conflict blocks its application only, and is opened as a draft so that a person can resolve it on its branch.
describeWorlds('conflicts', (world) => {
  describe.each(['squash', 'rebase', 'merge'] as const)('merged by %s', (mergeMethod) => {
    const inOneWay = (title: string, test: () => Promise<void>): void => {
      if (mergeMethod === 'squash') it(title, test);
    };
    /** qa has another level and another tag than dev, both since the last promotion; what dev changed of the cart does not conflict. */
    async function conflicted(environment = ''): Promise<Shop> {
      const shop = await world().repository(branches({ qa: environment, prod: '      merge: manual' }), { mergeMethod });
      await shop.commit('qa', { [CHECKOUT]: qa({ tag: '1.0-fix', level: 'trace' }) }, { as: 'grace' });
      await shop.commit('dev', { [CHECKOUT]: dev({ tag: '2.0', level: 'debug' }), 'apps/checkout/notes.txt': 'new\n', [CART]: deployment('cart', { tag: '2.0' }) });
      await shop.settle();
      return shop;
    }
    const draft = async (shop: Shop) => (await shop.requests()).find((request) => request.sourceBranch === BRANCH && request.state === 'open');
    const fieldsInConflict = async (shop: Shop) => (await shop.lane('checkout', 'qa'))?.conflicts.map(({ field }) => field);
    const ready = async (shop: Shop, by: string): Promise<void> => {
      await world().forge.changes.update(shop.id, (await draft(shop))?.number ?? 0, { draft: false, by });
      await shop.settle();
    };

    it('open a draft that has everything else and names each place with its three values; other applications go on', async () => {
      const shop = await conflicted();
      expect(await shop.lane('checkout', 'qa')).toMatchObject({ condition: 'conflicted' });
      expect(await fieldsInConflict(shop)).toEqual(['spec.template.spec.containers[checkout].image', LEVEL]);
      const request = await draft(shop);
      expect(request).toMatchObject({ draft: true, targetBranch: 'qa', title: expect.stringContaining('Resolve conflicts: checkout to qa') });
      expect(request?.body).toMatch(/Deployment\.apps checkout in apps\/checkout\/deployment\.yaml \| .*LOG.*value \| "info" \| "debug" \| "trace"/);
      expect(await shop.file(BRANCH, CHECKOUT)).toBe(qa({ tag: '1.0-fix', level: 'trace' }));
      expect(await shop.file(BRANCH, 'apps/checkout/notes.txt')).toBe('new\n');
      expect(await shop.file('qa', CART)).toBe(deployment('cart', { tag: '2.0', replicas: 2 }));
      expect((await shop.why('checkout', 'qa')).find(({ condition }) => condition === 'conflicted')).toMatchObject({ draft: { number: request?.number }, verdicts: [{ clearedBy: expect.stringContaining(BRANCH) }] });
      await shop.settle();
      expect((await shop.requests()).filter(({ sourceBranch, state }) => sourceBranch === BRANCH && state === 'open')).toHaveLength(1);
    });

    it('are resolved by a push to the branch: one commit with its ledger is promoted', async () => {
      const shop = await conflicted();
      const number = (await draft(shop))?.number;
      await shop.commit(BRANCH, { [CHECKOUT]: qa({ tag: '2.0-fix', level: 'warn' }) }, { as: 'bob' });
      await shop.settle();
      expect(await shop.lane('checkout', 'qa')).toMatchObject({ condition: 'in-sync' });
      expect(await shop.file('qa', CHECKOUT)).toBe(qa({ tag: '2.0-fix', level: 'warn' }));
      expect(await shop.file('qa', 'apps/checkout/notes.txt')).toBe('new\n');
      expect(await shop.file('qa', '.sluice/qa/checkout.yaml')).toContain(await shop.head('dev'));
      const [promotion] = await shop.promotions('checkout', 'qa');
      expect(promotion).toMatchObject({ change: { number }, candidate: { kind: 'change' } });
      await shop.head('qa');
      expect(await shop.git('log', '--format=%an', 'forge/qa')).not.toContain('bob');
    });

    it('keep what was resolved when the source moves on, where it still applies; old approvals do not count', async () => {
      const shop = await conflicted(APPROVED);
      await shop.commit(BRANCH, { [CHECKOUT]: qa({ tag: '2.0-fix', level: 'warn' }) }, { as: 'bob' });
      await shop.settle();
      const before = await shop.current('checkout', 'qa');
      await shop.commit('dev', { 'apps/checkout/notes.txt': 'newer\n' });
      await shop.settle();
      const after = await shop.current('checkout', 'qa');
      expect(after).toMatchObject({ change: { number: before?.change?.number }, verdicts: [{ gate: 'approvals', outcome: 'wait' }] });
      expect(after?.candidate.digest).not.toBe(before?.candidate.digest);
      expect(await shop.file(BRANCH, CHECKOUT)).toBe(qa({ tag: '2.0-fix', level: 'warn' }));
      expect(await shop.file(BRANCH, 'apps/checkout/notes.txt')).toBe('newer\n');
      await shop.commit('dev', { [CHECKOUT]: dev({ tag: '3.0', level: 'debug' }) });
      await shop.settle();
      expect(await shop.current('checkout', 'qa')).toBeUndefined();
      expect(await fieldsInConflict(shop)).toEqual(['spec.template.spec.containers[checkout].image']);
      expect(await draft(shop)).toMatchObject({ number: before?.change?.number, draft: true });
      expect(await shop.file(BRANCH, CHECKOUT)).toBe(qa({ tag: '1.0-fix', level: 'warn' }));
      await shop.commit(BRANCH, { [CHECKOUT]: qa({ tag: '3.0-fix', level: 'warn' }) }, { as: 'bob' });
      await shop.settle();
      await shop.approve('checkout', 'qa', 'grace');
      expect(await shop.file('qa', CHECKOUT)).toBe(qa({ tag: '3.0-fix', level: 'warn' }));
    });

    inOneWay('whoever resolves them is an author: he cannot approve', async () => {
      const shop = await conflicted(APPROVED);
      await shop.commit(BRANCH, { [CHECKOUT]: qa({ tag: '2.0-fix', level: 'warn' }) }, { as: 'bob' });
      await shop.settle();
      const current = await shop.current('checkout', 'qa');
      expect(current).toMatchObject({ state: 'open', candidate: { resolvers: [{ person: 'bob' }] } });
      expect(current?.authors.map(({ person }) => person)).toEqual(['ada', 'bob']);
      await expect(shop.approve('checkout', 'qa', 'bob')).rejects.toThrow(/author/);
      await shop.approve('checkout', 'qa', 'grace');
      expect(await shop.file('qa', CHECKOUT)).toBe(qa({ tag: '2.0-fix', level: 'warn' }));
    });

    inOneWay('stay conflicts where nobody has changed anything, until the request is marked ready', async () => {
      const shop = await conflicted(APPROVED);
      await shop.commit(BRANCH, { [CHECKOUT]: qa({ tag: '2.0-fix', level: 'trace' }) }, { as: 'bob' });
      await shop.settle();
      expect(await fieldsInConflict(shop)).toEqual([LEVEL]);
      expect(await shop.file(BRANCH, CHECKOUT)).toBe(qa({ tag: '2.0-fix', level: 'trace' }));
      await ready(shop, 'grace');
      expect(await shop.current('checkout', 'qa')).toMatchObject({ state: 'open', candidate: { resolvers: [{ person: 'bob' }, { person: 'grace' }] } });
      expect(await shop.file(BRANCH, CHECKOUT)).toBe(qa({ tag: '2.0-fix', level: 'trace' }));
    });

    inOneWay('that are decided for the target need their approvals all the same', async () => {
      const shop = await world().repository(branches({ qa: APPROVED }), { mergeMethod });
      await shop.commit('qa', { [CHECKOUT]: qa({ level: 'trace' }) });
      await shop.commit('dev', { [CHECKOUT]: dev({ level: 'debug' }) });
      await shop.settle();
      await ready(shop, 'bob');
      expect(await shop.current('checkout', 'qa')).toMatchObject({ candidate: { kind: 'change' }, verdicts: [{ gate: 'approvals', outcome: 'wait' }] });
      await shop.approve('checkout', 'qa', 'grace');
      expect(await shop.lane('checkout', 'qa')).toMatchObject({ condition: 'in-sync' });
      expect(await shop.file('qa', CHECKOUT)).toBe(qa({ level: 'trace' }));
    });

    inOneWay('wait while the branch changes more than what conflicts, and say what', async () => {
      const shop = await conflicted();
      await shop.commit(BRANCH, { [CHECKOUT]: qa({ tag: '2.0-fix', level: 'warn', replicas: 9 }), 'apps/cart/more.yaml': 'a: 1\n' }, { as: 'bob' });
      await shop.settle();
      const lane = await shop.lane('checkout', 'qa');
      expect(lane?.message).toMatch(/changes more than what conflicts: .*apps\/cart\/more.yaml/);
      expect(lane?.message).toMatch(/spec.replicas of Deployment.apps checkout/);
      expect(await shop.file('qa', CHECKOUT)).toBe(qa({ tag: '1.0-fix', level: 'trace' }));
      await shop.commit(BRANCH, { [CHECKOUT]: qa({ tag: '2.0-fix', level: 'warn' }), 'apps/cart/more.yaml': null }, { as: 'bob' });
      await shop.settle();
      expect(await shop.file('qa', CHECKOUT)).toBe(qa({ tag: '2.0-fix', level: 'warn' }));
    });

    inOneWay('go away when the source settles them: the request goes on as the promotion', async () => {
      const shop = await conflicted();
      const number = (await draft(shop))?.number;
      await shop.commit('dev', { [CHECKOUT]: dev({ tag: '1.0-fix', level: 'trace' }) });
      await shop.settle();
      expect((await shop.promotions('checkout', 'qa'))[0]).toMatchObject({ state: 'rolling-out', change: { number } });
      expect(await shop.file('qa', 'apps/checkout/notes.txt')).toBe('new\n');
    });

    inOneWay('of a request that is open make it a draft', async () => {
      const shop = await world().repository(branches({ qa: APPROVED }), { mergeMethod });
      await shop.commit('dev', { [CHECKOUT]: dev({ level: 'debug' }) });
      await shop.settle();
      const number = (await shop.current('checkout', 'qa'))?.change?.number;
      await shop.commit('qa', { [CHECKOUT]: qa({ level: 'trace' }) }, { as: 'grace' });
      await shop.settle();
      expect(await draft(shop)).toMatchObject({ number, draft: true });
      expect(await shop.promotions('checkout', 'qa')).toMatchObject([{ state: 'superseded' }, {}]);
    });

    inOneWay('are not offered again when a person closes the draft, until somebody asks', async () => {
      const shop = await conflicted();
      await world().forge.changes.close(shop.id, (await draft(shop))?.number ?? 0, { by: 'grace' });
      await shop.settle();
      await shop.settle();
      expect(await draft(shop)).toBeUndefined();
      expect(await shop.lane('checkout', 'qa')).toMatchObject({ condition: 'conflicted', message: expect.stringContaining('grace closed its request') });
      await shop.promote('checkout', 'qa');
      expect(await draft(shop)).toMatchObject({ draft: true });
    });
  });
});
