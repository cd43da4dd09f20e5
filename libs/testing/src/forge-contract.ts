import { type CommitSha, instant, NotFound, personName } from '@sluice/kernel';
import type { ChangeRequest, MergeMethod } from '@sluice/usecases';
import { type ForgeUnderTest, opened, pair } from './forge-under-test.js';
import { describeOwnReviews } from './own-reviews-contract.js';

/** What every forge adapter must do, by its ports alone. One forge for the suite; each test works on branches of its own. */
export function describeForgeContract(name: string, createForge: () => Promise<ForgeUnderTest>): void {
  describe(`${name} as a forge`, () => {
    let forge: ForgeUnderTest;
    beforeAll(async () => {
      forge = await createForge();
    });
    afterAll(() => forge.stop());

    describeRequests(() => forge);
    describeMerges(() => forge);
    describeRecords(() => forge);
    describeOwnReviews(() => forge);
  });
}

function whoActs(forge: ForgeUnderTest, person: string): string {
  return forge.account ?? person;
}

function describeRequests(current: () => ForgeUnderTest): void {
  it('opens a request that says what was asked for', async () => {
    const forge = current();
    const { change, head } = await opened(forge);
    expect(change).toMatchObject({ state: 'open', draft: false, title: 'Add the feature', body: 'Because.', head });
    expect(change.url).toMatch(/^https?:\/\//);
    expect(await forge.changes.get(forge.repository, change.number)).toEqual(change);
  });

  it('labels a request when it is opened, and leaves its labels from then on', async () => {
    const forge = current();
    const { source, target } = await pair(forge);
    const request = { title: 'Promote it', body: '', sourceBranch: source, targetBranch: target, draft: false, labels: ['sluice', 'sluice: prod'] };
    const { number, labels, unlabelled } = await forge.changes.open(forge.repository, request);
    expect({ labels, unlabelled }).toEqual({ labels: ['sluice', 'sluice: prod'], unlabelled: undefined });
    await forge.changes.update(forge.repository, number, { title: 'Promote it at last' });
    expect((await forge.changes.open(forge.repository, request)).number).toBe(number);
    expect((await forge.changes.get(forge.repository, number)).labels).toEqual(['sluice', 'sluice: prod']);
  });

  it.each(['sourceBranch', 'targetBranch'])('names the branch when the %s does not exist', async (missing) => {
    const forge = current();
    const { source, target } = await pair(forge);
    const request = { title: 'x', body: '', sourceBranch: source, targetBranch: target, draft: false, [missing]: 'nowhere' };
    const failure = forge.changes.open(forge.repository, request);
    await expect(failure).rejects.toBeInstanceOf(NotFound);
    await expect(failure).rejects.toThrow(/nowhere/);
  });

  it('returns the open request of the same branches, however many ask at once', async () => {
    const forge = current();
    const { source, target } = await pair(forge);
    const request = { title: 'x', body: '', sourceBranch: source, targetBranch: target, draft: false };
    const changes = await Promise.all(Array.from({ length: 6 }, () => forge.changes.open(forge.repository, request)));
    expect(new Set(changes.map(({ number }) => number)).size).toBe(1);
  });

  it('gives requests that are opened at once numbers of their own', async () => {
    const forge = current();
    const changes = await Promise.all(Array.from({ length: 6 }, () => opened(forge)));
    expect(new Set(changes.map(({ change }) => change.number)).size).toBe(6);
  });

  it('shows the source branch\'s newest commit while the request is open', async () => {
    const forge = current();
    const { change } = await opened(forge);
    const next = await forge.commit({ branch: change.sourceBranch, files: { 'more.yaml': 'a: 1\n' } });
    expect((await forge.changes.get(forge.repository, change.number)).head).toBe(next);
  });

  it('knows who marked a draft as ready', async () => {
    const forge = current();
    const { change } = await opened(forge);
    await forge.changes.update(forge.repository, change.number, { draft: true, by: 'ada' });
    expect(await forge.changes.update(forge.repository, change.number, { draft: false, by: 'grace' })).toMatchObject({ draft: false, readyBy: whoActs(forge, 'grace') });
  });

  it('changes title, text and draft, and leaves the rest', async () => {
    const forge = current();
    const { change } = await opened(forge);
    const updated = await forge.changes.update(forge.repository, change.number, { title: 'Better', draft: true });
    expect(updated).toMatchObject({ title: 'Better', draft: true, body: change.body, state: 'open' });
  });

  it('has no request of a number that was never given', async () => {
    const forge = current();
    await expect(forge.changes.get(forge.repository, 987_654)).rejects.toBeInstanceOf(NotFound);
  });

  it('lists newest first, page by page', async () => {
    const forge = current();
    const numbers: number[] = [];
    for (let count = 0; count < 3; count += 1) numbers.push((await opened(forge)).change.number);
    const first = await forge.changes.list(forge.repository, { state: 'open', limit: 2 });
    const second = await forge.changes.list(forge.repository, { state: 'open', limit: 1, before: first[1]?.number ?? 0 });
    expect([...first, ...second].map(({ number }) => number)).toEqual(numbers.reverse());
  });

  it('finds the requests of a branch by state', async () => {
    const forge = current();
    const { change } = await opened(forge);
    await forge.changes.close(forge.repository, change.number, { by: 'ada' });
    const again = await forge.changes.open(forge.repository, change);
    const numbers = async (state?: ChangeRequest['state']): Promise<number[]> =>
      (await forge.changes.list(forge.repository, { ...(state ? { state } : {}), sourceBranch: change.sourceBranch, limit: 10 })).map(({ number }) => number);
    expect(await numbers('open')).toEqual([again.number]);
    expect(await numbers('closed')).toEqual([change.number]);
    expect(await numbers()).toEqual([again.number, change.number]);
  });

  it('keeps a closed request closed and says by whom', async () => {
    const forge = current();
    const { change, head } = await opened(forge);
    await forge.changes.close(forge.repository, change.number, { by: 'ada', comment: 'Not now' });
    await forge.changes.close(forge.repository, change.number, { by: 'grace' });
    const merge = await forge.changes.merge(forge.repository, change.number, { expectedHead: head, by: 'ada' });
    expect(merge).toMatchObject({ kind: 'refused', message: expect.stringContaining('closed') as string });
    expect(await forge.changes.get(forge.repository, change.number)).toMatchObject({ state: 'closed', closedBy: whoActs(forge, 'ada'), head });
  });
}

function describeMerges(current: () => ForgeUnderTest): void {
  async function merge(change: ChangeRequest, head: CommitSha, method?: MergeMethod): Promise<CommitSha> {
    const forge = current();
    const outcome = await forge.changes.merge(forge.repository, change.number, { expectedHead: head, by: 'ada', ...(method ? { method } : {}) });
    if (outcome.kind !== 'merged') throw new Error(JSON.stringify(outcome));
    expect(await forge.head(change.targetBranch)).toBe(outcome.commit);
    expect(await forge.changes.get(forge.repository, change.number)).toMatchObject({ state: 'merged', mergeCommit: outcome.commit, mergedBy: whoActs(forge, 'ada'), head });
    return outcome.commit;
  }

  it('squashes into one commit of the head\'s author on the target', async () => {
    const forge = current();
    const { change } = await opened(forge);
    const head = await forge.commit({ branch: change.sourceBranch, files: { 'second.yaml': 'b: 2\n' }, author: 'Grace' });
    const target = await forge.commit({ branch: change.targetBranch, files: { 'other.yaml': 'c: 3\n' } });
    const facts = await forge.facts(await merge(change, head, 'squash'));
    expect(facts.parents).toEqual([target]);
    // other forges make whoever opened the request the author
    if (forge.account === undefined) expect(facts.author.name).toBe('Grace');
    // GitLab writes !7 for a request, and #7 for an issue
    expect(facts.message).toMatch(new RegExp(`^Add the feature \\([#!]${change.number}\\)`));
    expect(Object.keys(facts.files)).toEqual(expect.arrayContaining(['other.yaml', 'second.yaml', 'shared.yaml']));
  });

  it('rebases every commit with its author and message', async () => {
    const forge = current();
    const { change } = await opened(forge);
    const head = await forge.commit({ branch: change.sourceBranch, files: { 'second.yaml': 'b: 2\n' }, message: 'And a second', author: 'Grace' });
    const target = await forge.commit({ branch: change.targetBranch, files: { 'other.yaml': 'c: 3\n' } });
    const last = await forge.facts(await merge(change, head, 'rebase'));
    const first = await forge.facts(last.parents[0] ?? head);
    expect([first, last].map(({ author, message }) => [author.name, message.trim()])).toEqual([
      ['Ada', 'Add the feature'],
      ['Grace', 'And a second'],
    ]);
    expect(first.parents).toEqual([target]);
    expect(Object.keys(last.files)).toEqual(expect.arrayContaining(['other.yaml', 'second.yaml']));
  });

  it('makes a merge commit of target and head', async () => {
    const forge = current();
    const { change, head } = await opened(forge);
    const target = await forge.commit({ branch: change.targetBranch, files: { 'other.yaml': 'c: 3\n' } });
    expect((await forge.facts(await merge(change, head, 'merge'))).parents).toEqual([target, head]);
  });

  it.each(['squash', 'rebase', 'merge'] as const)('refuses a conflict by %s, names the file and leaves the target', async (method) => {
    const forge = current();
    const { change } = await opened(forge);
    const head = await forge.commit({ branch: change.sourceBranch, files: { 'shared.yaml': 'replicas: 2\n' } });
    const target = await forge.commit({ branch: change.targetBranch, files: { 'shared.yaml': 'replicas: 3\n' } });
    const outcome = await forge.changes.merge(forge.repository, change.number, { expectedHead: head, by: 'ada', method });
    expect(outcome).toMatchObject({ kind: 'refused', message: expect.stringContaining('shared.yaml') as string });
    expect(await forge.head(change.targetBranch)).toBe(target);
    expect(await forge.changes.get(forge.repository, change.number)).toMatchObject({ state: 'open' });
  });

  it('does not merge a head that nobody looked at', async () => {
    const forge = current();
    const { change, head } = await opened(forge);
    const before = await forge.head(change.targetBranch);
    await forge.commit({ branch: change.sourceBranch, files: { 'sneaked-in.yaml': 'x: 1\n' } });
    expect(await forge.changes.merge(forge.repository, change.number, { expectedHead: head, by: 'ada' })).toEqual({ kind: 'moved' });
    expect(await forge.head(change.targetBranch)).toBe(before);
  });

  it('loses nothing of what came to the target meanwhile: it does not merge onto it where it can compare that, and onto it elsewhere', async () => {
    const forge = current();
    const { change, head } = await opened(forge);
    const expectedTarget = await forge.head(change.targetBranch);
    const moved = await forge.commit({ branch: change.targetBranch, files: { 'hotfix.yaml': 'x: 1\n' } });
    if (!expectedTarget) throw new Error('the target has no head');
    const outcome = await forge.changes.merge(forge.repository, change.number, { expectedHead: head, expectedTarget, by: 'ada' });
    expect(outcome).toEqual(forge.comparesTarget ? { kind: 'moved' } : { kind: 'merged', commit: await forge.head(change.targetBranch) });
    const now = await forge.head(change.targetBranch);
    expect(now === moved).toBe(forge.comparesTarget === true);
    expect((await forge.facts(now ?? moved)).files).toMatchObject({ 'hotfix.yaml': 'x: 1\n' });
  });

  it('answers the same when the first answer was lost, and when several merge at once', async () => {
    const forge = current();
    const { change, head } = await opened(forge);
    const options = { expectedHead: head, by: 'ada' };
    const outcomes = await Promise.all(Array.from({ length: 4 }, () => forge.changes.merge(forge.repository, change.number, options)));
    outcomes.push(await forge.changes.merge(forge.repository, change.number, options));
    expect(new Set(outcomes.map((outcome) => JSON.stringify(outcome)))).toEqual(new Set([JSON.stringify({ kind: 'merged', commit: await forge.head(change.targetBranch) })]));
  });

  it('refuses a draft', async () => {
    const forge = current();
    const { change, head } = await opened(forge);
    await forge.changes.update(forge.repository, change.number, { draft: true });
    const outcome = await forge.changes.merge(forge.repository, change.number, { expectedHead: head, by: 'ada' });
    expect(outcome).toMatchObject({ kind: 'refused', message: expect.stringMatching(/draft/i) as string });
  });
}

function describeRecords(current: () => ForgeUnderTest): void {
  it('keeps every review with its person, verdict and commit', async () => {
    const forge = current();
    const { change, head } = await opened(forge);
    const review = { person: personName('grace'), state: 'approved', commit: head, body: 'Fine' } as const;
    const submitted = await forge.reviews.submit(forge.repository, change.number, review);
    await forge.reviews.submit(forge.repository, change.number, { ...review, person: personName('linus'), state: 'rejected', body: 'No' });
    const listed = await forge.reviews.list(forge.repository, change.number);
    expect(submitted).toMatchObject(review);
    expect(listed.map(({ person, state, commit }) => [person, state, commit])).toEqual([
      ['grace', 'approved', head],
      ['linus', 'rejected', head],
    ]);
    expect(new Set(listed.map(({ id }) => id)).size).toBe(2);
  });

  it('takes back approvals that people have given there, and only those', async () => {
    const forge = current();
    const { change, head } = await opened(forge);
    forge.reviewThere?.(change.number, 'eve', 'rejected');
    forge.reviewThere?.(change.number, 'linus', 'approved');
    await forge.reviews.submit(forge.repository, change.number, { person: personName('grace'), state: 'approved', commit: head, body: '' });
    const given = (await forge.reviews.list(forge.repository, change.number)).filter(({ state, login }) => state === 'approved' && login !== undefined);
    expect(given.map(({ login }) => login)).toEqual(forge.reviewThere ? ['linus'] : []);
    for (let times = 0; times < 2; times += 1) expect(await forge.reviews.dismiss(forge.repository, change.number, given, 'The content has changed.')).toEqual({ kind: 'dismissed' });
    const left = (await forge.reviews.list(forge.repository, change.number)).map(({ person, state }) => `${person} ${state}`);
    expect(left.sort()).toEqual(forge.reviewThere ? ['eve rejected', 'grace approved'] : ['grace approved']);
  });

  it('knows the newest status of each context, also when several are set at once', async () => {
    const forge = current();
    const { head } = await opened(forge);
    const status = { state: 'pending', description: 'running', by: 'ci' } as const;
    await forge.statuses.set(forge.repository, head, [{ ...status, context: 'ci/test' }]);
    await Promise.all(['a', 'b', 'c'].map((context) => forge.statuses.set(forge.repository, head, [{ ...status, context }])));
    await forge.statuses.set(forge.repository, head, [{ ...status, context: 'ci/test', state: 'success', description: 'passed' }]);
    const listed = await forge.statuses.list(forge.repository, head);
    expect(Object.fromEntries(listed.map(({ context, state }) => [context, state]))).toEqual({ 'ci/test': 'success', a: 'pending', b: 'pending', c: 'pending' });
    expect(listed.every(({ at }) => at >= instant(0))).toBe(true);
  });

  it('has no statuses of a commit that nobody set one on', async () => {
    const forge = current();
    expect(await forge.statuses.list(forge.repository, (await pair(forge)).head)).toEqual([]);
  });

  it('says where git finds the repository, and its default branch where it need not be asked for', async () => {
    const forge = current();
    const { url, defaultBranch = 'main' } = await forge.access.locate(forge.repository);
    expect(url).not.toBe('');
    expect(defaultBranch).toBe('main');
  });
}
