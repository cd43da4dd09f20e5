import { type DoubleRepository, GitlabSkin } from '@sluice/forge-doubles';
import { branches, CART, CHECKOUT, deployment } from '../shop.fixture.js';
import { describeForges, EVERY_FORGE } from './describe-forges.fixture.js';
import { APPROVED, inProd } from './promoted.fixture.js';
import type { RemoteShop } from './remote-shop.fixture.js';

const APPLICATIONS = ['checkout', 'cart'];

/** Merged is only what has all of the target, in each forge's own way. Sluice learns of it when it is connected. */
async function onlyOnTop(shop: RemoteShop, kind: string): Promise<void> {
  const { there } = shop;
  const { skin } = shop.double;
  if (skin instanceof GitlabSkin) Object.assign(skin.settings(there), { mergeMethod: 'ff', noticeAfter: 100 });
  // on GitHub it belongs to required checks
  else there.protections.set('prod', { upToDate: true, ...(kind === 'github' && { checks: ['ci'] }) });
  await shop.reconnect();
}

/** The tests of the repository succeed on everything that is open. */
function testsPass({ double, there }: RemoteShop): void {
  for (const { state, head: commit } of there.requests.values()) if (state === 'open') there.setStatus({ commit, context: 'ci', state: 'success', description: '', extra: {} }, double.accounts.add('ci'));
}

function approveBoth({ double, there }: RemoteShop): void {
  for (const request of there.requests.values()) if (request.state === 'open') there.review(request, { state: 'approved', body: '' }, double.accounts.add('grace'));
}

/** Nobody learns that the request with the content that was composed again was changed, as if the process had died after its push. */
function losesAnswer({ double, there }: RemoteShop, since: number): void {
  double.faults.inject({ fault: { kind: 'lost answer' }, of: ({ method }) => method === 'PATCH' && offered(there, since) > 0, times: 1 });
}

/** How often a branch of Sluice was set, after so many pushes. */
function offered({ pushes }: DoubleRepository, since: number): number {
  return pushes.slice(since).filter(({ ref, after }) => ref.startsWith('refs/heads/sluice/') && after !== undefined).length;
}

/** Of what was second: until its checks have succeeded on the new head, `why` says what it waits for. */
async function checksRunAgain(shop: RemoteShop, digests: readonly unknown[]): Promise<void> {
  const waiting = (await shop.current('checkout', 'prod')) ?? (await shop.current('cart', 'prod'));
  expect(waiting?.timeline.findLast(({ what }) => what === 'composed again')?.detail).toMatch(/^its branch has to have all of prod: composed again onto [0-9a-f]{10}, checks run again$/);
  expect((await shop.why(waiting?.application ?? '', 'prod'))[0]?.verdicts[0]).toMatchObject({ gate: 'merge', message: expect.stringMatching(/has to have all of prod.*"ci" is expected/) as string });
  expect(digests).toContain(waiting?.candidate.digest);
  testsPass(shop);
  await shop.later('30s');
}

/** Five for a promotion, two for a gate and one for an approval; GitLab is never asked for a rebase. */
function expectFewCalls(calls: readonly string[]): void {
  expect({ calls, many: calls.length > 2 * 8, rebases: calls.filter((call) => call.endsWith('/rebase')) }).toEqual({ calls, many: false, rebases: [] });
}

describeForges('two applications that go to production at the same moment, where the forge merges only what has all of the target', (story) => {
  it('arrive both without a person, by what was approved once', async () => {
    const shop = await story.shop(branches({ prod: APPROVED }));
    await onlyOnTop(shop, story.kind);
    await shop.commit('dev', { [CHECKOUT]: deployment('checkout', { tag: '2.0' }), [CART]: deployment('cart', { tag: '2.0' }) }, { message: 'Ship both', as: 'bob' });
    await shop.told();
    testsPass(shop);
    approveBoth(shop);
    const digests = await Promise.all(APPLICATIONS.map(async (application) => (await shop.current(application, 'prod'))?.candidate.digest));
    shop.callsSince();
    const before = shop.there.pushes.length;
    if (story.kind === 'forgejo') losesAnswer(shop, before);
    await shop.told();
    if (story.kind === 'forgejo') await shop.later('30s');
    if (story.kind === 'github') await checksRunAgain(shop, digests);
    expect([await shop.file('prod', CHECKOUT), await shop.file('prod', CART)]).toEqual([inProd('2.0'), inProd('2.0').replaceAll('checkout', 'cart')]);
    // composed again once: only for what was second
    expect(offered(shop.there, before)).toBe(1);
    expect(shop.there.reviews.map(({ state }) => state)).toEqual(['approved', 'approved']);
    expect(await Promise.all(APPLICATIONS.map(async (application) => (await shop.lane(application, 'prod'))?.condition))).toEqual(['in-sync', 'in-sync']);
    if (story.kind === 'gitlab') expectFewCalls(shop.callsSince());
  });
}, EVERY_FORGE);
