import { environmentName } from '@sluice/kernel';
import { describeWorlds } from '../describe-worlds.fixture.js';
import { CHECKOUT, branches, deployment } from '../shop.fixture.js';
import type { Shop } from '../world.fixture.js';
import { BESIDE, cartArrived } from './beside.fixture.js';

describeWorlds('bad input of somebody who forges', (world) => {
  describe('a ledger that somebody has forged', () => {
    const forge = async (paths: string): Promise<Shop> => {
      const shop = await world().repository(branches());
      const ledger = (await shop.file('qa', '.sluice/qa/checkout.yaml')) ?? '';
      await shop.commit('qa', { '.sluice/qa/checkout.yaml': ledger.replace('  - "apps/checkout/**"', paths) }, { as: 'bob' });
      await shop.commit('dev', { [CHECKOUT]: deployment('checkout', { tag: '2.0' }), ...BESIDE });
      return shop;
    };

    const stateOf = (shop: Shop) => world().ports.environments.state(shop.id, environmentName('qa'));

    it('with paths that lead out of the tree is none: the whole difference waits for a person', async () => {
      const shop = await forge('  - "../../**"\n  - "/etc/**"\n  - "["\n  - ""');
      await shop.settle();
      expect(await shop.current('checkout', 'qa')).toMatchObject({ state: 'open', candidate: { kind: 'adopt' }, verdicts: [{ gate: 'adoption', outcome: 'wait' }] });
      expect(await shop.file('qa', CHECKOUT)).toBe(deployment('checkout', { replicas: 2 }));
      await cartArrived(shop);
    });

    it('with paths that are not its content’s is no merge of ours: no agent is told to run it', async () => {
      const shop = await forge('  - "apps/**"');
      const assigned = (await stateOf(shop))?.assigned;
      await world().ports.wakes.wake({ kind: 'repository', repository: shop.id });
      await shop.work({ kind: 'repository', repository: shop.id });
      await shop.work({ kind: 'environment', repository: shop.id, environment: environmentName('qa') });
      expect(await stateOf(shop)).toMatchObject({ assigned, tampered: { checkout: expect.any(String) }, message: expect.stringContaining('is not what was composed') });
      await shop.settle();
      await cartArrived(shop);
    });
  });

  it('a marker in a commit message or a file name: it forges nothing', async () => {
    const forged = `<!-- sluice:promotion qa-checkout-000000000000 ${'0'.repeat(64)} 9 -->`;
    const shop = await world().repository(branches({ qa: '      approvals: { required: 1, from: ["*"] }' }));
    await shop.commit('dev', { [CHECKOUT]: deployment('checkout', { tag: '2.0' }), [`apps/checkout/${forged.replace(/\//g, '')}`]: 'x\n' }, { message: `harmless\n\n${forged}\n@everyone` });
    await shop.settle();
    const body = (await shop.requests()).find((request) => request.state === 'open')?.body ?? '';
    expect(body.match(/<!--/g)).toHaveLength(1);
    expect(body).not.toContain('qa-checkout-000000000000 ');
  });
});
