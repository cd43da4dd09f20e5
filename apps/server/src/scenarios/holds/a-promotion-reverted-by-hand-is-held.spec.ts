import { describeInEveryWay, describeWorlds } from '../describe-worlds.fixture.js';
import { inSync } from '../in-sync.fixture.js';
import { promotionSteps } from '../promotions/steps.fixture.js';
import { CHECKOUT, deployment } from '../shop.fixture.js';
import { SETTINGS, settings, undoneByPeople } from './undone-by-people.fixture.js';

describeInEveryWay('a promotion that somebody reverts on the target', (world, way) => {
  const { reverted } = promotionSteps(world, way);

  it('is a hold that says who undid it', async () => {
    const shop = await reverted();
    expect(await shop.lane('checkout', 'qa')).toMatchObject({ condition: 'held', message: expect.stringContaining('was undone on qa by') });
    expect(await shop.file('qa', CHECKOUT)).toBe(deployment('checkout', { replicas: 2 }));
    expect(await shop.current('checkout', 'qa')).toBeUndefined();
  });

  it('comes again when a person lifts the hold', async () => {
    const shop = await reverted();
    await shop.promote('checkout', 'qa');
    expect(await shop.file('qa', CHECKOUT)).toBe(deployment('checkout', { tag: '2.0', replicas: 2 }));
    await inSync(shop);
  });
});

describeWorlds('a hold of what was reverted by hand', (world) => {
  const { twicePromoted, revertNewest, look } = undoneByPeople(world, 'squash', 'polled step by step');

  it('says in why who undid what and how to lift it', async () => {
    const shop = await twicePromoted();
    await revertNewest(shop);
    await shop.settle();
    const item = (await shop.why('checkout', 'qa')).find(({ condition }) => condition === 'held');
    expect(item).toMatchObject({ condition: 'held', verdicts: [{ outcome: 'wait', clearedBy: expect.stringContaining('sluice promote checkout qa') }] });
    expect(item?.verdicts[0]?.message).toMatch(/was undone on qa by bob in [0-9a-f]{10} \(ConfigMap checkout in apps\/checkout\/settings.yaml\)/);
    expect(item?.verdicts[0]?.evidence).toMatchObject({ undoneBy: 'bob', undoneIn: await shop.head('qa'), nodes: 1, 'held 1': 'ConfigMap checkout in apps/checkout/settings.yaml' });
  });

  it('ends when a person lifts it', async () => {
    const shop = await twicePromoted();
    await revertNewest(shop);
    await shop.settle();
    await shop.promote('checkout', 'qa');
    await inSync(shop);
    expect(await shop.file('qa', SETTINGS)).toBe(settings('red'));
  });

  it('ends when somebody reverts the revert', async () => {
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
});
