import { Busy, personName, Unauthenticated, Unavailable } from '@sluice/kernel';
import type { OwnAccount } from '@sluice/usecases';
import { openedRequest, ownAccount, sharedGithub, SHOP } from './github.fixture.js';

const POST = 'POST /repos/{owner}/{repo}/pulls/{pull_number}/reviews';
const isReview = ({ method, path }: { readonly method: string; readonly path: string }): boolean => method === 'POST' && path.endsWith('/reviews');

describe('a review on GitHub with the person\'s own token', () => {
  const there = sharedGithub();

  async function asked(options: { readonly own?: OwnAccount; readonly state?: 'approved' | 'rejected' | 'commented'; readonly body?: string } = {}) {
    const { number, head } = await openedRequest(there.world);
    const { own = ownAccount(there.world.github, 'grace-h'), state = 'approved', body = '' } = options;
    there.world.calls();
    return { number, submit: () => there.world.reviews.submit(SHOP, number, { person: personName('grace'), state, commit: head, body, own }) };
  }
  const reviewsOf = (number: number) => there.world.shop.reviews.filter(({ request }) => request === number);
  const commentsOf = (number: number) => there.world.shop.comments.filter(({ request }) => request === number);

  it('is one call, and says to people where it was given', async () => {
    const { number, submit } = await asked({ body: 'Fine' });
    await submit();
    expect(there.world.calls()).toEqual({ [POST]: 1 });
    expect(reviewsOf(number)).toMatchObject([{ state: 'approved', body: 'Fine\n\n*Given in Sluice*', by: { login: 'grace-h' } }]);
    expect(commentsOf(number)).toEqual([]);
  });

  it.each(['rejected', 'commented'] as const)('that is %s without a word has one for GitHub, which takes none without', async (state) => {
    const { number, submit } = await asked({ state });
    expect(await submit()).toMatchObject({ state, body: '', login: 'grace-h' });
    expect(reviewsOf(number)).toHaveLength(1);
  });

  it.each(['lost answer', 'cut off', 'half a body'] as const)('is there once, although its first answer was none (%s)', async (kind) => {
    const { number, submit } = await asked();
    const mend = there.world.github.double.faults.inject({ fault: { kind }, of: isReview, times: 1 });
    const found = await submit();
    mend();
    expect(reviewsOf(number)).toHaveLength(1);
    expect(found).toMatchObject({ id: `review-${reviewsOf(number)[0]?.id}`, login: 'grace-h', person: 'grace' });
    expect(commentsOf(number)).toEqual([]);
  });

  it('is there once, although Sluice could not see either whether it is, and was asked again later', async () => {
    const { number, submit } = await asked();
    const lost = there.world.github.double.faults.inject({ fault: { kind: 'lost answer' }, of: isReview, times: 1 });
    const unwell = there.world.github.double.faults.inject({ fault: { kind: 'answer', answer: { status: 500, body: {} } }, of: ({ method, path }) => method === 'GET' && path.endsWith('/reviews') });
    await expect(submit()).rejects.toBeInstanceOf(Unavailable);
    lost();
    unwell();
    expect(await submit()).toMatchObject({ login: 'grace-h' });
    expect([reviewsOf(number).length, commentsOf(number).length]).toEqual([1, 0]);
  });

  it('is written when the first call did not arrive', async () => {
    const { number, submit } = await asked();
    const mend = there.world.github.double.faults.inject({ fault: { kind: 'reset' }, of: isReview, times: 1 });
    expect((await submit()).notOwn).toBeUndefined();
    mend();
    expect([reviewsOf(number).length, commentsOf(number).length]).toEqual([1, 0]);
  });

  it.each<[string, number, string]>([
    ['they may not review', 403, 'Resource not accessible by personal access token'],
    ['they do not see the repository', 404, 'does not see the repository'],
    ['the request is their own', 422, 'Can not approve your own pull request'],
  ])('is written down for them where %s', async (_, status, message) => {
    const { number, submit } = await asked();
    const mend = there.world.github.double.faults.inject({ fault: { kind: 'answer', answer: { status, body: { message } } }, of: isReview, times: 1 });
    const { notOwn, login } = await submit();
    mend();
    expect([login, notOwn]).toEqual([undefined, { message: expect.stringContaining(message) as string, unusable: false }]);
    expect([reviewsOf(number).length, commentsOf(number).length]).toEqual([0, 1]);
  });

  it('is written down for them when their token cannot be renewed any more', async () => {
    const { submit } = await asked({ own: { login: 'grace-h', token: () => Promise.reject(new Unauthenticated('it was revoked')) } });
    expect((await submit()).notOwn).toMatchObject({ unusable: true });
    expect(there.world.calls()).toEqual({ 'POST /repos/{owner}/{repo}/issues/{issue_number}/comments': 1 });
  });

  it('is written down for them where GitHub answers only them with faults, and tells nobody the token', async () => {
    const own = ownAccount(there.world.github, 'linus-t');
    const { number, submit } = await asked({ own });
    const mend = there.world.github.double.faults.inject({ fault: { kind: 'answer', answer: { status: 502, body: { message: `unwell: ${own.value}` } } }, of: isReview });
    const { login, notOwn } = await submit();
    mend();
    expect([login, notOwn]).toEqual([undefined, { message: expect.stringMatching(/took no review of linus-t \(.* 502/) as string, unusable: false }]);
    expect(JSON.stringify([notOwn, ...there.world.memory.entries])).not.toContain(own.value);
    expect([reviewsOf(number).length, commentsOf(number).length]).toEqual([0, 1]);
  });

  it('waits where GitHub answers nobody', async () => {
    const { number, submit } = await asked();
    const mend = there.world.github.double.faults.inject({ fault: { kind: 'answer', answer: { status: 500, body: { message: 'unwell' } } } });
    await expect(submit()).rejects.toBeInstanceOf(Unavailable);
    mend();
    expect([reviewsOf(number).length, commentsOf(number).length]).toEqual([0, 0]);
    expect(await submit()).toMatchObject({ login: 'grace-h' });
  });

  it('is written down, and until when said, where their calls are limited: nobody waits for that, and no further call is made of them', async () => {
    const own = ownAccount(there.world.github, 'mallory');
    const [first, second] = [await asked({ own }), await asked({ own })];
    const mend = there.world.github.double.faults.inject({ fault: { kind: 'answer', answer: { status: 429, body: { message: 'Too many' }, headers: { 'retry-after': '60' } } }, of: isReview, times: 1 });
    for (const { number, submit } of [first, second]) {
      const { login, notOwn } = await submit();
      expect([login, notOwn]).toEqual([undefined, { message: expect.stringMatching(/wants no more calls of mallory until \d{4}-/) as string, unusable: false }]);
      expect([reviewsOf(number).length, commentsOf(number).length]).toEqual([0, 1]);
    }
    mend();
    expect(there.world.calls()[POST]).toBe(1);
    expect((await (await asked()).submit()).notOwn).toBeUndefined();
  });

  it('is written down where the token cannot be renewed now', async () => {
    const busy = await asked({ own: { login: 'grace-h', token: () => Promise.reject(new Busy('Too many', 1_800_000_000_000)) } });
    expect((await busy.submit()).notOwn).toMatchObject({ message: expect.stringContaining('until 2027-01-15') as string, unusable: false });
    const unwell = await asked({ own: { login: 'grace-h', token: () => Promise.reject(new Unavailable('github.example.org cannot be reached')) } });
    expect((await unwell.submit()).notOwn).toMatchObject({ message: expect.stringContaining('cannot be reached') as string, unusable: false });
  });
});
