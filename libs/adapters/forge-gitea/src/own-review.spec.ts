import { personName, Unavailable } from '@sluice/kernel';
import type { OwnAccount } from '@sluice/usecases';
import { ACCOUNT, ownAccount, SHOP, startGitea, type TestGitea } from './gitea.fixture.js';

const isReview = ({ method, path }: { readonly method: string; readonly path: string }): boolean => method === 'POST' && path.endsWith('/reviews');

describe.each(['gitea', 'forgejo'] as const)('a review on %s with the person’s own token', (kind) => {
  let forge: TestGitea;
  let branches = 0;
  beforeAll(async () => {
    forge = await startGitea(kind);
  });
  afterAll(async () => {
    expect(forge.double.unexpected()).toEqual([]);
    await forge.stop();
  });

  async function asked(own: OwnAccount, body = '') {
    branches += 1;
    const branch = `topic-${branches}`;
    const head = await forge.commit({ branch, from: 'main', files: { [`${branch}.yaml`]: 'a: 1\n' } });
    const { number } = await forge.changes.open(SHOP, { title: branch, body: '', sourceBranch: branch, targetBranch: 'main', draft: false });
    return { number, submit: () => forge.reviews.submit(SHOP, number, { person: personName('grace'), state: 'approved', commit: head, body, own }) };
  }
  const reviewsOf = (number: number) => forge.shop.reviews.filter(({ request }) => request === number).map(({ by, state, body }) => [by.login, state, body]);

  test('is one call, and says to people where it was given', async () => {
    const { number, submit } = await asked(ownAccount(forge.double, 'grace-h'), 'Fine');
    expect(await forge.callsOf(submit)).toEqual(['POST /pulls/{index}/reviews']);
    expect(reviewsOf(number)).toEqual([['grace-h', 'approved', 'Fine\n\n*Given in Sluice*']]);
  });

  test('is there once, although its first answer was lost', async () => {
    const { number, submit } = await asked(ownAccount(forge.double, 'grace-h'));
    const mend = forge.double.faults.inject({ fault: { kind: 'lost answer' }, of: isReview, times: 1 });
    expect(await submit()).toMatchObject({ person: 'grace', login: 'grace-h' });
    mend();
    expect(reviewsOf(number)).toHaveLength(1);
  });

  test('is written down for them where the token lacks a scope, and the scope is named', async () => {
    forge.double.accounts.grant('ada', { token: 'a-token-that-reads', kind: 'token', rights: { repository: 'read', user: 'read' } });
    const { number, submit } = await asked({ login: 'ada', token: () => Promise.resolve('a-token-that-reads') });
    expect((await submit()).notOwn).toEqual({ message: expect.stringContaining('write:repository') as string, unusable: false });
    expect(reviewsOf(number)).toMatchObject([[ACCOUNT, 'commented', expect.stringContaining('by grace in Sluice')]]);
  });

  test.each<[string, number, string]>([
    ['the request is their own', 422, 'approve your own pull is not allowed'],
    ['they do not see the repository', 404, 'they do not see the repository'],
  ])('is written down for them where %s', async (_, status, message) => {
    const { submit } = await asked(ownAccount(forge.double, 'linus-t'));
    const mend = forge.double.faults.inject({ fault: { kind: 'answer', answer: { status, body: { message, url: '' } } }, of: isReview, times: 1 });
    expect((await submit()).notOwn).toEqual({ message: expect.stringContaining(message) as string, unusable: false });
    mend();
  });

  test('is written down for them where the forge answers only them with faults, and tells nobody the token', async () => {
    const own = ownAccount(forge.double, 'linus-t');
    const { number, submit } = await asked(own);
    const mend = forge.double.faults.inject({ fault: { kind: 'answer', answer: { status: 500, body: { message: `unwell: ${own.value}` } } }, of: isReview, times: 2 });
    const { login, notOwn } = await submit();
    mend();
    expect([login, notOwn]).toEqual([undefined, { message: expect.stringMatching(/took no review of linus-t \(.* 500/) as string, unusable: false }]);
    expect(JSON.stringify([notOwn, ...forge.memory.entries])).not.toContain(own.value);
    expect(reviewsOf(number)).toMatchObject([[ACCOUNT, 'commented', expect.stringContaining('by grace in Sluice')]]);
  });

  test('waits where the forge answers nobody', async () => {
    const { number, submit } = await asked(ownAccount(forge.double, 'grace-h'));
    const mend = forge.double.faults.inject({ fault: { kind: 'answer', answer: { status: 500, body: { message: 'unwell' } } } });
    await expect(submit()).rejects.toBeInstanceOf(Unavailable);
    mend();
    expect(reviewsOf(number)).toEqual([]);
    expect(await submit()).toMatchObject({ login: 'grace-h' });
  });

  test('is written down, and until when said, where what stands before the forge limits their calls', async () => {
    const { number, submit } = await asked(ownAccount(forge.double, 'mallory'));
    const mend = forge.double.faults.inject({ fault: { kind: 'answer', answer: { status: 429, body: { message: 'Too many' }, headers: { 'retry-after': '60' } } }, of: isReview, times: 1 });
    expect((await submit()).notOwn).toEqual({ message: expect.stringMatching(/wants no more calls of mallory until \d{4}-/) as string, unusable: false });
    mend();
    expect(reviewsOf(number)).toMatchObject([[ACCOUNT, 'commented', expect.stringContaining('by grace in Sluice')]]);
  });
});
