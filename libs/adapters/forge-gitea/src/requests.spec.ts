import type { CommitSha } from '@sluice/kernel';
import type { ChangeRequest } from '@sluice/usecases';
import { ACCOUNT, SHOP, startGitea, type TestGitea } from './gitea.fixture.js';

describe.each(['gitea', 'forgejo'] as const)('requests on %s', (kind) => {
  let forge: TestGitea;
  let names = 0;
  beforeAll(async () => {
    forge = await startGitea(kind);
  });
  afterAll(async () => {
    expect(forge.double.unexpected()).toEqual([]);
    await forge.stop();
  });

  async function opened({ draft = false, prefix = '' } = {}): Promise<{ readonly change: ChangeRequest; readonly head: CommitSha; readonly source: string; readonly target: string }> {
    names += 1;
    const [source, target] = [`${prefix}feature/${names}`, `env/${names}`];
    await forge.commit({ branch: target, from: 'main', files: { 'a.yaml': 'a: 1\n' } });
    const head = await forge.commit({ branch: source, from: target, files: { 'b.yaml': 'b: 1\n' } });
    const change = await forge.changes.open(SHOP, { title: 'Promote', body: 'Text', sourceBranch: source, targetBranch: target, draft });
    return { change, head, source, target };
  }
  const stored = (number: number) => forge.shop.requests.get(number)!;
  const person = (login: string) => forge.double.accounts.add(login);
  const merge = (number: number, head: CommitSha) => forge.changes.merge(SHOP, number, { expectedHead: head, by: 'ada' });

  test('a draft is one by its title, which nobody sees', async () => {
    const { change } = await opened({ draft: true });
    expect(change).toMatchObject({ draft: true, title: 'Promote' });
    expect(stored(change.number).title).toBe('WIP: Promote');
    expect(await forge.changes.update(SHOP, change.number, { title: 'Better' })).toMatchObject({ draft: true, title: 'Better' });
    expect(await forge.changes.update(SHOP, change.number, { draft: false })).toMatchObject({ draft: false, title: 'Better', readyBy: ACCOUNT });
  });

  test('who marks a draft as ready by hand is known afterwards, and not looked for again', async () => {
    const { change } = await opened({ draft: true });
    forge.shop.edit(stored(change.number), { title: 'Promote' }, person('grace'));
    forge.shop.setDraft(stored(change.number), false, person('grace'));
    expect(await forge.changes.get(SHOP, change.number)).toMatchObject({ draft: false, readyBy: 'grace' });
    expect(await forge.callsOf(() => forge.changes.get(SHOP, change.number))).toEqual(['GET /pulls/{index}']);
  });

  test('who marked a draft as ready is found again when everything is forgotten', async () => {
    const { change } = await opened({ draft: true });
    forge.shop.edit(stored(change.number), { title: 'Promote' }, person('grace'));
    forge.shop.setDraft(stored(change.number), false, person('grace'));
    await forge.memory.forget('request:');
    expect(await forge.changes.get(SHOP, change.number)).toMatchObject({ readyBy: 'grace' });
  });

  test('who has marked it as ready stays so when its text is changed afterwards, and nobody has of what never was a draft', async () => {
    const [draft, other] = [(await opened({ draft: true })).change.number, (await opened()).change.number];
    forge.shop.edit(stored(draft), { title: 'Promote' }, person('grace'));
    forge.shop.setDraft(stored(draft), false, person('grace'));
    for (const text of ['One', 'Two']) expect(await forge.changes.update(SHOP, draft, { title: 'Promote', body: text, draft: false })).toMatchObject({ readyBy: 'grace' });
    expect((await forge.changes.update(SHOP, other, { title: 'Promote', body: 'One', draft: false })).readyBy).toBeUndefined();
  });

  test('one that was closed by hand is closed by that person, and opened again a new one', async () => {
    const { change, source, target } = await opened();
    forge.shop.close(stored(change.number), person('grace'));
    expect(await forge.changes.get(SHOP, change.number)).toMatchObject({ state: 'closed', closedBy: 'grace' });
    const again = await forge.changes.open(SHOP, { title: 'Again', body: '', sourceBranch: source, targetBranch: target, draft: false });
    expect(again.number).toBeGreaterThan(change.number);
  });

  test('one that was merged by hand is merged', async () => {
    const { change, head } = await opened();
    await forge.shop.merge(stored(change.number), { method: 'merge', by: person('grace'), message: 'By hand', isGood: () => true });
    expect(await forge.changes.get(SHOP, change.number)).toMatchObject({ state: 'merged', mergedBy: 'grace' });
    expect(await merge(change.number, head)).toMatchObject({ kind: 'merged', commit: await forge.head(change.targetBranch) });
  });

  test('one that was retargeted by hand says its new target', async () => {
    const { change } = await opened();
    forge.shop.edit(stored(change.number), { target: 'main' }, person('grace'));
    expect(await forge.changes.get(SHOP, change.number)).toMatchObject({ targetBranch: 'main' });
  });

  test('the head of one that is over stays where it was, wherever its branch goes', async () => {
    const { change, head, source } = await opened();
    await merge(change.number, head);
    await forge.commit({ branch: source, files: { 'later.yaml': 'c: 1\n' } });
    expect(await forge.changes.get(SHOP, change.number)).toMatchObject({ state: 'merged', head });
  });

  test('a merge says who wanted it', async () => {
    const { change, head, target } = await opened();
    await merge(change.number, head);
    const { message } = await forge.facts((await forge.head(target))!);
    expect(message).toContain('Approved by ada in Sluice');
  });

  test('a branch of Sluice’s own goes with the merge, every other one stays, whatever the settings say', async () => {
    forge.shop.settings.deleteBranchOnMerge = false;
    const [own, other] = [await opened({ prefix: 'sluice/' }), await opened()];
    for (const { change, head } of [own, other]) expect(await merge(change.number, head)).toMatchObject({ kind: 'merged' });
    expect([await forge.head(own.source), await forge.head(other.source)]).toEqual([undefined, other.head]);
    expect(await forge.changes.get(SHOP, own.change.number)).toMatchObject({ head: own.head, sourceBranch: own.source });
  });

  test('a merge after which the branch cannot be deleted is one', async () => {
    const { change, head } = await opened({ prefix: 'sluice/' });
    await merge(change.number, head);
    forge.double.faults.inject({ fault: { kind: 'answer', answer: { status: 403, body: { message: 'branch protected' } } }, of: ({ path }) => path.endsWith('/merge'), times: 1 });
    expect(await merge(change.number, head)).toMatchObject({ kind: 'merged' });
  });

  test('a merge waits while the forge finds out whether it can be', async () => {
    const { change, head } = await opened();
    forge.checking.left = 2;
    expect(await merge(change.number, head)).toMatchObject({ kind: 'merged' });
  });

  test('a merge that the forge cannot decide on is tried again later', async () => {
    const { change, head } = await opened();
    forge.checking.left = 10;
    await expect(merge(change.number, head)).rejects.toThrow(/has not found out yet/);
    forge.checking.left = 0;
  });

  test('a conflict that only the merge itself finds names the file', async () => {
    const { change, head } = await opened();
    const body = { Style: 'squash', StdOut: 'CONFLICT (content): Merge conflict in b.yaml\n', StdErr: '', Err: {} };
    forge.double.faults.inject({ fault: { kind: 'answer', answer: { status: 409, body } }, of: ({ path }) => path.endsWith('/merge'), times: 1 });
    expect(await merge(change.number, head)).toMatchObject({ kind: 'refused', message: expect.stringContaining('b.yaml') as string });
  });

  // Gitea 1.26 does so for two who merge at once, and for a squash whose conflict it has not found before
  describe('a merge that is answered with 500', () => {
    const fails = () => forge.double.faults.inject({ fault: { kind: 'answer', answer: { status: 500, body: { message: '' } } }, of: ({ path }) => path.endsWith('/merge'), times: 1 });

    test('is done when somebody else was faster', async () => {
      const { change, head, target } = await opened();
      forge.double.faults.inject({ fault: { kind: 'lost answer' }, of: ({ path }) => path.endsWith('/merge'), times: 1 });
      await expect(merge(change.number, head)).rejects.toThrow(/cannot be reached/);
      fails();
      expect(await merge(change.number, head)).toEqual({ kind: 'merged', commit: await forge.head(target) });
    });

    test('is refused when there is a conflict', async () => {
      const { change, head, target } = await opened();
      await forge.commit({ branch: target, files: { 'b.yaml': 'b: 2\n' } });
      const path = `/api/v1/repos/acme/shop/pulls/${change.number}`;
      const shown = await fetch(`${forge.double.url}${path}`, { headers: { authorization: 'token t0ken-of-the-b0t' } });
      const body = { ...((await shown.json()) as object), mergeable: false };
      fails();
      forge.double.faults.inject({ fault: { kind: 'answer', answer: { status: 200, body } }, of: (call) => call.method === 'GET' && call.path === path, times: 1 });
      expect(await merge(change.number, head)).toMatchObject({ kind: 'refused', message: expect.stringMatching(/conflict \(both sides changed b\.yaml\)/) as string });
    });

    test('is asked for again when nothing says why', async () => {
      const { change, head } = await opened();
      fails();
      await expect(merge(change.number, head)).rejects.toThrow(/500/);
      expect(await merge(change.number, head)).toMatchObject({ kind: 'merged' });
    });
  });

  test.each([
    ['checks', { checks: ['ci/test'] }, /status checks/],
    ['approvals', { approvals: 1 }, /approve it there/],
  ])('the %s that a protected branch wants are said', async (_, protection, why) => {
    const { change, head, target } = await opened();
    forge.shop.protections.set(target, protection);
    expect(await merge(change.number, head)).toMatchObject({ kind: 'refused', message: expect.stringMatching(why) as string });
    forge.shop.protections.delete(target);
  });

  test('a branch that has not all of the target is said to be behind, where the target is protected so', async () => {
    const { change, head, target } = await opened();
    forge.shop.protections.set(target, { upToDate: true });
    await forge.commit({ branch: target, files: { 'in-between.yaml': 'a: 1\n' } });
    expect(await merge(change.number, head)).toEqual({ kind: 'behind', message: expect.stringMatching(/all of the target/) as string });
    forge.shop.protections.delete(target);
  });

  test('a method that the repository does not allow is refused, and the one that it allows is taken, also when that has just been changed', async () => {
    const { change, head } = await opened();
    const { settings } = forge.shop;
    const before = settings.methods;
    settings.methods = ['rebase'];
    const wanted = await forge.changes.merge(SHOP, change.number, { expectedHead: head, by: 'ada', method: 'squash' });
    expect(wanted).toMatchObject({ kind: 'refused', message: expect.stringMatching(/does not allow squash \(it allows rebase\)/) as string });
    settings.methods = ['squash'];
    const squashed = await opened();
    expect(await forge.changes.merge(SHOP, squashed.change.number, { expectedHead: squashed.head, by: 'ada', method: 'squash' })).toMatchObject({ kind: 'merged' });
    settings.methods = ['rebase'];
    expect(await merge(change.number, head)).toMatchObject({ kind: 'merged' });
    settings.methods = before;
    await forge.memory.forget('repository:');
  });

  test('who opens one across a lost answer gets the one that was made', async () => {
    await forge.commit({ branch: 'lost', from: 'main', files: { 'l.yaml': 'l: 1\n' } });
    const request = { title: 'Lost', body: '', sourceBranch: 'lost', targetBranch: 'main', draft: false };
    forge.double.faults.inject({ fault: { kind: 'lost answer' }, of: ({ method }) => method === 'POST', times: 1 });
    await expect(forge.changes.open(SHOP, request)).rejects.toThrow(/cannot be reached/);
    expect(await forge.changes.open(SHOP, request)).toMatchObject({ title: 'Lost', state: 'open' });
    expect(forge.shop.openOf('lost', 'main')).toBeDefined();
  });

  test('a merge whose answer was lost is merged when it is asked for again', async () => {
    const { change, head } = await opened();
    forge.double.faults.inject({ fault: { kind: 'lost answer' }, of: ({ path }) => path.endsWith('/merge'), times: 1 });
    await expect(merge(change.number, head)).rejects.toThrow(/cannot be reached/);
    expect(await merge(change.number, head)).toEqual({ kind: 'merged', commit: await forge.head(change.targetBranch) });
  });
});

describe.each(['gitea', 'forgejo'] as const)('the history of %s, whose pages are short', (kind) => {
  let forge: TestGitea;
  beforeEach(async () => {
    forge = await startGitea(kind, { maxItems: 5 });
    for (const branch of ['one', 'two']) await forge.commit({ branch, from: 'main', files: { [`${branch}.yaml`]: 'a: 1\n' } });
  });
  afterEach(async () => {
    expect(forge.double.unexpected()).toEqual([]);
    await forge.stop();
  });
  const add = async (source: string, count: number): Promise<void> => {
    for (let index = 0; index < count; index += 1) await forge.shop.open({ title: source, body: '', source, target: 'main', draft: false }, forge.double.accounts.add('grace'));
  };
  const of = (sourceBranch: string) => forge.changes.list(SHOP, { sourceBranch, limit: 3 });

  test('the requests of a branch are found by reading only what is new', async () => {
    await add('one', 1);
    await add('two', 11);
    expect(await forge.callsOf(() => of('three'))).toEqual(['GET /pulls', 'GET /pulls', 'GET /pulls']);
    expect(await forge.callsOf(() => of('three'))).toEqual(['GET /pulls']);
    expect((await of('two')).map(({ number }) => number)).toEqual([12, 11, 10]);
    expect(await forge.callsOf(() => of('two'))).toEqual(['GET /pulls']);
    expect(await of('one')).toMatchObject([{ number: 1 }]);
    await add('one', 1);
    expect((await forge.connect().changes.list(SHOP, { sourceBranch: 'one', limit: 3 })).map(({ number }) => number)).toEqual([13, 1]);
  });

  test('one that was closed by hand says by whom', async () => {
    await add('one', 1);
    forge.shop.close(forge.shop.requests.get(1)!, forge.double.accounts.add('grace'));
    expect(await of('one')).toMatchObject([{ state: 'closed', closedBy: 'grace' }]);
  });

  test('one that an administrator has deleted is there no more', async () => {
    await add('one', 1);
    await add('two', 6);
    expect(await of('one')).toHaveLength(1);
    forge.shop.requests.delete(1);
    expect(await of('one')).toEqual([]);
  });

  test('all requests are read page after page without beginning anew', async () => {
    await add('one', 17);
    const numbers: number[] = [];
    const calls = new Set<number>();
    for (let before: number | undefined = undefined, full = true; full; ) {
      const filter: { limit: number; before?: number } = { limit: 4, ...(before !== undefined && { before }) };
      let page: readonly ChangeRequest[] = [];
      calls.add((await forge.callsOf(async () => (page = await forge.changes.list(SHOP, filter)))).length);
      numbers.push(...page.map(({ number }) => number));
      before = page.at(-1)?.number;
      full = page.length === 4;
    }
    expect(numbers).toEqual(Array.from({ length: 17 }, (_, index) => 17 - index));
    expect(Math.max(...calls)).toBeLessThanOrEqual(3);
  });
});
