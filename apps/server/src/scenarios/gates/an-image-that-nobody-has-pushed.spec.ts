import { setTimeout as sleep } from 'node:timers/promises';
import { describeWithProgram, startRegistry } from '@sluice/testing';
import type { RunningRegistry } from '@sluice/testing';
import { describeWorlds } from '../describe-worlds.fixture.js';
import { CHECKOUT, deployment } from '../shop.fixture.js';
import { expectArrived, expectWaiting, gateSteps, verdictOf } from './released.fixture.js';

describeWorlds('the gate that every image exists', (world) => {
  const { released } = gateSteps(world);

  describeWithProgram('docker-registry', 'every image exists', () => {
    let registry: RunningRegistry;
    beforeAll(async () => void (registry = await startRegistry()), 60_000);
    afterAll(() => registry?.stop());
    const gate = '{ name: images, type: images }';
    const from = (host: string, tag: string): string => deployment('checkout', { tag, registry: `${host}/shop` });

    it('lets through what can be pulled, with all its sidecars', async () => {
      await registry.push('shop/checkout', '2.0');
      await registry.push('shop/sidecar', '1.0');
      await expectArrived(await released(gate, { [CHECKOUT]: deployment('checkout', { tag: '2.0', registry: `${registry.host}/shop`, sidecar: `${registry.host}/shop/sidecar:1.0` }) }));
    });

    it('stops a promotion whose image nobody has pushed, and names it, until somebody does', async () => {
      const shop = await released(gate, { [CHECKOUT]: from(registry.host, '2.0-missing') });
      await expectWaiting(shop);
      expect(await verdictOf(shop)).toMatchObject({ gate: 'images', outcome: 'fail', message: `not in the registry: ${registry.host}/shop/checkout:2.0-missing (Deployment checkout)`, evidence: { askAgainAt: expect.any(Number) } });
      await registry.push('shop/checkout', '2.0-missing');
      await sleep(Math.max(0, Number((await verdictOf(shop))?.evidence['askAgainAt']) - Date.now()));
      await shop.settle();
      await expectArrived(shop);
    }, 60_000);

    it('waits for a registry that does not answer, and says when it is asked again', async () => {
      const shop = await released(gate, { [CHECKOUT]: from('127.0.0.1:1', '2.0') });
      await expectWaiting(shop);
      expect(await verdictOf(shop)).toMatchObject({ outcome: 'wait', message: expect.stringContaining('127.0.0.1:1 cannot be reached'), until: expect.any(Number) });
    });
  });
});
