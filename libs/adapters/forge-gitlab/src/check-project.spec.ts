import { Forbidden, NotFound, Unauthenticated } from '@sluice/kernel';
import { BOT, PATH, SHOP, startGitlab, type TestGitlab } from './gitlab.fixture.js';

describe('Connecting a project of GitLab', () => {
  let gitlab: TestGitlab;
  beforeAll(async () => {
    gitlab = await startGitlab();
  });
  afterAll(() => gitlab.stop());

  /** The same project, with another token. */
  function withToken(rights: Readonly<Record<string, string>>, { kind = 'project', expiresAt }: { readonly kind?: string; readonly expiresAt?: number } = {}): ReturnType<TestGitlab['again']> {
    const token = `glpat-${JSON.stringify(rights)}`;
    gitlab.double.accounts.grant(BOT, { token, kind, rights, ...(expiresAt !== undefined && { expiresAt }) });
    return gitlab.again({ token: () => token });
  }

  it('says who Sluice is and what the project allows', async () => {
    expect(await gitlab.check(SHOP)).toMatchObject({ login: BOT, path: PATH, defaultBranch: 'main', mergeMethods: ['merge', 'squash'], missing: [] });
  });

  it('says when there is no GitLab at the address', async () => {
    const undo = gitlab.double.faults.inject({ fault: { kind: 'answer', answer: { status: 404, body: '<!DOCTYPE html>' } } });
    await expect(gitlab.check(SHOP)).rejects.toThrow(/what answers there is not GitLab's API: is the address right, and is it GitLab at all/);
    undo();
  });

  it.each(['project', 'group', 'invited', 'personal'])('takes the token of a %s', async (kind) => {
    expect((await withToken({ scopes: 'api', role: '40' }, { kind }).check(SHOP)).missing).toEqual([]);
  });

  it.each([
    [{ scopes: 'read_api', role: '40' }, [/^scope: api \(/]],
    [{ scopes: 'api', role: '30' }, []],
    [{ scopes: 'api', role: '20' }, [/^role: Developer \(pushes branches/]],
  ])('names what is missing of %j', async (rights, missing) => {
    const found = (await withToken(rights).check(SHOP)).missing;
    expect(found).toHaveLength(missing.length);
    missing.forEach((form, index) => expect(found[index]).toMatch(form));
  });

  it('notes what goes only with the role of a maintainer', async () => {
    expect((await withToken({ scopes: 'api', role: '30' }).check(SHOP)).notes[0]).toMatch(/cannot set the webhook/);
  });

  it('notes settings that make it work otherwise than people expect', async () => {
    const before = { ...gitlab.skin.settings(gitlab.project) };
    Object.assign(gitlab.skin.settings(gitlab.project), {
      mergeMethod: 'ff',
      onlyAllowMergeIfPipelineSucceeds: true,
      protectedBranches: [
        { name: 'prod', push: 0, merge: 60, allowForcePush: false },
        { name: 'qa', push: 0, merge: 40, allowForcePush: false },
        { name: 'sluice/*', push: 40, merge: 40, allowForcePush: false },
      ],
      approvalRules: [{ name: 'Security', approvals_required: 2 }, { name: 'All Members', approvals_required: 0 }],
    });
    const { notes, mergeMethods } = await withToken({ scopes: 'api', role: '40' }, { expiresAt: Date.parse('2099-12-31T12:00:00Z') }).check(SHOP);
    expect(mergeMethods).toEqual(['rebase', 'squash']);
    expect(notes).toEqual([
      expect.stringContaining('deletes source branches'),
      expect.stringContaining('merges by fast-forward'),
      expect.stringContaining('wants pipelines to succeed'),
      expect.stringMatching(/^the protection of prod does not let/),
      expect.stringMatching(/^the protection of sluice\/\* keeps Sluice from its own branches/),
      expect.stringMatching(/^the approval rule Security wants 2 approvals/),
      expect.stringContaining('the token ends on 2099-12-31'),
    ]);
    Object.assign(gitlab.skin.settings(gitlab.project), before);
  });

  it('says when the credential is none (any more)', async () => {
    await expect(gitlab.again({ token: () => 'glpat-of-nobody' }).check(SHOP)).rejects.toBeInstanceOf(Unauthenticated);
    await expect(withToken({ scopes: 'api' }, { expiresAt: Date.now() - 1 }).check(SHOP)).rejects.toThrow(/sluice credential rotate/);
  });

  it('says when the project is not there, or not for this credential', async () => {
    await expect(gitlab.again({ path: () => Promise.resolve('acme/nothing') }).check(SHOP)).rejects.toBeInstanceOf(NotFound);
  });

  it('names the scope that a call lacks', async () => {
    const narrow = withToken({ scopes: 'read_api', role: '40' });
    const failure = narrow.changes.open(SHOP, { title: 'x', body: '', sourceBranch: 'a', targetBranch: 'main', draft: false });
    await expect(failure).rejects.toBeInstanceOf(Forbidden);
    await expect(failure).rejects.toThrow(/the token needs the scope api/);
  });
});
