import { CHECKOUT } from '../shop.fixture.js';
import { describeForges } from './describe-forges.fixture.js';
import { inProd, inQa, requestOf, ship, waiting } from './promoted.fixture.js';

describeForges('a branch on a forge over the network', (story) => {
  it('that belongs to an environment and was deleted is missed, and comes back by a person’s word alone', async () => {
    const there = await waiting(story);
    const head = await there.head('qa');
    await there.there.setBranch('qa', undefined, there.double.accounts.add('eve'));
    await there.told();
    await there.later('10m');
    expect(await there.there.git.head('qa')).toBeUndefined();
    expect((await there.why('checkout', 'qa')).map(({ message }) => message)).toEqual(expect.arrayContaining([expect.stringContaining('sluice restore qa')]));
    await there.restore('qa');
    expect(await there.head('qa')).toBe(head);
    await ship(there, '3.0');
    expect(await there.file('qa', CHECKOUT)).toBe(inQa('3.0'));
  });

});

// GitLab requires pipelines and approvals, not statuses by their name
describeForges('a protected branch on a forge over the network', (story) => {
  it('that asks for what is not there refuses the merge, why says what it asks for, and it goes on when that is there', async () => {
    const there = await waiting(story);
    there.there.protections.set('prod', { checks: ['security-scan'] });
    await there.review('checkout', 'prod', 'grace');
    const request = await requestOf(there);
    expect(request.state).toBe('open');
    const said = JSON.stringify(await there.why('checkout', 'prod'));
    expect(said).toMatch(/security-scan|required|pipeline|check/i);
    there.there.protections.delete('prod');
    await there.later('10m');
    expect(await there.file('prod', CHECKOUT)).toBe(inProd('2.0'));
  });
}, ['github', 'forgejo']);
