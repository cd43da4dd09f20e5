import { branches, CHECKOUT } from '../shop.fixture.js';
import { describeForges, EVERY_FORGE } from './describe-forges.fixture.js';
import { inProd, ship, waiting } from './promoted.fixture.js';

const REPORTS = [['ci/lint', 'pending'], ['ci/lint', 'success'], ['ci/e2e', 'pending'], ['ci/e2e', 'failure']] as const;

describeForges('calls of a forge over the network', (story) => {
  it('are at most five for a promotion, two for a gate and one for an approval, from the push to the merge', async () => {
    const there = await waiting(story);
    await there.review('checkout', 'prod', 'grace');
    // what is asked once for a repository or a day is known by now
    await ship(there, '3.0');
    await there.review('checkout', 'prod', 'grace');
    there.callsSince();
    await ship(there, '4.0');
    await there.review('checkout', 'prod', 'grace');
    expect(await there.file('prod', CHECKOUT)).toBe(inProd('4.0'));
    const calls = there.callsSince();
    const [promotions, gates, approvals] = [2, 1, 1];
    expect({ calls, many: calls.length > 5 * promotions + 2 * gates + approvals }).toEqual({ calls, many: false });
  });

  it('are none for a repository in which nothing waits, however often it is looked at', async () => {
    const there = await waiting(story);
    await there.review('checkout', 'prod', 'grace');
    await there.told();
    there.callsSince();
    for (let hour = 0; hour < 3; hour += 1) await there.later('1h');
    expect(there.callsSince()).toEqual([]);
  });

  it('are none for the many checks of a commit that no gate waits for, where the forge names them', async () => {
    const there = await story.shop(branches({ qa: '      merge: manual\n      gates: [{ name: unit, type: check, context: ci/unit }]' }));
    await ship(there, '2.0');
    const commit = await there.there.git.head('dev');
    if (!commit) throw new Error('dev is gone');
    there.callsSince();
    for (const [context, state] of REPORTS) await there.reportCheck({ commit, context, state: story.kind === 'gitlab' && state === 'failure' ? 'failed' : state, description: '', url: `${there.double.url}/builds/7`, extra: {} });
    // GitLab tells of what another tool reports as of a pipeline, without its name: it is looked at, by the statuses and the pipelines of the commit
    expect(there.callsSince()).toHaveLength(story.kind === 'gitlab' ? 2 * REPORTS.length : 0);
  });

  it('are one `git ls-remote` for each sweep of such a repository: twelve an hour', async () => {
    const there = await waiting(story);
    await there.review('checkout', 'prod', 'grace');
    await there.later('5m');
    there.branchesAsked();
    for (let sweep = 0; sweep < 12; sweep += 1) await there.later('5m');
    expect(there.branchesAsked()).toBeLessThanOrEqual(12);
  });
}, EVERY_FORGE);
