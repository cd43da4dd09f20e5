import { environmentName } from '@sluice/kernel';
import { ReadMatrix, UnownedPaths } from '@sluice/usecases';
import { describeInEveryWay } from '../describe-worlds.fixture.js';
import { checkoutIn, diamond, diamondPipeline } from '../diamond.fixture.js';
import { APPROVED, promotionSteps } from '../promotions/steps.fixture.js';
import { CHECKOUT, branches, deployment } from '../shop.fixture.js';
import { GO, TWO, configure, environmentSteps, openRequests, pipelineOf } from './configure.fixture.js';

describeInEveryWay('an environment that is removed from the pipeline', (world, way) => {
  const { repository } = promotionSteps(world, way);

  it('orphans no request in silence, and nothing is deleted', async () => {
    const shop = await repository(branches({ prod: APPROVED }));
    await shop.commit('dev', { [CHECKOUT]: deployment('checkout', { tag: '2.0' }) });
    await shop.settle();
    const config = branches()['main']?.['sluice.yaml'] ?? '';
    const without = config.replace(/ {4}- name: prod[\s\S]*?(?= {2}applications:)/, '').replace(', environments: [prod]', '');
    await shop.commit('main', { 'sluice.yaml': without });
    await shop.settle();
    expect((await shop.requests()).filter((request) => request.targetBranch === 'prod' && request.state === 'open')).toEqual([]);
    expect(await shop.file('prod', CHECKOUT)).toBeDefined();
    expect((await shop.promotions('checkout', 'prod'))[0]).toMatchObject({ state: 'superseded' });
  });
});

describeInEveryWay('an environment that is removed', (world, way) => {
  const { whyOf } = environmentSteps(world);

  it('has its request closed, which says why; its branch and its ledgers stay, and nobody is shown a wait that nobody can end', async () => {
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

  way.once('and comes back goes on where it was, from its own ledgers', async () => {
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

  way.once('from several sources leaves an open request to those that are left', async () => {
    const shop = await world().repository(diamond(), way);
    await shop.sync('qa');
    await shop.commit('dev', { [CHECKOUT]: checkoutIn('dev', TWO) });
    await shop.sync('qa');
    expect(await shop.current('checkout', 'prod')).toMatchObject({ verdicts: [{ gate: 'sources', outcome: 'wait' }] });
    await configure(shop, diamondPipeline({ from: '[qa]' }).replace(/ {4}- name: perf[^]*?(?= {4}- name: prod)/, ''));
    expect(await shop.file('prod', CHECKOUT)).toBe(checkoutIn('prod', TWO));
    expect(await openRequests(shop)).toEqual([]);
  });

  way.once('is no longer waited for with what was merged into it last', async () => {
    const shop = await world().repository(branches(), way);
    await shop.commit('dev', { [CHECKOUT]: deployment('checkout', TWO) });
    await shop.settle();
    await configure(shop, pipelineOf().replace(/ {4}- name: prod[^]*?(?= {2}applications)/, '').replace(', environments: [prod]', ''));
    expect((await whyOf(shop)).map(({ environment }) => environment)).not.toContain('prod');
    const matrix = await new ReadMatrix({ ...world().ports, unownedPaths: new UnownedPaths(world().ports.mirrors) }, world().ports.clock).run(shop.id);
    expect(matrix.environments.map(({ name }) => name)).toEqual(['dev', 'qa']);
    expect(await world().ports.environments.state(shop.id, environmentName('prod'))).toMatchObject({ branch: 'prod' });
  });
});
