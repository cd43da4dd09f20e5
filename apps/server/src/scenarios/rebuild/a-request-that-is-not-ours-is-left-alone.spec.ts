import { describeBothWorlds } from '../describe-worlds.fixture.js';
import { branches } from '../shop.fixture.js';

describeBothWorlds('after the database was lost,', (world) => {
  it('a request on a promotion’s branch whose commit is not ours is named, and left alone', async () => {
    const shop = await world().repository(branches());
    await shop.checkout('dev');
    await shop.git('checkout', '--quiet', '-B', 'sluice/promote/qa/checkout');
    await shop.git('commit', '--quiet', '--allow-empty', '-m', 'Promote nothing');
    await shop.push('sluice/promote/qa/checkout');
    await world().forge.changes.open(shop.id, { title: 'Promote it', body: '', sourceBranch: 'sluice/promote/qa/checkout', targetBranch: 'qa', draft: false });
    await world().loseDatabase();
    expect((await shop.rebuild()).notes).toContainEqual(expect.stringContaining('carries no ledger of ours'));
  });
});
