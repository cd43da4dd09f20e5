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
    await expect(submit()).rejects.toBeInstanceOf(Unavailable);
    mend();
    const found = await submit();
    expect(reviewsOf(number)).toHaveLength(1);
    expect(found).toMatchObject({ id: `review-${reviewsOf(number)[0]?.id}`, login: 'grace-h', person: 'grace' });
    expect(commentsOf(number)).toEqual([]);
  });

  it('is written when the first call did not arrive', async () => {
    const { number, submit } = await asked();
    const mend = there.world.github.double.faults.inject({ fault: { kind: 'reset' }, of: isReview, times: 1 });
    await expect(submit()).rejects.toBeInstanceOf(Unavailable);
    mend();
    await submit();
    expect(reviewsOf(number)).toHaveLength(1);
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

  it('waits where GitHub is unwell, and tells nobody the token', async () => {
    const own = ownAccount(there.world.github, 'linus-t');
    const { number, submit } = await asked({ own });
    const mend = there.world.github.double.faults.inject({ fault: { kind: 'answer', answer: { status: 502, body: { message: `unwell: ${own.value}` } } }, of: isReview });
    const error: unknown = await submit().catch((thrown: unknown) => thrown);
    mend();
    expect(error).toBeInstanceOf(Unavailable);
    expect(String(error)).not.toContain(own.value);
    expect(JSON.stringify([...there.world.memory.entries])).not.toContain(own.value);
    expect(commentsOf(number)).toEqual([]);
  });

  it('has a limit of calls that is its person\'s: Sluice and others go on', async () => {
    const own = ownAccount(there.world.github, 'mallory');
    const first = await asked({ own });
    const second = await asked();
    const mend = there.world.github.double.faults.inject({ fault: { kind: 'answer', answer: { status: 429, body: { message: 'Too many' }, headers: { 'retry-after': '60' } } }, of: isReview, times: 1 });
    await expect(first.submit()).rejects.toBeInstanceOf(Busy);
    mend();
    await expect(first.submit()).rejects.toBeInstanceOf(Busy);
    expect((await second.submit()).notOwn).toBeUndefined();
  });
});
