import { describeBothWorlds } from '../describe-worlds.fixture.js';
import { expectArrived, verdictOf } from './released.fixture.js';
import { testSteps } from './tested.fixture.js';

describeBothWorlds('a test in the source environment', (world) => {
  const { released } = testSteps(world);

  it('is run by nobody whose machine does not allow it, and says who can change that', async () => {
    const { shop, dev } = await released();
    await dev.beat([{ name: 'smoke', command: ['./other.sh'] }]);
    expect(await verdictOf(shop)).toMatchObject({
      outcome: 'wait',
      message: `agent ${shop.id}-dev does not allow it: put smoke=["./smoke.sh"] into the allow-list`,
      clearedBy: expect.stringContaining(`whoever runs the machine of ${shop.id}-dev`),
    });
    expect(await dev.told()).toEqual([]);
    expect((await shop.why('checkout', 'qa'))[0]?.verdicts[0]?.message).toContain('does not allow it');
    await dev.beat();
    await dev.runs(0);
    await expectArrived(shop);
  });

  it('that a machine refuses after all is nobody’s until it says again that it allows it', async () => {
    const { shop, dev } = await released();
    await dev.says(await dev.take(), { outcome: 'refused' });
    expect(await verdictOf(shop)).toMatchObject({ outcome: 'wait', message: expect.stringContaining('does not allow it') });
    await dev.beat();
    expect(await dev.told()).toHaveLength(1);
  });

  it('is not asked of an agent of a version that does not know tests', async () => {
    const { shop, dev } = await released();
    await dev.beat(null);
    expect(await dev.told()).toEqual([]);
    expect(await verdictOf(shop)).toMatchObject({ outcome: 'wait', message: `no agent knows tests: ${shop.id}-dev is of an older version, or has not been heard of yet` });
  });
});
