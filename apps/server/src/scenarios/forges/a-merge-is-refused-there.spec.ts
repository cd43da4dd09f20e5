import { GitlabSkin } from '@sluice/forge-doubles';
import { branches, CHECKOUT } from '../shop.fixture.js';
import { describeForges } from './describe-forges.fixture.js';
import { inQa, ship } from './promoted.fixture.js';
import type { RemoteShop } from './remote-shop.fixture.js';

/** A rule of the forge that Sluice knows nothing of, until somebody takes it back. @returns how that is done. */
function ruleThere({ double, there }: RemoteShop): () => void {
  const { skin } = double;
  if (!(skin instanceof GitlabSkin)) {
    there.protections.set('qa', { checks: ['security-scan'] });
    return () => there.protections.delete('qa');
  }
  const settings = skin.settings(there);
  settings.mergeStatus = 'jira_association_missing';
  return () => void delete settings.mergeStatus;
}

describeForges('a merge that a forge refuses, of a promotion without gates', (story) => {
  it('is explained by why in the forge’s words, tried again more and more seldom, and goes on when the forge lets it', async () => {
    const there = await story.shop(branches());
    const allow = ruleThere(there);
    await ship(there, '2.0');
    const [why] = await there.why('checkout', 'qa');
    expect(why?.message).toBe('waits for the forge, which refuses to merge it');
    expect(why?.verdicts).toEqual([expect.objectContaining({ gate: 'merge', outcome: 'fail', message: expect.stringMatching(/cannot be merged.*(security-scan|Jira issue)/) as string, clearedBy: expect.stringContaining('tries again at') as string })]);

    there.callsSince();
    await there.told();
    expect(there.callsSince().filter((call) => call.endsWith('/merge'))).toEqual([]);
    const tries: number[] = [];
    for (const wait of ['30s', '30s', '1m', '2m', '4m']) {
      await there.later(wait);
      tries.push(there.callsSince().filter((call) => call.endsWith('/merge')).length);
    }
    expect(tries.every((count) => count <= 1)).toBe(true);
    const timeline = (await there.current('checkout', 'qa'))?.timeline ?? [];
    expect(timeline.filter(({ what }) => what === 'merge refused')).toHaveLength(2);

    allow();
    await there.later('5m');
    expect(await there.file('qa', CHECKOUT)).toBe(inQa('2.0'));
    expect(JSON.stringify(await there.why('checkout', 'qa'))).not.toContain('refuses');
  });
});
