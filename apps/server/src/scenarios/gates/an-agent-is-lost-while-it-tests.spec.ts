import { instant } from '@sluice/kernel';
import type { TestRun } from '@sluice/usecases';
import { describeBothWorlds } from '../describe-worlds.fixture.js';
import { expectArrived, verdictOf } from './released.fixture.js';
import { testSteps } from './tested.fixture.js';

describeBothWorlds('a test whose agent is lost', (world) => {
  const { released, agentOf, runsOf, statesOf } = testSteps(world);

  it('is taken over from an agent that has not come back, whose word does not count any more', async () => {
    const { shop, dev } = await released();
    const second = await agentOf(shop, 'dev-second').beat();
    await second.sync();
    const lost = await dev.take();
    expect(await second.told()).toEqual([]);
    await expect(second.take(lost.run.id)).rejects.toThrow('is run by');
    // its time is over
    const running = (await runsOf(shop))[0] as TestRun;
    await world().ports.testRuns.save({ ...running, leaseUntil: instant(Date.now() - 1) });
    const order = await second.take(lost.run.id);
    expect(order.run).toMatchObject({ id: lost.run.id, take: 2, lost: 1 });
    await expect(dev.says(lost, { outcome: 'exited', exitCode: 1, duration: 1, message: '', output: '' })).rejects.toThrow('does not count');
    expect(await statesOf(shop)).toEqual(['running']);
  });

  it('is taken again by an agent that did not hear that it has it', async () => {
    const { dev } = await released();
    const unheard = await dev.take();
    const order = await dev.runs(0);
    expect(order.run).toMatchObject({ id: unheard.run.id, take: 2, lost: 0 });
    await expect(dev.says(unheard, { outcome: 'lost' })).rejects.toThrow('does not count');
  });

  it('is had again when its agent was started anew in between; one that loses agent after agent has failed', async () => {
    const { shop, dev } = await released();
    for (const lost of [1, 2]) {
      await dev.says(await dev.take(), { outcome: 'lost' });
      expect((await runsOf(shop))[0]).toMatchObject({ state: 'ordered', lost });
    }
    await dev.says(await dev.take(), { outcome: 'lost' });
    expect(await verdictOf(shop)).toMatchObject({ outcome: 'fail', message: expect.stringContaining('3 agents were lost while they ran it') });
  });

  it('of a revoked agent goes to another', async () => {
    const { shop, dev } = await released();
    const second = await agentOf(shop, 'dev-second').beat();
    await second.sync();
    await dev.take();
    await dev.revoke();
    await second.runs(0);
    await expectArrived(shop);
  });

  it('takes a result once, and only for the run that it is about', async () => {
    const { shop, dev } = await released();
    const order = await dev.runs(1);
    await dev.says(order, { outcome: 'exited', exitCode: 0, duration: 1, message: '', output: 'late' });
    expect(await statesOf(shop)).toEqual(['failed']);
    await expect(dev.says({ ...order, run: { ...order.run, take: 7 } }, { outcome: 'lost' })).rejects.toThrow('does not count');
    await expect(dev.says({ ...order, run: { ...order.run, id: 'another' } }, { outcome: 'lost' })).rejects.toThrow('there is no run another');
  });
});
