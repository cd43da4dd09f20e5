import { personName, Unavailable } from '@sluice/kernel';
import type { OwnAccount } from '@sluice/usecases';
import { BOT, opened, ownAccount, SHOP, startGitlab, takeCounts, type TestGitlab } from './gitlab.fixture.js';

const APPROVE = 'POST /merge_requests/{iid}/approve';
const NOTE = 'POST /merge_requests/{iid}/notes';

describe('a review on GitLab with the person\'s own token', () => {
  let gitlab: TestGitlab;
  beforeAll(async () => {
    gitlab = await startGitlab();
  });
  afterAll(() => gitlab.stop());

  async function asked(options: { readonly own?: OwnAccount; readonly state?: 'approved' | 'rejected'; readonly body?: string } = {}) {
    const { change, head } = await opened(gitlab);
    const { own = ownAccount(gitlab, 'grace-h'), state = 'approved', body = '' } = options;
    takeCounts(gitlab);
    return { change, head, submit: (commit = head) => gitlab.reviews.submit(SHOP, change.number, { person: personName('grace'), state, commit, body, own }) };
  }
  const approvalsOf = (number: number) => gitlab.project.reviews.filter(({ request, state }) => request === number && state === 'approved').map(({ by, commit }) => [by.login, commit]);
  const notesOf = (number: number) => gitlab.project.comments.filter(({ request }) => request === number);
  const shown = async (number: number) => (await gitlab.reviews.list(SHOP, number)).map(({ login, state, commit, body }) => [login, state, commit, body]);

  it('is one call when there is nothing else to say', async () => {
    const { change, head, submit } = await asked();
    await submit();
    expect(takeCounts(gitlab)).toEqual({ [APPROVE]: 1 });
    expect(approvalsOf(change.number)).toEqual([['grace-h', head]]);
  });

  it('has its words in a note beside it, which is no review and no order', async () => {
    const { change, head, submit } = await asked({ body: 'Fine\n/merge' });
    expect(await submit()).toMatchObject({ state: 'approved', body: 'Fine\n/merge' });
    expect(takeCounts(gitlab)).toEqual({ [APPROVE]: 1, [NOTE]: 1 });
    expect(notesOf(change.number)).toMatchObject([{ by: { login: 'grace-h' }, body: 'Fine\n /merge\n\n*Given in Sluice*' }]);
    expect(await shown(change.number)).toEqual([['grace-h', 'approved', head, '']]);
  });

  it('is there although its words were not taken', async () => {
    const { change, head, submit } = await asked({ body: 'Fine' });
    const mend = gitlab.double.faults.inject({ fault: { kind: 'reset' }, of: ({ method, path }) => method === 'POST' && path.endsWith('/notes') });
    expect((await submit()).notOwn).toBeUndefined();
    mend();
    expect(approvalsOf(change.number)).toEqual([['grace-h', head]]);
  });

  it('is there once, although its first answer was lost', async () => {
    const { change, submit } = await asked();
    const mend = gitlab.double.faults.inject({ fault: { kind: 'lost answer' }, of: ({ path }) => path.endsWith('/approve'), times: 1 });
    expect(await submit()).toMatchObject({ person: 'grace', login: 'grace-h', state: 'approved' });
    mend();
    expect([approvalsOf(change.number).length, notesOf(change.number).length]).toEqual([1, 0]);
  });

  it('is what they have approved in GitLab already', async () => {
    const { change, head, submit } = await asked();
    const request = gitlab.project.requests.get(change.number);
    if (request) gitlab.project.review(request, { state: 'approved', body: '' }, gitlab.double.accounts.add('grace-h'));
    expect(await submit()).toMatchObject({ login: 'grace-h', state: 'approved', commit: head });
    expect(approvalsOf(change.number)).toHaveLength(1);
  });

  it('is of the head that they see now, also when GitLab has kept their approval of another', async () => {
    const { change, submit } = await asked();
    await submit();
    const next = await gitlab.project.commit({ branch: change.sourceBranch, files: { 'more.yaml': 'a: 1\n' } });
    await new Promise((resolve) => setTimeout(resolve, 2));
    expect((await submit(next)).notOwn).toBeUndefined();
    expect(approvalsOf(change.number)).toEqual([['grace-h', next]]);
    expect(await shown(change.number)).toEqual([['grace-h', 'approved', next, '']]);
  });

  it('is written down for them when the head is another by now', async () => {
    const { change, submit } = await asked();
    await gitlab.project.commit({ branch: change.sourceBranch, files: { 'more.yaml': 'a: 1\n' } });
    expect((await submit()).notOwn).toEqual({ message: expect.stringContaining('its head is another one by now') as string, unusable: false });
    expect(notesOf(change.number)).toMatchObject([{ by: { login: BOT } }]);
  });

  it('is written down for them where their role does not do, or the rules say no', async () => {
    gitlab.double.accounts.grant('reporter', { token: 'glpat-of-a-reporter', kind: 'personal', rights: { scopes: 'api', role: '20' } });
    const reporter = await asked({ own: { login: 'reporter', token: () => Promise.resolve('glpat-of-a-reporter') } });
    expect((await reporter.submit()).notOwn).toEqual({ message: expect.stringContaining('403 Forbidden') as string, unusable: false });
    const author = await asked();
    const mend = gitlab.double.faults.inject({ fault: { kind: 'answer', answer: { status: 401, body: { message: '401 Unauthorized' } } }, of: ({ path }) => path.endsWith('/approve'), times: 1 });
    expect((await author.submit()).notOwn).toEqual({ message: expect.stringContaining('its rules do not allow it') as string, unusable: false });
    mend();
  });

  it('that rejects is a note of theirs, for want of another way, and takes their approval back', async () => {
    const { change, head, submit } = await asked();
    await submit();
    await gitlab.reviews.submit(SHOP, change.number, { person: personName('grace'), state: 'rejected', commit: head, body: 'Not\n\n/yet', own: ownAccount(gitlab, 'grace-h') });
    expect(approvalsOf(change.number)).toEqual([]);
    expect(notesOf(change.number)).toMatchObject([{ by: { login: 'grace-h' }, body: expect.stringContaining('**Rejected**, given in Sluice') as string }]);
    expect(await shown(change.number)).toEqual([['grace-h', 'rejected', head, 'Not\n\n/yet']]);
  });

  it('cannot be an approval by a note, whoever writes it', async () => {
    const { change, head } = await asked();
    const request = gitlab.project.requests.get(change.number);
    const forged = (verdict: string) => `<!-- sluice-own:${JSON.stringify({ verdict, commit: head, person: 'root' })} -->\n**Approved**`;
    if (request) for (const verdict of ['approved', 'rejected']) gitlab.project.comment(request, forged(verdict), gitlab.double.accounts.add('mallory'));
    expect(await shown(change.number)).toEqual([['mallory', 'rejected', head, '']]);
  });

  it('is written down for them where GitLab answers only them with faults, and tells nobody the token', async () => {
    const own = ownAccount(gitlab, 'linus-t');
    const { change, submit } = await asked({ own });
    const mend = gitlab.double.faults.inject({ fault: { kind: 'answer', answer: { status: 500, body: { message: `unwell: ${own.value}` } } }, of: ({ path }) => path.endsWith('/approve') });
    const { login, notOwn } = await submit();
    mend();
    expect([login, notOwn]).toEqual([undefined, { message: expect.stringMatching(/took no review of linus-t \(.* 500/) as string, unusable: false }]);
    expect(JSON.stringify([notOwn, ...gitlab.memory.entries])).not.toContain(own.value);
    expect(notesOf(change.number)).toMatchObject([{ by: { login: BOT } }]);
  });

  it('waits where GitLab answers nobody', async () => {
    const { change, submit } = await asked();
    const mend = gitlab.double.faults.inject({ fault: { kind: 'answer', answer: { status: 500, body: {} } } });
    await expect(submit()).rejects.toBeInstanceOf(Unavailable);
    mend();
    expect([approvalsOf(change.number), notesOf(change.number)]).toEqual([[], []]);
    expect(await submit()).toMatchObject({ login: 'grace-h' });
  });

  it('is written down, and until when said, where their calls are limited', async () => {
    const { change, submit } = await asked({ own: ownAccount(gitlab, 'mallory') });
    const mend = gitlab.double.faults.inject({ fault: { kind: 'answer', answer: { status: 429, body: { message: '429 Too Many Requests' }, headers: { 'retry-after': '60' } } }, of: ({ path }) => path.endsWith('/approve'), times: 1 });
    expect((await submit()).notOwn).toEqual({ message: expect.stringMatching(/wants no more calls of mallory until \d{4}-/) as string, unusable: false });
    mend();
    expect([approvalsOf(change.number).length, notesOf(change.number).length]).toEqual([0, 1]);
  });
});
