import { opened, SHOP, startGitlab, takeCounts, type TestGitlab } from './gitlab.fixture.js';

describe('Who pushed to GitLab', () => {
  let gitlab: TestGitlab;
  beforeAll(async () => {
    gitlab = await startGitlab();
  });
  afterAll(() => gitlab.stop());

  it('is known of the newest commit of a push for one call', async () => {
    const { change } = await opened(gitlab);
    const pushed = await gitlab.project.commit({ branch: change.targetBranch, files: { 'a.yaml': 'a: 1\n' } }, gitlab.double.accounts.add('Grace.Hopper'));
    takeCounts(gitlab);
    expect(await gitlab.pushes.pushersOf(SHOP, [pushed])).toEqual(new Map([[pushed, 'Grace.Hopper']]));
    expect(takeCounts(gitlab)).toEqual({ 'GET /events': 1 });
  });

  it('is known of every commit of a push', async () => {
    const { change } = await opened(gitlab);
    const { project } = gitlab;
    const before = await project.git.head(change.targetBranch);
    const first = await project.git.commit({ branch: change.targetBranch, files: { 'b.yaml': 'b: 1\n' } });
    const second = await project.git.commit({ branch: change.targetBranch, files: { 'c.yaml': 'c: 1\n' } });
    // both at once
    await project.git.setBranch(change.targetBranch, before, second);
    await project.setBranch(change.targetBranch, second, gitlab.double.accounts.add('linus'));
    expect(await gitlab.pushes.pushersOf(SHOP, [first, second])).toEqual(new Map([[first, 'linus'], [second, 'linus']]));
  });

  it('stays who pushed it first', async () => {
    const { change } = await opened(gitlab);
    const pushed = await gitlab.project.commit({ branch: change.targetBranch, files: { 'd.yaml': 'd: 1\n' } }, gitlab.double.accounts.add('ada'));
    await gitlab.project.setBranch('copied', pushed, gitlab.double.accounts.add('mallory'));
    expect(await gitlab.pushes.pushersOf(SHOP, [pushed])).toEqual(new Map([[pushed, 'ada']]));
  });

  it('is known of a push of several commits after many others, for one call that is not made again', async () => {
    const { change } = await opened(gitlab);
    const { project } = gitlab;
    const before = (await project.git.head(change.targetBranch))!;
    const inner = await project.git.commit({ branch: change.targetBranch, files: { 'f.yaml': 'f: 1\n' } });
    const tip = await project.git.commit({ branch: change.targetBranch, files: { 'g.yaml': 'g: 1\n' } });
    const other = project.pushes.findLast((push) => push.before !== undefined && push.after !== undefined);
    // a day of others' pushes of several commits, and then the one
    for (let count = 0; count < 12; count += 1) project.pushes.push({ ...other!, before, after: tip, ref: `refs/heads/other-${count}`, by: gitlab.double.accounts.add('linus') });
    const [left, right] = [await project.git.commit({ branch: 'late', from: change.targetBranch, files: { 'h.yaml': 'h: 1\n' } }), await project.git.commit({ branch: 'late', files: { 'i.yaml': 'i: 1\n' } })];
    project.pushes.push({ ...other!, before: tip, after: right, ref: 'refs/heads/late', by: gitlab.double.accounts.add('mallory') });
    expect(await gitlab.pushes.pushersOf(SHOP, [left])).toEqual(new Map([[left, 'mallory']]));
    takeCounts(gitlab);
    expect(await gitlab.pushes.pushersOf(SHOP, [inner, left])).toEqual(new Map([[inner, 'linus'], [left, 'mallory']]));
    expect(takeCounts(gitlab)).toEqual({ 'GET /events': 1 });
  });

  it('is not known, and stops nothing, of what was forced away and collected since', async () => {
    const { change } = await opened(gitlab);
    const { project } = gitlab;
    const before = await project.git.head(change.targetBranch);
    const first = await project.git.commit({ branch: change.targetBranch, files: { 'j.yaml': 'j: 1\n' } });
    const second = await project.git.commit({ branch: change.targetBranch, files: { 'k.yaml': 'k: 1\n' } });
    await project.git.setBranch(change.targetBranch, before, second);
    await project.setBranch(change.targetBranch, second, gitlab.double.accounts.add('linus'));
    const collected: typeof fetch = (input, init) => (String(input).includes('/repository/compare') ? Promise.resolve(Response.json({ message: '404 Ref Not Found' }, { status: 404 })) : fetch(input, init));
    expect(await gitlab.again({ fetch: collected }).pushes.pushersOf(SHOP, [first])).toEqual(new Map());
  });

  it('is not known of what nobody pushed', async () => {
    const { change } = await opened(gitlab);
    const silent = await gitlab.project.git.commit({ branch: change.targetBranch, files: { 'e.yaml': 'e: 1\n' } });
    expect(await gitlab.pushes.pushersOf(SHOP, [silent])).toEqual(new Map());
  });
});
