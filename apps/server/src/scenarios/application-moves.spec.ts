import { PlanPromotions } from '@sluice/usecases';
import { CART, CHECKOUT, branches, deployment } from './shop.fixture.js';
import { describeInEveryWay } from './describe-worlds.fixture.js';
import type { Shop } from './world.fixture.js';

const MANUAL = '      merge: manual';

/** The pipeline file with these paths for each application. */
function pipelineWith(applications: Readonly<Record<string, readonly string[]>>, environments: { readonly qa?: string; readonly prod?: string } = {}): string {
  const text = branches(environments)['main']?.['sluice.yaml'] ?? '';
  const lines = Object.entries(applications).map(([name, paths]) => `    - { name: ${name}, paths: ${JSON.stringify(paths)} }`);
  return text.replace(/ {2}applications:\n(?: {4}- .*\n)*/, `  applications:\n${lines.join('\n')}\n`);
}

// Design, "The ledger": a path's base is the ledger that covered it last.
describeInEveryWay('a path that moves from one application to another', (world, way) => {
  const SHARED = 'apps/checkout/shared.yaml';
  const shared = (value: string): string => `kind: ConfigMap\nmetadata: { name: shared }\ndata: { value: ${value} }\n`;
  const MOVED = { checkout: ['apps/checkout/deployment.yaml'], cart: ['apps/cart/**', SHARED] };

  async function withShared(environments: { readonly qa?: string; readonly prod?: string } = {}): Promise<Shop> {
    const shop = await world().repository(branches(environments), way);
    await shop.commit('dev', { [SHARED]: shared('one') });
    await shop.settle();
    return shop;
  }

  it('is only recorded where it is the same', async () => {
    const shop = await withShared();
    await shop.commit('main', { 'sluice.yaml': pipelineWith(MOVED) });
    await shop.settle();
    for (const target of ['qa', 'prod']) {
      for (const application of ['checkout', 'cart']) {
        expect((await shop.promotions(application, target))[0]?.candidate.kind).toBe('record-only');
        expect(await shop.lane(application, target)).toMatchObject({ condition: 'in-sync' });
      }
      expect(await shop.file(target, SHARED)).toBe(shared('one'));
      expect(await shop.file(target, `.sluice/${target}/cart.yaml`)).toContain(SHARED);
    }
  });

  it('brings what the one that had it had not brought yet, and nothing else', async () => {
    const shop = await withShared({ qa: MANUAL });
    // cart has been promoted past the commit that checkout still waits with
    await shop.commit('dev', { [SHARED]: shared('two') });
    await shop.settle();
    await shop.commit('dev', { [CART]: deployment('cart', { tag: '2.0' }) });
    await shop.settle();
    const cart = await shop.current('cart', 'qa');
    await shop.mergeOnForge(cart!.change!.number, cart!.candidate.head);
    await shop.settle();
    await shop.commit('main', { 'sluice.yaml': pipelineWith(MOVED) });
    await shop.settle();
    expect(await shop.file('qa', SHARED)).toBe(shared('two'));
    expect(await shop.file('qa', CART)).toBe(deployment('cart', { tag: '2.0', replicas: 2 }));
    expect((await shop.promotions('cart', 'qa'))[0]?.candidate).toMatchObject({ kind: 'change', changedPaths: [SHARED] });
    expect((await shop.requests()).filter(({ sourceBranch }) => sourceBranch.startsWith('sluice/backflow/'))).toEqual([]);
    for (const application of ['checkout', 'cart']) expect(await shop.lane(application, 'qa')).toMatchObject({ condition: 'in-sync' });
  });

  way.once('to a new application is no adoption, and a hotfix in it stays', async () => {
    const shop = await withShared();
    await shop.commit('qa', { [SHARED]: `${shared('one')}# qa only\n` }, { as: 'bob' });
    await shop.settle();
    await shop.commit('main', { 'sluice.yaml': pipelineWith({ checkout: ['apps/checkout/deployment.yaml'], cart: ['apps/cart/**'], base: [SHARED] }) });
    await shop.settle();
    expect((await shop.promotions('base', 'qa')).map(({ candidate }) => candidate.kind)).toEqual(['record-only']);
    await shop.commit('dev', { [SHARED]: shared('three') });
    await shop.settle();
    expect(await shop.file('qa', SHARED)).toBe(`${shared('three')}# qa only\n`);
    expect(await shop.file('prod', SHARED)).toContain('three');
  });

  way.once('comes back to where it was before', async () => {
    const shop = await withShared();
    const before = pipelineWith({ checkout: ['apps/checkout/**'], cart: ['apps/cart/**'] });
    await shop.commit('main', { 'sluice.yaml': pipelineWith(MOVED) });
    await shop.settle();
    await shop.commit('dev', { [SHARED]: shared('two') });
    await shop.settle();
    await shop.commit('main', { 'sluice.yaml': before });
    await shop.settle();
    await shop.commit('dev', { [SHARED]: shared('three'), [CHECKOUT]: deployment('checkout', { tag: '2.0' }) });
    await shop.settle();
    expect(await shop.file('prod', SHARED)).toBe(shared('three'));
    for (const application of ['checkout', 'cart']) expect(await shop.lane(application, 'prod')).toMatchObject({ condition: 'in-sync' });
  });
});

const DATABASE = 'apps/checkout/database.yaml';
const BASE = 'apps/base/database.yaml';
const statefulSet = (fields: { readonly replicas?: number; readonly registry?: string; readonly tag?: string; readonly class?: string } = {}): string => {
  const { replicas = 1, registry = 'registry.example.org/shop', tag = '14' } = fields;
  return `apiVersion: apps/v1
kind: StatefulSet
metadata:
  name: database
spec:
  replicas: ${replicas}
  template:
    spec:
${fields.class === undefined ? '' : `      priorityClassName: ${fields.class}\n`}      containers:
        - name: postgres
          image: ${registry}/postgres:${tag}
`;
};
const OWNED = `    - { path: "**/env/**" }
    - { kind: Deployment, fields: [spec.replicas] }
    - { kind: Deployment, fields: ["spec.template.spec.containers[*].image"], part: registry, environments: [prod] }
    - { kind: StatefulSet, fields: [spec.replicas] }
    - { kind: StatefulSet, fields: ["spec.template.spec.containers[*].image"], part: registry, environments: [prod] }`;

// Design, "Compose", 7: an identity removed in one application and added in another binds both into one request: never zero and never two copies in the target.
describeInEveryWay('an object that moves from one application to another', (world, way) => {
  const { mergeMethod } = way;
  async function withDatabase(environments: { readonly qa?: string; readonly prod?: string } = {}): Promise<Shop> {
    const files = branches({ ...environments, owned: OWNED, applications: ['base', 'checkout', 'cart'] });
    const own: Readonly<Record<string, string>> = { dev: statefulSet(), qa: statefulSet({ replicas: 2 }), prod: statefulSet({ replicas: 4, registry: 'registry.prod.example.org' }) };
    const anchor = { 'apps/base/namespace.yaml': 'apiVersion: v1\nkind: Namespace\nmetadata: { name: shop }\n' };
    return world().repository({ ...files, ...Object.fromEntries(Object.entries(own).map(([branch, text]) => [branch, { ...files[branch], ...anchor, [DATABASE]: text }])) }, way);
  }

  /** How many copies each commit of a branch has, oldest first, since the beginning. */
  async function copiesIn(shop: Shop, branch: string): Promise<readonly number[]> {
    await shop.git('fetch', '--quiet', '--prune', 'forge');
    const commits = (await shop.git('rev-list', '--first-parent', '--reverse', `forge/${branch}`)).split('\n');
    const counts: number[] = [];
    for (const commit of commits) counts.push(Number((await shop.git('grep', '-l', '--all-match', '-e', 'kind: StatefulSet', commit, '--', 'apps').catch(() => '')).split('\n').filter((line) => line !== '').length));
    return counts;
  }

  async function everywhereOnce(shop: Shop): Promise<void> {
    for (const branch of ['qa', 'prod']) expect(new Set(await copiesIn(shop, branch))).toEqual(new Set([1]));
  }

  it('goes in one request from environment to environment, and what each owns goes with it', async () => {
    const shop = await withDatabase();
    await shop.commit('dev', { [DATABASE]: null, [BASE]: statefulSet({ tag: '15' }) });
    await shop.settle();
    await everywhereOnce(shop);
    expect(await shop.file('qa', BASE)).toBe(statefulSet({ tag: '15', replicas: 2 }));
    expect(await shop.file('prod', BASE)).toBe(statefulSet({ tag: '15', replicas: 4, registry: 'registry.prod.example.org' }));
    for (const target of ['qa', 'prod']) {
      expect(await shop.file(target, DATABASE)).toBeUndefined();
      const [promotion] = await shop.promotions('checkout', target);
      expect(promotion).toMatchObject({ application: 'base', candidate: { kind: 'change', members: [{ application: 'base' }, { application: 'checkout' }] } });
      expect((await shop.promotions('base', target))[0]?.id).toBe(promotion?.id);
      for (const application of ['base', 'checkout', 'cart']) expect(await shop.lane(application, target)).toMatchObject({ condition: 'in-sync' });
    }
    const request = (await shop.requests()).find(({ title }) => title.startsWith('Promote base and checkout to prod'));
    expect(request?.body).toContain('StatefulSet.apps database goes from checkout to base');
  });

  it('takes along what only the target has changed in it', async () => {
    const shop = await withDatabase();
    await shop.commit('qa', { [DATABASE]: statefulSet({ replicas: 2, class: 'important' }) }, { as: 'bob' });
    await shop.settle();
    await shop.commit('dev', { [DATABASE]: null, [BASE]: statefulSet({ tag: '15' }) });
    await shop.settle();
    expect(await shop.file('qa', BASE)).toBe(statefulSet({ tag: '15', replicas: 2, class: 'important' }));
    await everywhereOnce(shop);
  });

  it('does so together with other changes of both, polled all at once, also there and back again', async () => {
    const shop = await withDatabase();
    await shop.commit('dev', { [CHECKOUT]: deployment('checkout', { tag: '2.0' }) });
    await shop.commit('dev', { [DATABASE]: null, [BASE]: statefulSet({ tag: '15' }) });
    await shop.commit('dev', { 'apps/base/notes.yaml': 'kind: ConfigMap\nmetadata: { name: notes }\n', [CART]: deployment('cart', { tag: '3.0' }) });
    await shop.settle();
    expect(await shop.file('prod', CHECKOUT)).toContain('checkout:2.0');
    expect(await shop.file('prod', CART)).toContain('cart:3.0');
    expect(await shop.file('prod', 'apps/base/notes.yaml')).toBeDefined();
    await shop.commit('dev', { [BASE]: null, [DATABASE]: statefulSet({ tag: '16' }) });
    await shop.settle();
    expect(await shop.file('prod', DATABASE)).toBe(statefulSet({ tag: '16', replicas: 4, registry: 'registry.prod.example.org' }));
    await everywhereOnce(shop);
  });

  way.once('is planned as one from environment to environment', async () => {
    const shop = await withDatabase({ qa: MANUAL, prod: MANUAL });
    await shop.commit('dev', { [DATABASE]: null, [BASE]: statefulSet({ tag: '15' }) });
    await shop.settle();
    const items = await new PlanPromotions(world().ports).run({ repository: shop.id, revision: 'dev' });
    const together = items.flatMap(({ environment, application, ...item }) => (item.together ? [[environment, application, item.after, item.together]] : []));
    expect(together).toEqual([['qa', undefined], ['prod', 'qa']].flatMap(([environment, after]) => ['base', 'checkout'].map((application) => [environment, application, after, ['base', 'checkout']])));
  });

  way.once('waits for a request that was open before, and that one brings nothing of it', async () => {
    const shop = await withDatabase({ qa: `${MANUAL}\n      onNewSource: wait` });
    await shop.commit('dev', { [CHECKOUT]: deployment('checkout', { tag: '2.0' }) });
    await shop.settle();
    const before = await shop.current('checkout', 'qa');
    await shop.commit('dev', { [DATABASE]: null, [BASE]: statefulSet({ tag: '15' }) });
    await shop.settle();
    expect((await shop.current('checkout', 'qa'))?.id).toBe(before?.id);
    expect(await shop.current('base', 'qa')).toBeUndefined();
    expect(await shop.lane('base', 'qa')).toMatchObject({ condition: 'waiting', message: expect.stringContaining('first checkout ends what it has open') });
    expect(await shop.mergeOnForge(before!.change!.number, before!.candidate.head)).toBe('merged');
    await shop.settle();
    const together = await shop.current('base', 'qa');
    expect(together?.candidate.members).toHaveLength(2);
    expect(await shop.lane('checkout', 'qa')).toMatchObject({ condition: 'waiting', goesWith: 'base', message: expect.stringContaining('goes with base (StatefulSet.apps database goes from checkout to base)') });
    expect((await shop.why('checkout', 'qa')).map(({ promotion }) => promotion?.id)).toContain(together?.id);
    expect(await shop.mergeOnForge(together!.change!.number, together!.candidate.head)).toBe('merged');
    await shop.settle();
    await everywhereOnce(shop);
    expect(await shop.file('prod', BASE)).toBe(statefulSet({ tag: '15', replicas: 4, registry: 'registry.prod.example.org' }));
  });

  way.once('removed first and added later: the request that removes it gives way to one that does both', async () => {
    const shop = await withDatabase({ qa: MANUAL });
    await shop.commit('dev', { [DATABASE]: null });
    await shop.settle();
    expect(await shop.current('checkout', 'qa')).toMatchObject({ candidate: { changedPaths: [DATABASE] } });
    await shop.commit('dev', { [BASE]: statefulSet() });
    await shop.settle();
    expect(await shop.current('checkout', 'qa')).toBeUndefined();
    const together = await shop.current('base', 'qa');
    expect(together?.candidate.changedPaths).toEqual([BASE, DATABASE]);
    expect((await shop.requests()).filter(({ state, targetBranch }) => state === 'open' && targetBranch === 'qa')).toHaveLength(1);
    await shop.mergeOnForge(together!.change!.number, together!.candidate.head);
    await shop.settle();
    await everywhereOnce(shop);
  });

  way.once('waits while one of the two is held, and why of both says so', async () => {
    const shop = await withDatabase();
    await shop.commit('dev', { [CHECKOUT]: deployment('checkout', { tag: '2.0' }) });
    await shop.settle();
    await shop.checkout('qa');
    await shop.gitAs('bob', 'revert', '--no-edit', ...(mergeMethod === 'merge' ? ['-m', '1'] : []), 'HEAD');
    await shop.push('qa');
    await shop.settle();
    await shop.commit('dev', { [DATABASE]: null, [BASE]: statefulSet({ tag: '15' }) });
    await shop.settle();
    expect(await shop.lane('base', 'qa')).toMatchObject({ condition: 'held', message: expect.stringMatching(/^checkout: .*was undone on qa by/) });
    expect(await shop.lane('checkout', 'qa')).toMatchObject({ condition: 'held' });
    for (const application of ['base', 'checkout']) expect((await shop.why(application, 'qa')).map(({ message }) => message)).toContainEqual(expect.stringContaining('was undone on qa by'));
    expect(await shop.file('qa', BASE)).toBeUndefined();
    await shop.promote('checkout', 'qa');
    expect(await shop.file('qa', BASE)).toBe(statefulSet({ tag: '15', replicas: 2 }));
    expect(await shop.file('qa', CHECKOUT)).toBe(deployment('checkout', { tag: '2.0', replicas: 2 }));
    await everywhereOnce(shop);
  });

  way.once('goes back as one, whichever application somebody names, and there is one copy all the time', async () => {
    const shop = await withDatabase();
    await shop.commit('dev', { [DATABASE]: null, [BASE]: statefulSet({ tag: '15' }) });
    await shop.settle();
    const [moved] = await shop.promotions('checkout', 'prod');
    expect(await shop.rollBack('checkout', 'prod')).toEqual([moved?.id]);
    expect(await shop.file('prod', DATABASE)).toBe(statefulSet({ replicas: 4, registry: 'registry.prod.example.org' }));
    expect(await shop.file('prod', BASE)).toBeUndefined();
    for (const application of ['base', 'checkout']) expect(await shop.lane(application, 'prod')).toMatchObject({ condition: 'held' });
    await shop.promote('base', 'prod');
    expect(await shop.file('prod', BASE)).toBe(statefulSet({ tag: '15', replicas: 4, registry: 'registry.prod.example.org' }));
    await everywhereOnce(shop);
  });

  way.once('as a whole file without objects is bound as well', async () => {
    const shop = await withDatabase({ qa: MANUAL });
    const text = 'select 1;\n'.repeat(20);
    await shop.commit('dev', { 'apps/checkout/init.sql': text });
    await shop.settle();
    const first = await shop.current('checkout', 'qa');
    await shop.mergeOnForge(first!.change!.number, first!.candidate.head);
    await shop.commit('dev', { 'apps/checkout/init.sql': null, 'apps/base/init.sql': text });
    await shop.settle();
    expect((await shop.current('base', 'qa'))?.candidate).toMatchObject({ members: [{ application: 'base' }, { application: 'checkout' }], changedPaths: ['apps/base/init.sql', 'apps/checkout/init.sql'] });
  });

  way.once('to an application that is new, polled one by one', async () => {
    const shop = await withDatabase();
    await shop.commit('main', { 'sluice.yaml': (branches({ owned: OWNED, applications: ['base', 'checkout', 'cart', 'data'] })['main']?.['sluice.yaml'] ?? '') });
    await shop.settle();
    await shop.commit('dev', { [DATABASE]: null, 'apps/data/database.yaml': statefulSet({ tag: '15' }) });
    await shop.settle();
    await shop.commit('dev', { 'apps/data/database.yaml': statefulSet({ tag: '16' }) });
    await shop.settle();
    expect(await shop.file('prod', 'apps/data/database.yaml')).toBe(statefulSet({ tag: '16', replicas: 4, registry: 'registry.prod.example.org' }));
    expect((await shop.promotions('data', 'prod')).map(({ candidate }) => candidate.kind)).toEqual(['change', 'change']);
    await everywhereOnce(shop);
  });

  way.once('is undone as one, held, and comes again as one', async () => {
    const shop = await withDatabase({ prod: MANUAL });
    await shop.commit('dev', { [DATABASE]: null, [BASE]: statefulSet({ tag: '15' }) });
    await shop.settle();
    await shop.checkout('qa');
    await shop.gitAs('bob', 'revert', '--no-edit', ...(mergeMethod === 'merge' ? ['-m', '1'] : []), 'HEAD');
    await shop.push('qa');
    await shop.settle();
    for (const application of ['base', 'checkout']) expect(await shop.lane(application, 'qa')).toMatchObject({ condition: 'held' });
    expect(new Set(await copiesIn(shop, 'qa'))).toEqual(new Set([1]));
    await shop.promote('checkout', 'qa');
    expect(await shop.file('qa', BASE)).toBe(statefulSet({ tag: '15', replicas: 2 }));
    expect(new Set(await copiesIn(shop, 'qa'))).toEqual(new Set([1]));
    for (const application of ['base', 'checkout']) expect(await shop.lane(application, 'qa')).toMatchObject({ condition: 'in-sync' });
  });
});
