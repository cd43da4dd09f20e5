import { instant, personName } from '@sluice/kernel';
import { BOT, opened, SHOP, startGitlab, takeCounts, TOKEN, type TestGitlab } from './gitlab.fixture.js';

describe('Reviews on GitLab', () => {
  let gitlab: TestGitlab;
  beforeAll(async () => {
    gitlab = await startGitlab();
  });
  afterAll(() => gitlab.stop());

  function review(number: number, login: string, state: 'approved' | 'rejected'): void {
    const request = gitlab.project.requests.get(number);
    if (request) gitlab.project.review(request, { state, body: '' }, gitlab.double.accounts.add(login));
  }

  it.each([[true], [false]])('bind an approval to the head that was there when it was given (GitLab tells when: %p)', async (approvalTimes) => {
    gitlab.skin.settings(gitlab.project).approvalTimes = approvalTimes;
    const { change, head } = await opened(gitlab);
    review(change.number, 'Grace.Hopper', 'approved');
    expect(await gitlab.reviews.list(SHOP, change.number)).toEqual([expect.objectContaining({ id: expect.stringMatching(/^approval:\d+:Grace\.Hopper:\d+$/) as string, login: 'Grace.Hopper', state: 'approved', commit: head })]);
    const next = await gitlab.project.commit({ branch: change.sourceBranch, files: { 'more.yaml': 'a: 1\n' } });
    // GitLab itself still counts it
    expect(await gitlab.reviews.list(SHOP, change.number)).toEqual([expect.objectContaining({ person: 'Grace.Hopper', commit: head })]);
    review(change.number, 'linus', 'approved');
    review(change.number, 'Grace.Hopper', 'approved');
    expect((await gitlab.reviews.list(SHOP, change.number)).map(({ person, commit }) => [person, commit])).toEqual([
      ['linus', next],
      ['Grace.Hopper', next],
    ]);
  });

  it('bind an approval of which nobody knows when it was given only where there was never another head', async () => {
    const { change, head } = await opened(gitlab);
    review(change.number, 'grace', 'approved');
    gitlab.skin.settings(gitlab.project).approvalTimes = false;
    gitlab.double.faults.inject({ of: ({ method, path }) => method === 'GET' && path.endsWith('/notes'), times: 2, fault: { kind: 'answer', answer: { status: 200, body: [] } } });
    expect(await gitlab.reviews.list(SHOP, change.number)).toEqual([expect.objectContaining({ person: 'grace', commit: head })]);
    await gitlab.project.commit({ branch: change.sourceBranch, files: { 'more.yaml': 'a: 1\n' } });
    expect(await gitlab.reviews.list(SHOP, change.number)).toEqual([]);
  });

  it('do not count an approval that was taken back', async () => {
    const { change } = await opened(gitlab);
    review(change.number, 'grace', 'approved');
    const request = gitlab.project.requests.get(change.number);
    const given = gitlab.project.reviews.at(-1);
    if (request && given) gitlab.project.dismiss(request, given, given.by);
    expect(await gitlab.reviews.list(SHOP, change.number)).toEqual([]);
  });

  describe('for what is offered no more', () => {
    const WHY = 'The content has changed.';
    const stale = async (number: number) => (await gitlab.reviews.list(SHOP, number)).filter(({ state }) => state === 'approved');

    it('are taken back at once, with a note that says why', async () => {
      const { change } = await opened(gitlab);
      for (const login of ['grace', 'linus']) review(change.number, login, 'approved');
      const given = await stale(change.number);
      takeCounts(gitlab);
      expect(await gitlab.reviews.dismiss(SHOP, change.number, given, WHY)).toEqual({ kind: 'dismissed' });
      expect(takeCounts(gitlab)).toEqual({ 'GET /merge_requests/{iid}/approvals': 1, 'PUT /merge_requests/{iid}/reset_approvals': 1, 'POST /merge_requests/{iid}/notes': 1 });
      expect(gitlab.project.comments.at(-1)).toMatchObject({ request: change.number, body: WHY });
      expect(await stale(change.number)).toEqual([]);
    });

    it('stay when somebody has approved what is offered now, because GitLab takes back all or none', async () => {
      const { change } = await opened(gitlab);
      review(change.number, 'grace', 'approved');
      const given = await stale(change.number);
      review(change.number, 'linus', 'approved');
      expect(await gitlab.reviews.dismiss(SHOP, change.number, given, WHY)).toEqual({ kind: 'refused', message: expect.stringContaining('linus has approved what is offered now') as string });
      expect(await stale(change.number)).toHaveLength(2);
    });

    it.each([
      ['the plan has it not', async () => void Object.assign(gitlab.skin.settings(gitlab.project), { resetsApprovals: false }), TOKEN],
      ['the token is a person\'s', async () => void gitlab.double.accounts.grant('ada', { token: 'glpat-of-ada', kind: 'personal', rights: { scopes: 'api', role: '40' } }), 'glpat-of-ada'],
    ])('stay, with a word, where %s', async (_why, make, token) => {
      const { change } = await opened(gitlab);
      review(change.number, 'grace', 'approved');
      await make();
      expect(await gitlab.again({ token: () => token }).reviews.dismiss(SHOP, change.number, await stale(change.number), WHY)).toEqual({ kind: 'refused', message: expect.stringContaining('access token') as string });
      gitlab.skin.settings(gitlab.project).resetsApprovals = true;
    });
  });

  it('know that somebody has requested changes, and about which head', async () => {
    const { change, head } = await opened(gitlab);
    review(change.number, 'grace', 'rejected');
    expect(await gitlab.reviews.list(SHOP, change.number)).toEqual([expect.objectContaining({ person: 'grace', state: 'rejected', commit: head })]);
  });

  it('leave out what is older than every version that is known', async () => {
    const { change } = await opened(gitlab);
    gitlab.double.now = () => Date.now() - 60_000;
    review(change.number, 'grace', 'approved');
    gitlab.double.now = () => Date.now();
    expect(await gitlab.reviews.list(SHOP, change.number)).toEqual([]);
  });

  it('of people in Sluice are notes that only our own account can have written', async () => {
    const { change, head } = await opened(gitlab);
    const given = { person: personName('alice'), state: 'approved', commit: head, body: '/approve\nLooks good' } as const;
    const submitted = await gitlab.reviews.submit(SHOP, change.number, given);
    const note = gitlab.project.comments.at(-1);
    expect(note?.body).toContain('**Approved by alice in Sluice**');
    expect(note?.by.login).toBe(BOT);
    const request = gitlab.project.requests.get(change.number);
    if (!request || !note) throw new Error('no note');
    gitlab.project.comment(request, note.body.replace('alice', 'mallory'), gitlab.double.accounts.add('mallory'));
    gitlab.project.comment(request, note.body.replace(head, 'main'), note.by);
    // our account quotes what somebody wrote: only a mark at the very beginning is one
    await gitlab.reviews.submit(SHOP, change.number, { ...given, person: personName('bob'), state: 'commented', body: note.body.replace('alice', 'mallory') });
    const listed = await gitlab.reviews.list(SHOP, change.number);
    expect(listed.map(({ person, state }) => [person, state])).toEqual([
      ['alice', 'approved'],
      ['bob', 'commented'],
    ]);
    expect(listed[0]).toEqual({ ...submitted, at: instant(note.at) });
  });

  it('cost one call to submit and two to list, three when somebody has reviewed in GitLab', async () => {
    const { change, head } = await opened(gitlab);
    await gitlab.reviews.list(SHOP, change.number);
    takeCounts(gitlab);
    await gitlab.reviews.submit(SHOP, change.number, { person: personName('alice'), state: 'approved', commit: head, body: '' });
    expect(takeCounts(gitlab)).toEqual({ 'POST /merge_requests/{iid}/notes': 1 });
    await gitlab.reviews.list(SHOP, change.number);
    expect(takeCounts(gitlab)).toEqual({ 'GET /merge_requests/{iid}/notes': 1, 'GET /merge_requests/{iid}/approvals': 1 });
    review(change.number, 'grace', 'approved');
    await gitlab.reviews.list(SHOP, change.number);
    expect(takeCounts(gitlab)).toEqual({ 'GET /merge_requests/{iid}/notes': 1, 'GET /merge_requests/{iid}/approvals': 1, 'GET /merge_requests/{iid}/versions': 1 });
  });

  it('are found however many notes there are', async () => {
    const { change, head } = await opened(gitlab);
    const request = gitlab.project.requests.get(change.number);
    const ada = gitlab.double.accounts.add('ada');
    for (let count = 0; request && count < 130; count += 1) gitlab.project.comment(request, `comment ${count}`, ada);
    await gitlab.reviews.submit(SHOP, change.number, { person: personName('alice'), state: 'rejected', commit: head, body: 'No' });
    expect(await gitlab.reviews.list(SHOP, change.number)).toEqual([expect.objectContaining({ person: 'alice', state: 'rejected', body: 'No' })]);
  });
});
