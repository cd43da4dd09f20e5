import { Busy, type CommitSha, Unavailable } from '@sluice/kernel';
import type { MergeOutcome } from '@sluice/usecases';
import { allow, BOT, opened, replaying, SHOP, startGitlab, takeCounts, TOKEN, type TestGitlab } from './gitlab.fixture.js';

describe('Merging on GitLab', () => {
  let gitlab: TestGitlab;
  beforeAll(async () => {
    gitlab = await startGitlab();
  });
  beforeEach(async () => {
    Object.assign(gitlab.skin.settings(gitlab.project), { mergeStatus: undefined, onlyAllowMergeIfPipelineSucceeds: false });
    await allow(gitlab, 'merge');
    // the project's settings are known
    await gitlab.check(SHOP);
    takeCounts(gitlab);
  });
  afterAll(() => gitlab.stop());

  async function merge({ change, head }: Awaited<ReturnType<typeof opened>>, options: Partial<Parameters<TestGitlab['changes']['merge']>[2]> = {}): Promise<MergeOutcome> {
    return gitlab.changes.merge(SHOP, change.number, { expectedHead: head, by: 'ada', ...options });
  }

  it('costs one call right after it was opened, changed or looked at, and one more to look otherwise', async () => {
    const [first, second] = [await opened(gitlab), await opened(gitlab)];
    takeCounts(gitlab);
    await merge(first);
    expect(takeCounts(gitlab)).toEqual({ 'PUT /merge_requests/{iid}/merge': 1 });
    await gitlab.again().changes.merge(SHOP, second.change.number, { expectedHead: second.head, by: 'ada' });
    expect(takeCounts(gitlab)).toEqual({ 'PUT /merge_requests/{iid}/merge': 1, 'GET /merge_requests/{iid}': 1 });
  });

  it('takes the project\'s own method when nobody asks for one, and says which there are when another is asked for', async () => {
    await allow(gitlab, 'squash');
    const one = await opened(gitlab);
    expect(await merge(one, { method: 'merge' })).toEqual({ kind: 'refused', message: expect.stringMatching(/does not allow to merge by merge, only by squash or rebase/) as string });
    const outcome = await merge(one);
    const commit = outcome.kind === 'merged' ? outcome.commit : undefined;
    expect(await gitlab.project.git.facts(commit ?? one.head)).toMatchObject({ parents: [one.target], message: expect.stringMatching(/^Promote shop \(!\d+\)\n\nMerged-by: ada\n$/) as string });
  });

  it('ends in a merge commit of the squashed one where the project makes merge commits', async () => {
    const one = await opened(gitlab);
    const outcome = await merge(one, { method: 'squash' });
    if (outcome.kind !== 'merged') throw new Error('not merged');
    const { parents } = await gitlab.project.git.facts(outcome.commit);
    expect([parents[0], parents.length, await gitlab.project.git.head(one.change.targetBranch)]).toEqual([one.target, 2, outcome.commit]);
    expect(parents[1]).not.toBe(one.head);
  });

  it('does not squash because the project would', async () => {
    await allow(gitlab, 'squash');
    const one = await opened(gitlab);
    const outcome = await merge(one, { method: 'rebase' });
    expect(outcome).toEqual({ kind: 'merged', commit: one.head });
  });

  it('rebases where only fast-forwards are allowed and the target has moved on; the caller goes on to know the head that it has approved', async () => {
    await allow(gitlab, 'rebase');
    const one = await opened(gitlab);
    await gitlab.project.commit({ branch: one.change.targetBranch, files: { 'other.yaml': 'a: 1\n' } });
    const outcome = await merge(one);
    expect(outcome).toEqual({ kind: 'merged', commit: await gitlab.project.git.head(one.change.targetBranch) });
    expect(await gitlab.changes.get(SHOP, one.change.number)).toMatchObject({ state: 'merged', head: one.head });
    expect(await merge(one)).toEqual(outcome);
  });

  it('waits for those before it where only fast-forwards are allowed: none has to come again because another was merged meanwhile', async () => {
    await allow(gitlab, 'rebase');
    const { project, changes } = gitlab;
    await project.commit({ branch: 'busy', from: 'main', files: { 'shared.yaml': 'a: 1\n' } });
    const requests: { readonly number: number; readonly expectedHead: CommitSha }[] = [];
    for (const name of ['cart', 'checkout', 'mail', 'payment', 'shipping']) {
      const branch = `sluice/promote/busy/${name}`;
      const expectedHead = await project.commit({ branch, from: 'busy', files: { [`${name}.yaml`]: 'a: 2\n' } });
      requests.push({ expectedHead, number: (await changes.open(SHOP, { title: name, body: '', sourceBranch: branch, targetBranch: 'busy', draft: false })).number });
    }
    takeCounts(gitlab);
    const outcomes = await Promise.allSettled(requests.map(({ number, expectedHead }) => changes.merge(SHOP, number, { expectedHead, by: 'ada' })));
    expect(outcomes.map((outcome) => (outcome.status === 'fulfilled' ? outcome.value.kind : String(outcome.reason)))).toEqual(requests.map(() => 'merged'));
    expect(Object.keys(await project.git.files((await project.git.head('busy')) ?? requests[0]!.expectedHead))).toEqual(expect.arrayContaining(['cart.yaml', 'checkout.yaml', 'mail.yaml', 'payment.yaml', 'shipping.yaml']));
    // the first one is merged as it is
    expect(takeCounts(gitlab)['PUT /merge_requests/{iid}/rebase']).toBe(requests.length - 1);
  });

  it('rebases, and makes a merge commit, where history has to be semi-linear', async () => {
    gitlab.skin.settings(gitlab.project).mergeMethod = 'rebase_merge';
    await gitlab.memory.forget('project:');
    const one = await opened(gitlab);
    const target = await gitlab.project.commit({ branch: one.change.targetBranch, files: { 'other.yaml': 'a: 1\n' } });
    const outcome = await merge(one, { method: 'merge' });
    if (outcome.kind !== 'merged') throw new Error('not merged');
    const [first, second] = (await gitlab.project.git.facts(outcome.commit)).parents;
    expect([first, (await gitlab.project.git.facts(second ?? target)).parents]).toEqual([target, [target]]);
  });

  it('goes on after a rebase that had to wait for a pipeline, and rebases again when the target has moved on again', async () => {
    await allow(gitlab, 'rebase');
    gitlab.skin.settings(gitlab.project).onlyAllowMergeIfPipelineSucceeds = true;
    const one = await opened(gitlab);
    const passes = async (): Promise<void> => {
      const commit = await gitlab.project.git.head(one.change.sourceBranch);
      gitlab.project.setStatus({ commit: commit ?? one.head, context: 'test', state: 'success', description: '', extra: { ref: one.change.sourceBranch, job: true } }, gitlab.project.parts.owner);
    };
    await passes();
    for (const file of ['one.yaml', 'two.yaml']) {
      await gitlab.project.commit({ branch: one.change.targetBranch, files: { [file]: 'a: 1\n' } });
      expect(await merge(one)).toEqual({ kind: 'refused', message: expect.stringContaining('its pipeline is still running') as string });
      expect(await gitlab.changes.get(SHOP, one.change.number)).toMatchObject({ state: 'open', head: one.head });
      await passes();
    }
    expect(await merge(one)).toEqual({ kind: 'merged', commit: await gitlab.project.git.head(one.change.targetBranch) });
  });

  it('does not merge what was pushed while it was rebased', async () => {
    await allow(gitlab, 'rebase');
    const one = await opened(gitlab);
    await gitlab.project.commit({ branch: one.change.targetBranch, files: { 'other.yaml': 'a: 1\n' } });
    const pushed = gitlab.again({
      fetch: async (input, init) => {
        if (String(input).endsWith('/rebase')) await gitlab.project.commit({ branch: one.change.sourceBranch, files: { 'sneaked.yaml': 'x: 1\n' } });
        return fetch(input, init);
      },
    });
    expect(await pushed.changes.merge(SHOP, one.change.number, { expectedHead: one.head, by: 'ada' })).toEqual({ kind: 'moved' });
  });

  it('waits a little while GitLab has not noticed what was pushed', async () => {
    const one = await opened(gitlab);
    await gitlab.changes.get(SHOP, one.change.number);
    gitlab.skin.settings(gitlab.project).noticeLooks = 1;
    const head = await gitlab.project.commit({ branch: one.change.sourceBranch, files: { 'more.yaml': 'a: 1\n' } });
    await expect(merge({ ...one, head })).rejects.toBeInstanceOf(Busy);
    expect(await merge({ ...one, head })).toMatchObject({ kind: 'merged' });
    gitlab.skin.settings(gitlab.project).noticeLooks = 0;
  });

  describe('where only fast-forwards are allowed, the target has moved on, and git puts the request on top of it', () => {
    beforeEach(async () => {
      await allow(gitlab, 'rebase');
      await gitlab.check(SHOP);
    });
    afterEach(() => void Object.assign(gitlab.skin.settings(gitlab.project), { noticeAfter: 0 }));

    async function behind() {
      const one = await opened(gitlab);
      await gitlab.project.commit({ branch: one.change.targetBranch, files: { 'other.yaml': 'a: 1\n' } });
      takeCounts(gitlab);
      return { ...one, replay: replaying(gitlab, one) };
    }

    it('costs one call more: a look whether GitLab has noticed the push; the caller goes on to know the head that it has approved', async () => {
      gitlab.skin.settings(gitlab.project).noticeAfter = 100;
      const one = await behind();
      const { head } = await one.replay();
      const outcome = await merge(one, { replay: one.replay });
      expect(takeCounts(gitlab)).toEqual({ 'GET /merge_requests/{iid}': 1, 'PUT /merge_requests/{iid}/merge': 1 });
      expect(outcome).toEqual({ kind: 'merged', commit: head });
      expect(await gitlab.changes.get(SHOP, one.change.number)).toMatchObject({ state: 'merged', head: one.head });
      expect(await merge(one, { replay: one.replay })).toEqual(outcome);
    });

    it.each(['before GitLab has noticed it', 'after GitLab has noticed it'])('knows its own push again when it died right after it, %s', async (when) => {
      const one = await behind();
      const replay = async () => {
        const made = await one.replay();
        const dying = async (expected: CommitSha) => {
          await made.push(expected);
          throw new Unavailable('the process was killed');
        };
        return { ...made, push: dying };
      };
      const { head: commit } = await one.replay();
      gitlab.skin.settings(gitlab.project).noticeAfter = when.startsWith('before') ? 300 : 0;
      await expect(merge(one, { replay })).rejects.toBeInstanceOf(Unavailable);
      const again = gitlab.again();
      expect(await again.changes.merge(SHOP, one.change.number, { expectedHead: one.head, by: 'ada', replay: one.replay })).toEqual({ kind: 'merged', commit });
    });

    it('comes again when the target has moved on once more before GitLab has noticed its first push', async () => {
      const one = await behind();
      gitlab.skin.settings(gitlab.project).noticeAfter = 60_000;
      const { push, head } = await one.replay();
      await expect(merge(one, { replay: async () => ({ head, push: async (expected: CommitSha) => push(expected).then(() => Promise.reject(new Unavailable('killed'))) }) })).rejects.toThrow('killed');
      await gitlab.project.commit({ branch: one.change.targetBranch, files: { 'third.yaml': 'a: 1\n' } });
      await expect(merge(one, { replay: one.replay })).rejects.toBeInstanceOf(Busy);
      gitlab.skin.settings(gitlab.project).noticeAfter = 0;
      expect(await merge(one, { replay: one.replay })).toEqual({ kind: 'merged', commit: (await gitlab.project.git.head(one.change.targetBranch)) ?? head });
    });

    it('is left to GitLab where GitLab wants approvals of its own: those survive its rebase, but perhaps no push', async () => {
      const one = await behind();
      const { project, double } = gitlab;
      project.protections.set(one.change.targetBranch, { approvals: 1 });
      project.review(project.requests.get(one.change.number)!, { state: 'approved', body: '' }, double.accounts.add('grace'));
      await gitlab.reviews.list(SHOP, one.change.number);
      expect(await merge(one, { replay: one.replay })).toMatchObject({ kind: 'merged' });
      expect(takeCounts(gitlab)['PUT /merge_requests/{iid}/rebase']).toBe(1);
    });

    it('leaves what somebody has pushed in between where it is', async () => {
      const one = await behind();
      const replay = async () => {
        const made = await one.replay();
        await gitlab.project.commit({ branch: one.change.sourceBranch, files: { 'sneaked.yaml': 'x: 1\n' } });
        return made;
      };
      expect(await merge(one, { replay })).toEqual({ kind: 'moved' });
      expect(Object.keys(await gitlab.project.git.files((await gitlab.project.git.head(one.change.sourceBranch)) ?? one.head))).toContain('sneaked.yaml');
    });

    it('has GitLab rebase what has moved on in that very moment, and what git cannot put there', async () => {
      const [one, other] = [await behind(), await behind()];
      const replay = async () => {
        const made = await one.replay();
        await gitlab.project.commit({ branch: one.change.targetBranch, files: { 'third.yaml': 'a: 1\n' } });
        return made;
      };
      expect(await merge(one, { replay })).toMatchObject({ kind: 'merged' });
      expect(await merge(other, { replay: () => Promise.resolve(undefined) })).toMatchObject({ kind: 'merged' });
      expect(takeCounts(gitlab)['PUT /merge_requests/{iid}/rebase']).toBe(2);
    });
  });

  it('waits until GitLab has noticed what it has rebased itself', async () => {
    await allow(gitlab, 'rebase');
    const one = await opened(gitlab);
    await gitlab.project.commit({ branch: one.change.targetBranch, files: { 'other.yaml': 'a: 1\n' } });
    Object.assign(gitlab.skin.settings(gitlab.project), { noticeLooks: 2, rebaseLooks: 2 });
    expect(await merge(one)).toEqual({ kind: 'merged', commit: await gitlab.project.git.head(one.change.targetBranch) });
    Object.assign(gitlab.skin.settings(gitlab.project), { noticeLooks: 0, rebaseLooks: 1 });
  });

  it('says why a rebase fails', async () => {
    await allow(gitlab, 'rebase');
    const one = await opened(gitlab);
    await gitlab.project.commit({ branch: one.change.targetBranch, files: { 'new.yaml': 'on: false\n' } });
    gitlab.skin.settings(gitlab.project).mergeStatus = 'need_rebase';
    expect(await merge(one)).toEqual({ kind: 'refused', message: expect.stringMatching(/has to be rebased, and GitLab cannot: Rebase failed.*: both changed new\.yaml$/) as string });
  });

  it.each([
    ['not_approved', /wants approvals in GitLab/],
    ['ci_must_pass', /wants its pipeline to succeed/],
    ['ci_still_running', /pipeline is still running/],
    ['discussions_not_resolved', /resolve them on the merge request/],
    ['requested_changes', /a reviewer has requested changes/],
    ['security_policy_violations', /violates a security policy/],
    ['something_new', /GitLab does not allow it \(something new\): look at the merge request/],
  ])('that GitLab refuses (%s) is explained', async (status, why) => {
    const one = await opened(gitlab);
    gitlab.skin.settings(gitlab.project).mergeStatus = status;
    expect(await merge(one)).toEqual({ kind: 'refused', message: expect.stringMatching(why) as string });
  });

  it.each(['checking', 'unchecked', 'preparing', 'approvals_syncing'])('waits a little while GitLab is not sure (%s)', async (status) => {
    const one = await opened(gitlab);
    gitlab.skin.settings(gitlab.project).mergeStatus = status;
    await expect(merge(one)).rejects.toBeInstanceOf(Busy);
  });

  it('that our account may not do says so, and does not take the credential for invalid', async () => {
    const one = await opened(gitlab);
    const { protectedBranches } = gitlab.skin.settings(gitlab.project);
    gitlab.skin.settings(gitlab.project).protectedBranches = [{ name: one.change.targetBranch, push: 0, merge: 0, allowForcePush: false }];
    expect(await merge(one)).toEqual({ kind: 'refused', message: expect.stringMatching(/account may not merge .* allow it in the branch's protection/) as string });
    gitlab.skin.settings(gitlab.project).protectedBranches = protectedBranches;
  });

  it.each(['lost answer', 'cut off', 'half a body'] as const)('whose answer was lost (%s) is recognised the next time', async (kind) => {
    const one = await opened(gitlab);
    gitlab.double.faults.inject({ times: 1, of: ({ path }) => path.endsWith('/merge'), fault: { kind } });
    await expect(merge(one)).rejects.toBeInstanceOf(Unavailable);
    const target = await gitlab.project.git.head(one.change.targetBranch);
    expect(await merge(one)).toEqual({ kind: 'merged', commit: target });
  });

  it('deletes Sluice\'s own branch and no other, whatever the project wants', async () => {
    const [own, other] = [await opened(gitlab), await opened(gitlab, { prefix: 'staging-' })];
    await merge(own);
    await merge(other);
    expect(await Promise.all([own, other].map(({ change }) => gitlab.project.git.head(change.sourceBranch)))).toEqual([undefined, other.head]);
  });

  it('is done by our account', async () => {
    const one = await opened(gitlab);
    await merge(one);
    expect(gitlab.project.requests.get(one.change.number)?.ended?.by.login).toBe(BOT);
    expect(JSON.stringify([...gitlab.memory.entries])).not.toContain(TOKEN);
  });
});
