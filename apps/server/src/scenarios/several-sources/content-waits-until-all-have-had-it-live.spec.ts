import { environmentName } from '@sluice/kernel';
import { PlanPromotions, ReadMatrix, ReadWhy, UnownedPaths } from '@sluice/usecases';
import { describeWorlds } from '../describe-worlds.fixture.js';
import { checkoutIn, diamond } from '../diamond.fixture.js';
import { CHECKOUT } from '../shop.fixture.js';
import { LATE, TWO, liveSteps, merge, originIn, takenFrom } from './live.fixture.js';

describeWorlds('several sources of which all must have had the content live', (world) => {
  const { liveShop } = liveSteps(world);

  it('records what the environments have in common at first, by what it comes from', async () => {
    const shop = await world().repository(diamond());
    expect(await originIn(shop, 'prod')).toBe(await shop.head('dev'));
    expect(await takenFrom(shop, 'prod')).toBe('qa');
    expect(await shop.lane('checkout', 'prod')).toMatchObject({ condition: 'in-sync' });
  });

  it('wait for the later one, say which has what, and go on when it has been live there too', async () => {
    const shop = await liveShop({ perf: LATE });
    const origin = await shop.commit('dev', { [CHECKOUT]: checkoutIn('dev', TWO) });
    await shop.sync('qa');
    expect(await shop.file('qa', CHECKOUT)).toBe(checkoutIn('qa', TWO));
    expect(await shop.current('checkout', 'prod')).toBeUndefined();
    expect(await shop.lane('checkout', 'prod')).toMatchObject({ condition: 'in-sync' });
    await merge(shop, 'perf');
    expect((await shop.current('checkout', 'prod'))?.verdicts).toMatchObject([{ gate: 'sources', outcome: 'wait', message: expect.stringMatching(/^perf: /), evidence: { qa: 'pass', perf: 'wait' } }]);
    await shop.sync('perf');
    expect(await shop.file('prod', CHECKOUT)).toBe(checkoutIn('prod', TWO));
    expect(await originIn(shop, 'prod')).toBe(origin);
  });

  it('stop at what fails in one of them', async () => {
    const shop = await liveShop();
    await shop.commit('dev', { [CHECKOUT]: checkoutIn('dev', TWO) });
    await shop.sync('qa');
    await shop.sync('perf', 'Failed');
    expect((await shop.current('checkout', 'prod'))?.verdicts).toMatchObject([{ gate: 'sources', outcome: 'fail', message: expect.stringContaining('perf: ') }]);
    expect(await shop.file('prod', CHECKOUT)).toBe(checkoutIn('prod'));
  });

  it('soak each for themselves, and the later one decides', async () => {
    const shop = await liveShop({ prod: '      gates: [{ name: tested, type: health, soak: 1h }]' });
    await shop.commit('dev', { [CHECKOUT]: checkoutIn('dev', TWO) });
    await shop.sync('qa');
    await shop.sync('perf');
    const verdict = (await shop.current('checkout', 'prod'))?.verdicts[0];
    expect(verdict).toMatchObject({ gate: 'tested', outcome: 'wait', message: expect.stringMatching(/^qa: soaking in qa, .*; perf: soaking in perf, /), until: expect.any(Number) });
  });

  it('are asked for a status on the commit that is taken', async () => {
    const shop = await liveShop({ prod: '      gates: [{ name: unit, type: check, context: ci/test }]' });
    await shop.commit('dev', { [CHECKOUT]: checkoutIn('dev', TWO) });
    await shop.sync('qa');
    await shop.sync('perf');
    const { candidate, verdicts } = (await shop.current('checkout', 'prod'))!;
    expect(verdicts).toMatchObject([{ gate: 'sources', outcome: 'pass' }, { gate: 'unit', outcome: 'wait' }]);
    await world().forge.statuses.set(shop.id, candidate.source, [{ context: 'ci/test', state: 'success', description: '', by: 'ci' }]);
    await shop.settle();
    expect(await shop.file('prod', CHECKOUT)).toBe(checkoutIn('prod', TWO));
  });

  it('show what they are asked in the request, in why and in the matrix', async () => {
    const shop = await liveShop({ perf: LATE });
    await shop.commit('dev', { [CHECKOUT]: checkoutIn('dev', TWO) });
    await shop.sync('qa');
    await merge(shop, 'perf');
    const open = (await shop.current('checkout', 'prod'))!;
    const request = (await shop.requests()).find(({ number }) => number === open.change?.number);
    expect(request?.body).toContain('Composed from `qa`. All of these have to have had it live:');
    expect(request?.body).toContain(`- \`perf\` has it as \`${await shop.head('perf')}\``);
    const { ports } = world();
    const why = await new ReadWhy(ports, ports.clock).run({ repository: shop.id, environment: environmentName('prod') });
    expect(why.items).toMatchObject([{ application: 'checkout', message: 'waits for sources', verdicts: [{ gate: 'sources', clearedBy: 'the agents of perf, when they report it healthy' }] }]);
    const plan = await new PlanPromotions(ports).run({ repository: shop.id, environment: environmentName('prod') });
    expect(plan).toMatchObject([{ application: 'checkout', outcome: 'change', source: open.candidate.source, gates: [{ gate: 'sources', outcome: 'wait' }] }]);
    const matrix = await new ReadMatrix({ ...ports, unownedPaths: new UnownedPaths(ports.mirrors) }, ports.clock).run(shop.id);
    expect(matrix.environments.at(-1)).toMatchObject({ name: 'prod', from: ['qa', 'perf'] });
    await shop.sync('perf');
    const after = await new ReadMatrix({ ...ports, unownedPaths: new UnownedPaths(ports.mirrors) }, ports.clock).run(shop.id);
    expect(after.cells.find(({ environment, application }) => environment === 'prod' && application === 'checkout')).toMatchObject({ origin: await shop.head('dev') });
  });

  it('wait for an environment that has got nothing yet', async () => {
    const start = diamond({ perf: LATE });
    const shop = await world().repository({ ...start, perf: { 'README.md': 'nothing yet\n' }, prod: { 'README.md': 'nothing yet\n' } });
    expect(await shop.lane('checkout', 'prod')).toMatchObject({ condition: 'waiting', message: 'nothing of checkout has been promoted to perf yet; prod takes what has been live in all of qa and perf' });
  });
});
