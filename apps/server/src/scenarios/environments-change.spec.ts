import { environmentName } from '@sluice/kernel';
import { ReadMatrix, ReadWhy, UnownedPaths } from '@sluice/usecases';
import { describeInEveryWay } from './describe-worlds.fixture.js';
import { checkoutIn, diamond, diamondPipeline } from './diamond.fixture.js';
import { CART, CHECKOUT, branches, deployment } from './shop.fixture.js';
import type { Shop } from './world.fixture.js';

// A row of the table in the design: an environment is added, renamed, removed.
describeInEveryWay('the environments of a pipeline change', (world, way) => {
  const TWO = { tag: '2.0' };
  const GO = '      gates: [{ name: go, type: manual }]';
  const configure = async (shop: Shop, text: string) => {
    await shop.commit('main', { 'sluice.yaml': text });
    await shop.settle();
  };
  const pipelineOf = (fields: Parameters<typeof branches>[0] = {}): string => branches(fields)['main']?.['sluice.yaml'] ?? '';
  const openRequests = async (shop: Shop) => (await shop.requests()).filter(({ state }) => state === 'open');
  const whyOf = async (shop: Shop) => (await new ReadWhy(world().ports, world().ports.clock).run({ repository: shop.id })).items;

  it('one is removed: its request is closed and says why, its branch and its ledgers stay, and nobody is shown a wait that nobody can end', async () => {
    const shop = await world().repository(branches({ prod: GO }), way);
    await shop.commit('dev', { [CHECKOUT]: deployment('checkout', TWO) });
    await shop.settle();
    const [open] = await openRequests(shop);
    const head = await shop.head('prod');
    await configure(shop, pipelineOf({ prod: GO }).replace(/ {4}- name: prod[^]*?(?= {2}applications)/, '').replace(', environments: [prod]', ''));
    expect(await openRequests(shop)).toEqual([]);
    expect(await shop.promotions('checkout', 'prod')).toMatchObject([{ state: 'superseded', timeline: expect.arrayContaining([expect.objectContaining({ what: 'superseded', detail: 'the pipeline no longer promotes checkout to prod' })]) }, {}]);
    expect(open?.targetBranch).toBe('prod');
    expect(await shop.head('prod')).toBe(head);
    expect(await shop.file('prod', '.sluice/prod/checkout.yaml')).toBeDefined();
    expect((await whyOf(shop)).map(({ environment }) => environment)).not.toContain('prod');
  });

  way.once('one is removed and comes back: it goes on where it was, from its own ledgers', async () => {
    const shop = await world().repository(branches(), way);
    const before = pipelineOf();
    await configure(shop, before.replace(/ {4}- name: prod[^]*?(?= {2}applications)/, '').replace(', environments: [prod]', ''));
    await shop.commit('dev', { [CHECKOUT]: deployment('checkout', TWO) });
    await shop.settle();
    expect(await shop.file('prod', CHECKOUT)).not.toContain('2.0');
    await configure(shop, before);
    expect(await shop.file('prod', CHECKOUT)).toBe(deployment('checkout', { ...TWO, replicas: 4, registry: 'registry.prod.example.org' }));
    expect((await shop.promotions('checkout', 'prod')).map(({ candidate }) => candidate.kind)).toEqual(['change', 'record-only']);
  });

  way.once('one is added between two others: what it has is recorded, and the one behind it needs no adoption', async () => {
    const start = diamond({ from: '[dev]' });
    const shop = await world().repository(start, way);
    await configure(shop, diamondPipeline({ from: '[qa]' }));
    await shop.commit('dev', { [CHECKOUT]: checkoutIn('dev', TWO) });
    await shop.settle();
    expect(await shop.file('prod', CHECKOUT)).toBe(checkoutIn('prod', TWO));
    expect((await shop.promotions('checkout', 'prod')).map(({ candidate, from }) => [candidate.kind, from])).toEqual([['change', 'qa'], ['record-only', 'dev']]);
  });

  it('one is added with content of its own: the whole difference waits for a person, nothing is overwritten', async () => {
    const shop = await world().repository({ ...diamond({ from: '[qa]' }), perf: { [CHECKOUT]: checkoutIn('perf', { level: 'trace' }) } }, way);
    expect(await shop.current('checkout', 'perf')).toMatchObject({ candidate: { kind: 'adopt' }, verdicts: [{ gate: 'adoption', outcome: 'wait' }] });
    expect(await shop.file('perf', CHECKOUT)).toBe(checkoutIn('perf', { level: 'trace' }));
  });

  it('one is renamed on the same branch: its request goes on under the new name, and what it had is recorded anew', async () => {
    const shop = await world().repository(branches({ prod: GO }), way);
    await shop.commit('dev', { [CHECKOUT]: deployment('checkout', TWO) });
    await shop.settle();
    const [open] = await openRequests(shop);
    await configure(shop, pipelineOf({ prod: GO }).replaceAll('name: prod', 'name: live').replaceAll('[prod]', '[live]'));
    const requests = await openRequests(shop);
    expect(requests).toHaveLength(1);
    expect(requests[0]).toMatchObject({ targetBranch: 'prod', sourceBranch: 'sluice/promote/live/checkout' });
    expect((await shop.requests()).find(({ number }) => number === open?.number)).toMatchObject({ state: 'closed' });
    expect(await shop.file('prod', '.sluice/live/cart.yaml')).toContain('target: live');
    expect(await shop.file('prod', CHECKOUT)).not.toContain('2.0');
    expect((await whyOf(shop)).map(({ environment }) => environment)).toEqual(expect.arrayContaining(['live']));
    expect((await whyOf(shop)).map(({ environment }) => environment)).not.toContain('prod');
  });

  way.once('a source is renamed: what was promoted from it under the old name stays the base', async () => {
    const shop = await world().repository(branches(), way);
    await shop.commit('dev', { [CHECKOUT]: deployment('checkout', TWO) });
    await shop.settle();
    await configure(shop, pipelineOf().replace('name: qa', 'name: test').replace('from: [qa]', 'from: [test]'));
    await shop.commit('dev', { [CHECKOUT]: deployment('checkout', { tag: '3.0' }) });
    await shop.settle();
    expect(await shop.file('prod', CHECKOUT)).toBe(deployment('checkout', { tag: '3.0', replicas: 4, registry: 'registry.prod.example.org' }));
    expect((await shop.promotions('checkout', 'prod')).map(({ candidate }) => candidate.kind)).not.toContain('adopt');
  });

  way.once('one of several sources is removed: an open request goes on with what is left', async () => {
    const shop = await world().repository(diamond(), way);
    await shop.sync('qa');
    await shop.commit('dev', { [CHECKOUT]: checkoutIn('dev', TWO) });
    await shop.sync('qa');
    expect(await shop.current('checkout', 'prod')).toMatchObject({ verdicts: [{ gate: 'sources', outcome: 'wait' }] });
    await configure(shop, diamondPipeline({ from: '[qa]' }).replace(/ {4}- name: perf[^]*?(?= {4}- name: prod)/, ''));
    expect(await shop.file('prod', CHECKOUT)).toBe(checkoutIn('prod', TWO));
    expect(await openRequests(shop)).toEqual([]);
  });

  way.once('the last of what was merged into one that is removed is no longer waited for', async () => {
    const shop = await world().repository(branches(), way);
    await shop.commit('dev', { [CHECKOUT]: deployment('checkout', TWO) });
    await shop.settle();
    await configure(shop, pipelineOf().replace(/ {4}- name: prod[^]*?(?= {2}applications)/, '').replace(', environments: [prod]', ''));
    expect((await whyOf(shop)).map(({ environment }) => environment)).not.toContain('prod');
    const matrix = await new ReadMatrix({ ...world().ports, unownedPaths: new UnownedPaths(world().ports.mirrors) }, world().ports.clock).run(shop.id);
    expect(matrix.environments.map(({ name }) => name)).toEqual(['dev', 'qa']);
    expect(await world().ports.environments.state(shop.id, environmentName('prod'))).toMatchObject({ branch: 'prod' });
  });

  way.once('an application is removed: its requests are closed, its files stay', async () => {
    const shop = await world().repository(branches({ prod: GO }), way);
    await shop.commit('dev', { [CART]: deployment('cart', TWO) });
    await shop.settle();
    expect(await openRequests(shop)).toHaveLength(1);
    await configure(shop, pipelineOf({ prod: GO, applications: ['checkout'] }));
    expect(await openRequests(shop)).toEqual([]);
    expect(await shop.file('prod', CART)).toBeDefined();
    expect(await shop.file('prod', '.sluice/prod/cart.yaml')).toBeDefined();
    expect(await whyOf(shop)).toEqual([]);
  });
});
