import { ObserveRepository } from '@sluice/usecases';
import type { Wakes } from '@sluice/usecases';
import { describeBothWorlds } from '../describe-worlds.fixture.js';
import { CHECKOUT, branches, deployment } from '../shop.fixture.js';
import { expectRight } from './released-once.fixture.js';

describeBothWorlds('a worker that dies when it has read what was pushed', (world) => {
  it('and had told nobody yet has missed nothing: the next look does all of it', async () => {
    const shop = await world().repository(branches());
    await shop.commit('dev', { [CHECKOUT]: deployment('checkout', { tag: '2.0' }) });
    const dying: Wakes = { ...world().ports.wakes, wake: () => Promise.reject(new Error('killed')) };
    await expect(new ObserveRepository({ ...world().ports, wakes: dying }).run(shop.id)).rejects.toThrow('killed');
    expect(await shop.file('qa', CHECKOUT)).toBe(deployment('checkout', { replicas: 2 }));
    await shop.settle();
    await expectRight(shop);
  });
});
