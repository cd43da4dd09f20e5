import { describeWorlds } from '../describe-worlds.fixture.js';
import { CHECKOUT } from '../shop.fixture.js';
import { hotfix, pushSteps } from './pushed.fixture.js';

const ROLES = `  roles:
    - { role: viewer, who: [person:grace] }
    - { role: promoter, who: [person:ada, person:bob] }
`;

describeWorlds('a direct push to an environment that holds it', (world) => {
  const { pushed, started, runs } = pushSteps(world, 'squash');

  it('cannot be accepted by its author, nor without the right, nor when an author is nobody known', async () => {
    const shop = await pushed(ROLES);
    await expect(shop.accept('qa', 'bob')).rejects.toThrow(/author/);
    await expect(shop.accept('qa', 'grace')).rejects.toThrow(/not promoter/);
    await shop.commit('qa', { [CHECKOUT]: hotfix('warn') }, { as: 'mallory' });
    await shop.settle();
    await expect(shop.accept('qa', 'ada')).rejects.toThrow(/mallory@example.org .* belongs to nobody known/);
  });

  it('cannot pass for a promotion by a ledger of its own', async () => {
    const shop = await started();
    const before = await runs(shop);
    const ledger = await shop.file('qa', '.sluice/qa/checkout.yaml');
    await shop.commit('qa', { [CHECKOUT]: hotfix('trace'), '.sluice/qa/checkout.yaml': `${ledger ?? ''}# again\n` }, { as: 'bob' });
    await shop.settle();
    expect(await runs(shop)).toBe(before);
  });
});
