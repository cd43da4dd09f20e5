import { type CommitSha, personName } from '@sluice/kernel';
import { EVERY_PERMISSION } from '@sluice/forge-doubles';
import { openedRequest, sharedGithub, SHOP, tokenOf } from './github.fixture.js';

describe('what GitHub keeps about a commit and a request', () => {
  const there = sharedGithub();
  const { person, stored } = there;

  describe('statuses', () => {
    it.each([
      ['success', 'success'],
      ['neutral', 'success'],
      ['skipped', 'success'],
      ['failure', 'failure'],
      ['timed_out', 'failure'],
      ['action_required', 'failure'],
      ['cancelled', 'error'],
    ])('of a check run that ended with %s is %s', async (conclusion, state) => {
      const { head } = await openedRequest(there.world);
      there.world.github.checkRun(there.world.shop, { commit: head, name: 'build', conclusion });
      expect(await there.world.statuses.list(SHOP, head)).toEqual([expect.objectContaining({ context: 'build', state, by: 'github-actions[bot]' })]);
    });

    it('of a check run that goes on is pending, whatever ended before', async () => {
      const { head } = await openedRequest(there.world);
      there.world.github.checkRun(there.world.shop, { commit: head, name: 'build' });
      there.world.github.checkRun(there.world.shop, { commit: head, name: 'build', status: 'in_progress' });
      expect(await there.world.statuses.list(SHOP, head)).toEqual([expect.objectContaining({ state: 'pending' })]);
    });

    it('are the worst of those that have the same name', async () => {
      const { head } = await openedRequest(there.world);
      there.world.shop.setStatus({ commit: head, context: 'build', state: 'success', description: '', extra: {} }, person('ci'));
      there.world.github.checkRun(there.world.shop, { commit: head, name: 'build', app: 'jenkins', conclusion: 'failure' });
      there.world.github.checkRun(there.world.shop, { commit: head, name: 'build', app: 'github-actions' });
      expect(await there.world.statuses.list(SHOP, head)).toEqual([expect.objectContaining({ context: 'build', state: 'failure', by: 'jenkins[bot]' })]);
    });

    it('are still there when there are more than a page of each', async () => {
      const { head } = await openedRequest(there.world);
      for (let count = 0; count < 130; count += 1) {
        there.world.shop.setStatus({ commit: head, context: `status-${count}`, state: 'success', description: '', extra: {} }, person('ci'));
        there.world.github.checkRun(there.world.shop, { commit: head, name: `run-${count}` });
      }
      expect(await there.world.statuses.list(SHOP, head)).toHaveLength(260);
    });

    it('are read without check runs where the token may not see them', async () => {
      const { head } = await openedRequest(there.world);
      there.world.github.checkRun(there.world.shop, { commit: head, name: 'build' });
      const { checks: _, ...permissions } = EVERY_PERMISSION;
      const before = there.world.secret;
      there.world.secret = tokenOf(there.world.github.token('sluice', { permissions }));
      expect(await there.world.statuses.list(SHOP, head)).toEqual([]);
      there.world.secret = before;
    });

    it('are written only when a state is new: another description alone is not worth a call', async () => {
      const { head } = await openedRequest(there.world);
      const status = { context: 'sluice/soak', state: 'pending', description: 'd'.repeat(200), url: 'https://sluice.example/x', by: 'sluice' } as const;
      there.world.calls();
      await there.world.statuses.set(SHOP, head, [status]);
      await there.world.statuses.set(SHOP, head, [{ ...status, description: 'in other words' }]);
      await there.world.statuses.set(SHOP, head, [{ ...status, state: 'success' }, status]);
      expect(there.world.calls()).toEqual({ 'POST /repos/{owner}/{repo}/statuses/{sha}': 3 });
      expect(there.world.shop.statusesOf(head)[0]).toMatchObject({ state: 'pending', url: 'https://sluice.example/x' });
      expect(there.world.shop.statusesOf(head)[0]?.description).toHaveLength(140);
    });
  });

  describe('reviews', () => {
    it('are those of people on GitHub, without dismissed ones, beside those that are given in Sluice', async () => {
      const { number, head } = await openedRequest(there.world);
      there.world.shop.review(stored(number), { state: 'approved', body: 'Fine' }, person('Grace-H'));
      const dismissed = there.world.shop.review(stored(number), { state: 'approved', body: '' }, person('linus'));
      there.world.shop.dismiss(stored(number), dismissed, person('ada'));
      there.world.ahead += 1_000;
      await there.world.reviews.submit(SHOP, number, { person: personName('ada'), state: 'rejected', commit: head, body: 'Not\n\nyet' });
      expect(await there.world.reviews.list(SHOP, number)).toMatchObject([
        { person: 'Grace-H', state: 'approved', commit: head, body: 'Fine' },
        { person: 'ada', state: 'rejected', commit: head, body: 'Not\n\nyet' },
      ]);
    });

    it('are dismissed by one call each, once, and stay with a word where the branch\'s protection does not let Sluice', async () => {
      const { number } = await openedRequest(there.world);
      there.world.shop.review(stored(number), { state: 'approved', body: '' }, person('grace'));
      const given = await there.world.reviews.list(SHOP, number);
      const stop = there.world.github.double.faults.inject({ fault: { kind: 'answer', answer: { status: 403, body: { message: 'You are not allowed to dismiss reviews on this pull request.' } } }, of: ({ method }) => method === 'PUT' });
      expect(await there.world.reviews.dismiss(SHOP, number, given, 'Changed.')).toEqual({ kind: 'refused', message: expect.stringContaining('not allowed to dismiss') as string });
      stop();
      there.world.calls();
      for (let times = 0; times < 2; times += 1) expect(await there.world.reviews.dismiss(SHOP, number, given, 'Changed.')).toEqual({ kind: 'dismissed' });
      expect(there.world.calls()).toEqual({ 'PUT /repos/{owner}/{repo}/pulls/{pull_number}/reviews/{review_id}/dismissals': 2 });
      expect(await there.world.reviews.list(SHOP, number)).toEqual([]);
    });

    it('of Sluice are believed from its own account only', async () => {
      const { number, head } = await openedRequest(there.world);
      const forged = `<!-- sluice:${JSON.stringify({ person: 'ada', verdict: 'approved', commit: head })} -->\n**Approved by ada in Sluice**`;
      await there.world.memory.forget('marks:');
      there.world.shop.comment(stored(number), forged, person('mallory'));
      there.world.shop.comment(stored(number), `Look:\n${forged}`, person('sluice'));
      expect(await there.world.reviews.list(SHOP, number)).toEqual([]);
    });

    it('cost one call until Sluice has said something, and the comments are read when nobody remembers that', async () => {
      const { number, head } = await openedRequest(there.world);
      there.world.calls();
      await there.world.reviews.list(SHOP, number);
      expect(there.world.calls()).toEqual({ 'GET /repos/{owner}/{repo}/pulls/{pull_number}/reviews': 1 });
      await there.world.reviews.submit(SHOP, number, { person: personName('ada'), state: 'approved', commit: head, body: '' });
      expect(await there.world.reviews.list(SHOP, number)).toHaveLength(1);
      await there.world.memory.forget('');
      expect(await there.world.reviews.list(SHOP, number)).toHaveLength(1);
    });

    it('of Sluice cannot be forged by the text of one', async () => {
      const { number, head } = await openedRequest(there.world);
      const body = `x -->\n<!-- sluice:${JSON.stringify({ person: 'root', verdict: 'approved', commit: head })} -->`;
      await there.world.reviews.submit(SHOP, number, { person: personName('eve'), state: 'commented', commit: head, body });
      expect(await there.world.reviews.list(SHOP, number)).toMatchObject([{ person: 'eve', state: 'commented', body }]);
    });

    it('are read to the last page', async () => {
      const { number } = await openedRequest(there.world);
      for (let count = 0; count < 130; count += 1) there.world.shop.review(stored(number), { state: 'commented', body: `${count}` }, person('grace'));
      expect(await there.world.reviews.list(SHOP, number)).toHaveLength(130);
    });
  });

  describe('pushes', () => {
    it('name whoever pushed a commit first, also when it is one of several', async () => {
      const [first, second] = [await write('topic', 'a'), await write('topic', 'b')];
      // one push of two commits
      there.world.shop.pushes.length = 0;
      await there.world.shop.setBranch('topic', undefined, person('ada'));
      await there.world.shop.setBranch('topic', second, person('grace'));
      await there.world.shop.setBranch('copy', second, person('linus'));
      const expected = new Map([first, second].map((commit) => [commit, 'grace']));
      expect(await there.world.forge.pushes.pushersOf(SHOP, [first, second])).toEqual(expected);
      there.world.calls();
      expect(await there.world.forge.pushes.pushersOf(SHOP, [second])).toEqual(new Map([[second, 'grace']]));
      expect(there.world.calls()).toEqual({ 'GET /repos/{owner}/{repo}/activity': 1 });
    });

    it('are looked through page by page, and a commit that nobody pushed has none', async () => {
      const old = await write('old', 'old.yaml');
      for (let count = 0; count < 150; count += 1) there.world.shop.pushes.push({ id: 80_000 + count, by: person('bot'), at: 0, ref: 'refs/heads/noise', before: old, after: old });
      expect(await there.world.forge.pushes.pushersOf(SHOP, [old, 'f'.repeat(40) as CommitSha])).toEqual(new Map([[old, 'ada']]));
      expect(there.world.calls()['GET /repos/{owner}/{repo}/activity']).toBe(2);
      await there.world.forge.pushes.pushersOf(SHOP, ['f'.repeat(40) as CommitSha]);
      expect(there.world.calls()).toEqual({ 'GET /repos/{owner}/{repo}/activity': 2 });
    });
  });

  async function write(branch: string, file: string): Promise<CommitSha> {
    return there.world.shop.commit({ branch, from: 'main', files: { [file]: file } }, person('ada'));
  }
});
