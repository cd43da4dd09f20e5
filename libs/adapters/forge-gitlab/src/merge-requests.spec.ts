import { Busy, Conflict, NotFound } from '@sluice/kernel';
import { BOT, opened, SHOP, startGitlab, takeCounts, type TestGitlab } from './gitlab.fixture.js';

describe('A merge request of GitLab', () => {
  let gitlab: TestGitlab;
  beforeAll(async () => {
    gitlab = await startGitlab();
  });
  afterAll(() => gitlab.stop());

  it('costs one call to open and one to change', async () => {
    const { change } = await opened(gitlab);
    expect(takeCounts(gitlab)).toEqual({ 'POST /merge_requests': 1 });
    await gitlab.changes.update(SHOP, change.number, { title: 'Promote shop', body: 'Again.', draft: false });
    await gitlab.changes.update(SHOP, change.number, { body: 'And again.' });
    expect(takeCounts(gitlab)).toEqual({ 'PUT /merge_requests/{iid}': 2 });
  });

  it('is looked for only when GitLab says that there is one', async () => {
    const { change } = await opened(gitlab);
    takeCounts(gitlab);
    expect((await gitlab.changes.open(SHOP, { ...change, draft: false })).number).toBe(change.number);
    expect(takeCounts(gitlab)).toEqual({ 'POST /merge_requests': 1, 'GET /merge_requests': 1 });
  });

  it('keeps its draft when only its title changes, and its title when only its draft does', async () => {
    const { change } = await opened(gitlab, { draft: true });
    const { number } = change;
    expect(gitlab.project.requests.get(number)).toMatchObject({ title: 'Promote shop', draft: true });
    expect(await gitlab.changes.update(SHOP, number, { title: 'Promote the shop' })).toMatchObject({ title: 'Promote the shop', draft: true });
    expect(await gitlab.changes.update(SHOP, number, { draft: false })).toMatchObject({ title: 'Promote the shop', draft: false });
  });

  it('says who has ended its draft, also when that was done in GitLab', async () => {
    const { change } = await opened(gitlab, { draft: true });
    const request = gitlab.project.requests.get(change.number);
    if (!request) throw new Error('no request');
    gitlab.project.setDraft(request, false, gitlab.double.accounts.add('grace.hopper'));
    expect(await gitlab.changes.get(SHOP, change.number)).toMatchObject({ draft: false, readyBy: 'grace.hopper' });
    // what is forgotten is asked for again
    gitlab.memory.entries.clear();
    expect(await gitlab.changes.get(SHOP, change.number)).toMatchObject({ readyBy: 'grace.hopper' });
    takeCounts(gitlab);
    await gitlab.changes.get(SHOP, change.number);
    expect(takeCounts(gitlab)).toEqual({ 'GET /merge_requests/{iid}': 1 });
  });

  it('that was no draft costs one call to read', async () => {
    const { change } = await opened(gitlab);
    takeCounts(gitlab);
    await gitlab.changes.get(SHOP, change.number);
    expect(takeCounts(gitlab)).toEqual({ 'GET /merge_requests/{iid}': 1 });
  });

  it('says who has closed it in GitLab, and where it was retargeted', async () => {
    const { change, head } = await opened(gitlab);
    const ada = gitlab.double.accounts.add('ada');
    const request = gitlab.project.requests.get(change.number);
    if (!request) throw new Error('no request');
    gitlab.project.edit(request, { target: 'main' }, ada);
    expect(await gitlab.changes.get(SHOP, change.number)).toMatchObject({ state: 'open', targetBranch: 'main' });
    gitlab.project.close(request, ada);
    expect(await gitlab.changes.get(SHOP, change.number)).toMatchObject({ state: 'closed', closedBy: 'ada', head });
    gitlab.project.reopen(request, ada);
    expect(await gitlab.changes.get(SHOP, change.number)).toMatchObject({ state: 'open' });
  });

  it('that somebody has merged by hand is merged', async () => {
    const { change, head } = await opened(gitlab);
    await gitlab.project.setBranch(change.targetBranch, head, gitlab.double.accounts.add('ada'));
    expect(await gitlab.changes.get(SHOP, change.number)).toMatchObject({ state: 'merged', mergedBy: 'ada', mergeCommit: head });
    expect(await gitlab.changes.merge(SHOP, change.number, { expectedHead: head, by: 'grace' })).toEqual({ kind: 'merged', commit: head });
    await expect(gitlab.changes.close(SHOP, change.number, { by: 'grace' })).rejects.toBeInstanceOf(Conflict);
  });

  it('tells in a note who has closed it in Sluice, and tells it once', async () => {
    const { change } = await opened(gitlab);
    await gitlab.changes.close(SHOP, change.number, { by: 'ada', comment: '/merge\nNot now' });
    await gitlab.changes.close(SHOP, change.number, { by: 'ada', comment: 'Not now' });
    const notes = gitlab.project.comments.filter(({ request }) => request === change.number);
    expect(notes.map(({ body }) => body)).toEqual([expect.stringMatching(/\*\*Closed by ada in Sluice\*\*\n\n \/merge\nNot now/)]);
    expect(notes[0]?.by.login).toBe(BOT);
  });

  it('gives no order to GitLab by its text, and reads as it was written', async () => {
    const { change } = await opened(gitlab);
    const body = 'Changes\n/approve\n  /merge now';
    expect((await gitlab.changes.update(SHOP, change.number, { body })).body).toBe(body);
    expect(gitlab.project.requests.get(change.number)?.body).not.toMatch(/^\/|^ {2}\/merge/m);
  });

  it('of a branch that GitLab has not noticed yet is opened a little later', async () => {
    const { change } = await opened(gitlab);
    gitlab.double.faults.inject({ times: 1, of: ({ method }) => method === 'POST', fault: { kind: 'answer', answer: { status: 400, body: { message: { source_branch: ['does not exist'] } } } } });
    await expect(gitlab.changes.open(SHOP, { ...change, draft: false })).rejects.toBeInstanceOf(Busy);
  });

  it('that an older GitLab has made of a branch that is not there is closed again', async () => {
    const { change } = await opened(gitlab);
    const ghost = { iid: change.number, web_url: 'http://x', state: 'opened', draft: false, title: 'x', description: '', source_branch: 'nowhere', target_branch: 'main', sha: null, created_at: '2026-01-01T00:00:00Z', updated_at: '2026-01-01T00:00:00Z' };
    gitlab.double.faults.inject({ times: 1, of: ({ method }) => method === 'POST', fault: { kind: 'answer', answer: { status: 201, body: ghost } } });
    await expect(gitlab.changes.open(SHOP, { ...change, sourceBranch: 'nowhere', draft: false })).rejects.toBeInstanceOf(NotFound);
    expect(gitlab.project.requests.get(change.number)?.state).toBe('closed');
  });

  it('is no request of somebody\'s fork, nor one that never had a commit', async () => {
    const { change } = await opened(gitlab);
    const plain = { iid: change.number, web_url: 'http://x', state: 'opened', draft: false, title: 'x', description: '', source_branch: change.sourceBranch, target_branch: 'main', source_project_id: 1, target_project_id: 1, sha: change.head, created_at: '2026-01-01T00:00:00Z', updated_at: '2026-01-01T00:00:00Z' };
    const answers = [[plain, { ...plain, iid: 900, source_project_id: 2 }, { ...plain, iid: 901, sha: null }], { ...plain, iid: 901, sha: null }];
    for (const body of answers) gitlab.double.faults.inject({ times: 1, of: ({ path }) => Array.isArray(body) === path.endsWith('/merge_requests'), fault: { kind: 'answer', answer: { status: 200, body } } });
    expect((await gitlab.changes.list(SHOP, { limit: 10 })).map(({ number }) => number)).toEqual([change.number]);
  });

  it('is found however many there are', async () => {
    const { project } = gitlab;
    const account = gitlab.double.accounts.add('ada');
    const before = project.requests.size;
    await project.commit({ branch: 'many', from: 'main', files: { 'many.yaml': 'a: 1\n' } });
    for (let count = 0; count < 120; count += 1) await project.open({ title: 'Many', body: '', source: 'many', target: 'main', draft: false }, account);
    takeCounts(gitlab);
    const all = await gitlab.changes.list(SHOP, { limit: 115, sourceBranch: 'many' });
    expect(all.map(({ number }) => number)).toEqual(Array.from({ length: 115 }, (_, index) => before + 120 - index));
    expect(takeCounts(gitlab)).toEqual({ 'GET /merge_requests': 2 });
    const older = await gitlab.changes.list(SHOP, { limit: 2, sourceBranch: 'many', before: before + 3 });
    expect(older.map(({ number }) => number)).toEqual([before + 2, before + 1]);
  });
});
