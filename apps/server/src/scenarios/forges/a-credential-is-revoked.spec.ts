import { CHECKOUT } from '../shop.fixture.js';
import { describeForges } from './describe-forges.fixture.js';
import { inProd, inQa, ship, waiting } from './promoted.fixture.js';

describeForges('a credential that somebody revokes on its forge', (story) => {
  it('is named at once by why and by the log, with who can mend it, until it is rotated; then everything goes on', async () => {
    const there = await waiting(story);
    there.revoke();
    await there.swept();
    const [notice, ...more] = await there.notices();
    expect(more).toEqual([]);
    expect(notice).toMatch(new RegExp(`^${there.double.url} refuses the credential on-${there.id} since \\d{4}-.*an administrator: \`sluice credential rotate on-${there.id}\``));
    for (let tries = 0; tries < 3; tries += 1) await there.later('5m');
    expect(await there.notices()).toEqual([expect.stringContaining(String(notice).slice(0, 80))]);
    expect(there.warnings).toEqual([expect.stringContaining(`on-${there.id}: `)]);
    await there.rotate();
    expect(await there.notices()).toEqual([]);
    await there.review('checkout', 'prod', 'grace');
    expect(await there.file('prod', CHECKOUT)).toBe(inProd('2.0'));
    await ship(there, '3.0');
    expect(await there.file('qa', CHECKOUT)).toBe(inQa('3.0'));
  });

  it('is noticed by whatever needs the forge first, and its secret is said nowhere', async () => {
    const there = await waiting(story);
    const token = there.revoke();
    await there.review('checkout', 'prod', 'grace');
    const said = JSON.stringify([await there.notices(), there.warnings, await there.events()]);
    expect(said).toContain('sluice credential rotate');
    expect(said).not.toContain(token);
  });
});
