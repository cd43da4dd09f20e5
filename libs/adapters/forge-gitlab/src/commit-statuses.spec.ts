import { type CommitSha, Unavailable } from '@sluice/kernel';
import { opened, SHOP, startGitlab, takeCounts, type TestGitlab } from './gitlab.fixture.js';

describe('Statuses on GitLab', () => {
  let gitlab: TestGitlab;
  beforeAll(async () => {
    gitlab = await startGitlab();
  });
  afterAll(() => gitlab.stop());

  function job(commit: CommitSha, context: string, state: string, extra: Readonly<Record<string, unknown>> = {}): void {
    gitlab.project.setStatus({ commit, context, state, description: '', extra: { ref: 'main', job: true, ...extra } }, gitlab.double.accounts.add('ada'));
  }

  async function states(commit: CommitSha): Promise<Readonly<Record<string, string>>> {
    return Object.fromEntries((await gitlab.statuses.list(SHOP, commit)).map(({ context, state }) => [context, state]));
  }

  it.each([
    ['success', 'success'],
    ['failed', 'failure'],
    ['canceled', 'error'],
    ['skipped', 'error'],
    ['running', 'pending'],
    ['created', 'pending'],
    ['waiting_for_resource', 'pending'],
    ['manual', 'pending'],
  ])('read a job that is %s as %s', async (state, expected) => {
    const { head } = await opened(gitlab);
    job(head, 'test', state);
    expect(await states(head)).toMatchObject({ test: expected });
  });

  it.each<[string, readonly (readonly [string, string, boolean])[], string]>([
    ['has passed', [['build', 'success', false], ['lint', 'failed', true]], 'success'],
    ['is running', [['build', 'success', false], ['test', 'running', false]], 'pending'],
    ['has failed', [['build', 'failed', false], ['test', 'running', false]], 'failure'],
  ])('see as a whole that a pipeline %s', async (_, jobs, expected) => {
    const { head } = await opened(gitlab);
    for (const [name, state, mayFail] of jobs) job(head, name, state, { allow_failure: mayFail });
    expect(await states(head)).toMatchObject({ pipeline: expected });
  });

  it('see no pipeline in what others, or Sluice itself, have written', async () => {
    const { head } = await opened(gitlab);
    await gitlab.statuses.set(SHOP, head, [{ context: 'sluice/ready', state: 'pending', description: '', by: 'sluice' }]);
    takeCounts(gitlab);
    expect(await states(head)).toEqual({ 'sluice/ready': 'pending' });
    expect(takeCounts(gitlab)).toEqual({ 'GET /repository/commits/{sha}/statuses': 1 });
    job(head, 'jenkins', 'success', { job: false });
    expect(await states(head)).toEqual({ 'sluice/ready': 'pending', jenkins: 'success' });
    expect(takeCounts(gitlab)).toEqual({ 'GET /repository/commits/{sha}/statuses': 1, 'GET /pipelines': 1 });
  });

  it('are read where pipelines are switched off', async () => {
    const { head } = await opened(gitlab);
    job(head, 'jenkins', 'success', { job: false });
    const restore = gitlab.double.faults.inject({ of: ({ path }) => path.endsWith('/pipelines'), fault: { kind: 'answer', answer: { status: 403, body: { message: '403 Forbidden' } } } });
    expect(await states(head)).toEqual({ jenkins: 'success' });
    restore();
  });

  it('keep a job that failed as failed, also when its pipeline goes on without it, and say so', async () => {
    const { head } = await opened(gitlab);
    job(head, 'lint', 'failed', { allow_failure: true });
    expect(await gitlab.statuses.list(SHOP, head)).toEqual([
      expect.objectContaining({ context: 'lint', state: 'failure', description: 'allowed to fail', by: 'ada' }),
      expect.objectContaining({ context: 'pipeline', state: 'success' }),
    ]);
  });

  it('take the newest of a name that several branches have', async () => {
    const { head } = await opened(gitlab);
    job(head, 'test', 'failed', { ref: 'dev' });
    job(head, 'test', 'success', { ref: 'qa' });
    expect(await states(head)).toMatchObject({ test: 'success' });
  });

  it('are written once for a state, whoever was told before', async () => {
    const { head } = await opened(gitlab);
    takeCounts(gitlab);
    const status = { context: 'sluice/tests', state: 'pending', description: 'waits', url: 'https://sluice.example.org/x', by: 'sluice' } as const;
    await gitlab.statuses.set(SHOP, head, [status]);
    await gitlab.again().statuses.set(SHOP, head, [{ ...status, description: 'still waits' }]);
    expect(takeCounts(gitlab)).toEqual({ 'POST /statuses/{sha}': 1 });
    gitlab.memory.entries.clear();
    // GitLab takes no pending after a pending: it is that already
    await gitlab.statuses.set(SHOP, head, [status]);
    await gitlab.statuses.set(SHOP, head, [{ ...status, state: 'success' }]);
    await gitlab.statuses.set(SHOP, head, [{ ...status, state: 'pending' }]);
    expect(await gitlab.statuses.list(SHOP, head)).toEqual([expect.objectContaining({ context: 'sluice/tests', state: 'pending', url: status.url })]);
  });

  it('are cut to what GitLab takes', async () => {
    const { head } = await opened(gitlab);
    await gitlab.statuses.set(SHOP, head, [{ context: 'a', state: 'error', description: 'x'.repeat(400), url: `https://sluice.example.org/${'y'.repeat(300)}`, by: 'sluice' }]);
    const [status] = await gitlab.statuses.list(SHOP, head);
    expect(status).toMatchObject({ state: 'failure', description: `${'x'.repeat(254)}…` });
    expect(status?.url).toBeUndefined();
  });

  it('are found however many there are, page by page', async () => {
    const { head } = await opened(gitlab);
    for (let count = 0; count < 130; count += 1) job(head, `job-${count}`, 'success');
    takeCounts(gitlab);
    expect(await gitlab.statuses.list(SHOP, head)).toHaveLength(131);
    expect(takeCounts(gitlab)).toEqual({ 'GET /repository/commits/{sha}/statuses': 2, 'GET /pipelines': 1 });
  });

  it.each(['half a body', 'cut off'] as const)('are not those of the first page when the second one does not come whole (%s)', async (kind) => {
    const { head } = await opened(gitlab);
    for (let count = 0; count < 130; count += 1) job(head, `job-${count}`, 'success');
    let pages = 0;
    const mend = gitlab.double.faults.inject({ fault: { kind }, of: ({ path }) => path.endsWith('/statuses') && ++pages > 1 });
    await expect(gitlab.statuses.list(SHOP, head)).rejects.toBeInstanceOf(Unavailable);
    mend();
    expect(await gitlab.statuses.list(SHOP, head)).toHaveLength(131);
  });
});
