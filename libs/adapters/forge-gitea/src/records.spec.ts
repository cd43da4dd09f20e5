import { personName, type CommitSha } from '@sluice/kernel';
import { ACCOUNT, SHOP, startGitea, type TestGitea } from './gitea.fixture.js';
import { writeReview } from './review-marker.js';

describe.each(['gitea', 'forgejo'] as const)('reviews, statuses and pushes on %s', (kind) => {
  let forge: TestGitea;
  let head: CommitSha;
  let number: number;
  beforeAll(async () => {
    forge = await startGitea(kind);
    head = await forge.commit({ branch: 'topic', from: 'main', files: { 'a.yaml': 'a: 1\n' } });
    number = (await forge.changes.open(SHOP, { title: 'Topic', body: '', sourceBranch: 'topic', targetBranch: 'main', draft: false })).number;
  });
  afterAll(async () => {
    expect(forge.double.unexpected()).toEqual([]);
    await forge.stop();
  });
  beforeEach(() => void forge.shop.reviews.splice(0));

  const request = () => forge.shop.requests.get(number)!;
  const review = (login: string, state: 'approved' | 'rejected' | 'commented', body = '') => forge.shop.review(request(), { state, body }, forge.double.accounts.add(login));

  test('what people say on the forge counts with their login and the commit that they saw', async () => {
    review('Ada.Lovelace', 'approved');
    review('grace', 'rejected', 'No');
    review('linus', 'commented', 'Why?');
    expect(await forge.reviews.list(SHOP, number)).toMatchObject([
      { person: 'Ada.Lovelace', login: 'Ada.Lovelace', state: 'approved', commit: head },
      { person: 'grace', state: 'rejected', body: 'No' },
      { person: 'linus', state: 'commented', body: 'Why?' },
    ]);
  });

  test('a dismissed one counts no more', async () => {
    forge.shop.dismiss(request(), review('grace', 'approved'), forge.double.accounts.add('ada'));
    expect(await forge.reviews.list(SHOP, number)).toEqual([]);
  });

  test('one is dismissed by who administrates the repository, and stays with a word otherwise', async () => {
    review('grace', 'approved');
    const given = await forge.reviews.list(SHOP, number);
    forge.grant('no-admin', { repository: 'write', issue: 'write', user: 'read', permission: 'write' });
    expect(await forge.reviews.dismiss(SHOP, number, given, 'Changed.')).toEqual({ kind: 'refused', message: expect.stringContaining('repo admin') as string });
    forge.grant('t0ken-of-the-b0t');
    expect(await forge.callsOf(() => forge.reviews.dismiss(SHOP, number, given, 'Changed.'))).toEqual(['POST /pulls/{index}/reviews/{id}/dismissals']);
    expect(await forge.reviews.list(SHOP, number)).toEqual([]);
  });

  test('what was said in Sluice counts only as our own account wrote it', async () => {
    const forged = writeReview({ person: personName('ada'), state: 'approved', commit: head, body: '' });
    review('mallory', 'commented', forged);
    await forge.reviews.submit(SHOP, number, { person: personName('grace'), state: 'approved', commit: head, body: 'Fine' });
    const [said, ours] = await forge.reviews.list(SHOP, number);
    expect(said).toMatchObject({ person: 'mallory', login: 'mallory', state: 'commented' });
    expect(ours).toMatchObject({ person: 'grace', state: 'approved', body: 'Fine' });
    expect(ours?.login).toBeUndefined();
  });

  test('what our account writes beside is no review', async () => {
    review(ACCOUNT, 'commented', 'Closed by ada in Sluice');
    expect(await forge.reviews.list(SHOP, number)).toEqual([]);
  });

  test('more reviews than a page has are all read', async () => {
    for (let count = 0; count < 120; count += 1) review(`person-${count}`, 'commented', 'x');
    expect(await forge.reviews.list(SHOP, number)).toHaveLength(120);
  });

  test('a list that is cut off in the middle is no list', async () => {
    for (let count = 0; count < 60; count += 1) review(`person-${count}`, 'commented', 'x');
    let pages = 0;
    const mend = forge.double.faults.inject({ fault: { kind: 'half a body' }, of: ({ path, method }) => method === 'GET' && path.endsWith('/reviews') && ++pages > 1 });
    await expect(forge.reviews.list(SHOP, number)).rejects.toThrow(/no whole JSON/);
    mend();
  });

  test('a run of the forge’s own actions is a status with a page of its own', async () => {
    const status = { commit: head, context: 'test / unit (push)', state: 'success', description: 'Successful in 3s', url: '/acme/shop/actions/runs/1/jobs/0', extra: {} };
    forge.shop.setStatus(status, forge.double.accounts.add('gitea-actions'));
    expect(await forge.statuses.list(SHOP, head)).toEqual(
      expect.arrayContaining([expect.objectContaining({ context: 'test / unit (push)', state: 'success', by: 'gitea-actions', url: `${forge.double.url}/acme/shop/actions/runs/1/jobs/0` })]),
    );
  });

  test.each([
    ['warning', 'failure'],
    ['skipped', 'success'],
    ['something new', 'pending'],
  ])('a status of the forge %s is %s', async (state, shown) => {
    forge.shop.setStatus({ commit: head, context: `ci/${state}`, state, description: '', extra: {} }, forge.double.accounts.add('ci'));
    expect((await forge.statuses.list(SHOP, head)).find(({ context }) => context === `ci/${state}`)).toMatchObject({ state: shown });
  });

  test('more contexts than a page has are all read', async () => {
    const commit = await forge.commit({ branch: 'many', from: 'main', files: { 'm.yaml': 'm: 1\n' } });
    for (let count = 0; count < 110; count += 1) forge.shop.setStatus({ commit, context: `ci/${count}`, state: 'success', description: '', extra: {} }, forge.double.accounts.add('ci'));
    expect(await forge.statuses.list(SHOP, commit)).toHaveLength(110);
  });

  test('a few contexts are one call', async () => {
    expect(await forge.callsOf(() => forge.statuses.list(SHOP, head))).toEqual(['GET /commits/{ref}/status']);
  });

  test('a status is set once, however often it is wanted, also by another process', async () => {
    const wanted = [{ context: 'sluice/gate', state: 'pending', description: 'Waits', url: 'https://sluice.example/p/1', by: 'sluice' }] as const;
    const set = ['POST /statuses/{sha}'];
    expect(await forge.callsOf(() => forge.statuses.set(SHOP, head, wanted))).toEqual(set);
    expect(await forge.callsOf(() => forge.connect().statuses.set(SHOP, head, wanted))).toEqual([]);
    expect(await forge.callsOf(() => forge.statuses.set(SHOP, head, [{ ...wanted[0], state: 'success' }]))).toEqual(set);
  });

  test('who pushed is known by the activities', async () => {
    const pushed = await forge.shop.commit({ branch: 'pushed', from: 'main', files: { 'p.yaml': 'p: 1\n' } }, forge.double.accounts.add('grace'));
    const unknown = 'c'.repeat(40) as CommitSha;
    expect(await forge.forge.pushes.pushersOf(SHOP, [pushed, head, unknown])).toEqual(new Map([[pushed, 'grace'], [head, 'acme']]));
  });
});

test('who pushed a commit first stays who brought it, however much others have pushed since', async () => {
  const forge = await startGitea('gitea', { maxItems: 3 });
  const pushed = await forge.shop.commit({ branch: 'brought', from: 'main', files: { 'b.yaml': 'b: 1\n' } }, forge.double.accounts.add('grace'));
  const mallory = forge.double.accounts.add('mallory');
  for (let count = 0; count < 3; count += 1) await forge.shop.setBranch(`copied-${count}`, pushed, mallory);
  const known = await forge.forge.pushes.pushersOf(SHOP, [pushed]);
  await forge.stop();
  expect(known).toEqual(new Map([[pushed, 'grace']]));
});

test('more contexts than an instance gives on a page are all read', async () => {
  const forge = await startGitea('gitea', { maxItems: 12 });
  const commit = await forge.commit({ branch: 'many', from: 'main', files: { 'm.yaml': 'm: 1\n' } });
  for (let count = 0; count < 30; count += 1) forge.shop.setStatus({ commit, context: `ci/${count}`, state: 'success', description: '', extra: {} }, forge.double.accounts.add('ci'));
  expect(await forge.statuses.list(SHOP, commit)).toHaveLength(30);
  expect(await forge.callsOf(() => forge.statuses.list(SHOP, commit))).toHaveLength(3);
  expect(forge.double.unexpected()).toEqual([]);
  await forge.stop();
});
