import { applicationName, environmentName, personName } from '@sluice/kernel';
import { ManagePeople, ReadApprovals } from '@sluice/usecases';
import { describeWorlds } from '../describe-worlds.fixture.js';
import { CHECKOUT, branches, deployment } from '../shop.fixture.js';
import type { Shop } from '../world.fixture.js';

const APPROVED = '      approvals: { required: 1, from: [group:release-managers], excludeAuthors: true }';

describeWorlds('a change by an address that nobody knows', (world) => {
  async function changed(by: string) {
    const shop = await world().repository(branches({ qa: APPROVED }));
    await shop.commit('dev', { [CHECKOUT]: deployment('checkout', { tag: '2.0' }) }, { as: by });
    await shop.settle();
    return shop;
  }

  const belongsTo = (name: string, groups: readonly string[], address: string): Promise<void> =>
    world().store.people.save({ name: personName(name), displayName: name, emails: [`${name}@example.org`, `${address}@example.org`], groups, admin: false });

  /** As `sluice approvals` lists them. */
  async function counts(shop: Shop): Promise<readonly boolean[]> {
    const { items } = await new ReadApprovals(world().ports).run({ repository: shop.id, application: applicationName('checkout'), environment: environmentName('qa') });
    return items.map((item) => item.counts);
  }

  it('waits for an admin, and goes on as soon as the address is somebody’s', async () => {
    const shop = await changed('stranger');
    await shop.approve('checkout', 'qa', 'grace');
    await shop.settle();
    expect(await shop.file('qa', CHECKOUT)).toContain(':1.0');
    expect(await counts(shop)).toEqual([false]);
    await belongsTo('ada', ['developers'], 'stranger');
    await shop.settle();
    expect(await shop.file('qa', CHECKOUT)).toContain(':2.0');
    expect(await counts(shop)).toEqual([true]);
  });

  it('is looked at as soon as an admin has saved the person, without a sweep', async () => {
    const shop = await changed('newcomer');
    await shop.approve('checkout', 'qa', 'grace');
    await new ManagePeople(world().ports).save({ name: personName('bob'), displayName: 'bob', emails: ['bob@example.org', 'newcomer@example.org'], groups: ['developers'], admin: false });
    await shop.workOff();
    expect(await shop.file('qa', CHECKOUT)).toContain(':2.0');
  });

  it('is not approved by whoever turns out to have made it', async () => {
    const shop = await changed('late');
    await shop.approve('checkout', 'qa', 'grace');
    await belongsTo('grace', ['release-managers'], 'late');
    await shop.settle();
    expect(await shop.file('qa', CHECKOUT)).toContain(':1.0');
  });

  it('is not what a merge on the forge is: who merges for a person is nobody', async () => {
    const shop = await world().repository(branches({ qa: APPROVED }));
    await shop.checkout('dev');
    await shop.git('push', '--quiet', 'forge', 'dev:refs/heads/feature');
    const head = await shop.commit('feature', { [CHECKOUT]: deployment('checkout', { tag: '2.0' }) });
    const change = await world().forge.changes.open(shop.id, { title: 'Feature', body: '', sourceBranch: 'feature', targetBranch: 'dev', draft: false });
    expect(await shop.mergeOnForge(change.number, head)).toBe('merged');
    await shop.settle();
    expect((await shop.current('checkout', 'qa'))?.authors).toEqual([expect.objectContaining({ person: 'ada' })]);
  });
});
