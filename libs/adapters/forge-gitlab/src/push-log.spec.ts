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

  it('is not known of what nobody pushed', async () => {
    const { change } = await opened(gitlab);
    const silent = await gitlab.project.git.commit({ branch: change.targetBranch, files: { 'e.yaml': 'e: 1\n' } });
    expect(await gitlab.pushes.pushersOf(SHOP, [silent])).toEqual(new Map());
  });
});
