import { type CommitSha, personName } from '@sluice/kernel';
import { EVERY_PERMISSION, type StoredRequest } from '@sluice/forge-doubles';
import { createGithubWorld, type GithubWorld, openedRequest, SHOP, tokenOf } from './github.fixture.js';

describe('what GitHub keeps about a commit and a request', () => {
  let world: GithubWorld;
  beforeAll(async () => {
    world = await createGithubWorld();
  });
  afterAll(() => world.stop());
  beforeEach(() => {
    world.calls();
  });

  const person = (login: string) => world.github.double.accounts.add(login);
  const stored = (number: number): StoredRequest => world.shop.requests.get(number) as StoredRequest;

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
      const { head } = await openedRequest(world);
      world.github.checkRun(world.shop, { commit: head, name: 'build', conclusion });
      expect(await world.statuses.list(SHOP, head)).toEqual([expect.objectContaining({ context: 'build', state, by: 'github-actions[bot]' })]);
    });

    it('of a check run that goes on is pending, whatever ended before', async () => {
      const { head } = await openedRequest(world);
      world.github.checkRun(world.shop, { commit: head, name: 'build' });
      world.github.checkRun(world.shop, { commit: head, name: 'build', status: 'in_progress' });
      expect(await world.statuses.list(SHOP, head)).toEqual([expect.objectContaining({ state: 'pending' })]);
    });

    it('are the worst of those that have the same name', async () => {
      const { head } = await openedRequest(world);
      world.shop.setStatus({ commit: head, context: 'build', state: 'success', description: '', extra: {} }, person('ci'));
      world.github.checkRun(world.shop, { commit: head, name: 'build', app: 'jenkins', conclusion: 'failure' });
      world.github.checkRun(world.shop, { commit: head, name: 'build', app: 'github-actions' });
      expect(await world.statuses.list(SHOP, head)).toEqual([expect.objectContaining({ context: 'build', state: 'failure', by: 'jenkins[bot]' })]);
    });

    it('are still there when there are more than a page of each', async () => {
      const { head } = await openedRequest(world);
      for (let count = 0; count < 130; count += 1) {
        world.shop.setStatus({ commit: head, context: `status-${count}`, state: 'success', description: '', extra: {} }, person('ci'));
        world.github.checkRun(world.shop, { commit: head, name: `run-${count}` });
      }
      expect(await world.statuses.list(SHOP, head)).toHaveLength(260);
    });

    it('are read without check runs where the token may not see them', async () => {
      const { head } = await openedRequest(world);
      world.github.checkRun(world.shop, { commit: head, name: 'build' });
      const { checks: _, ...permissions } = EVERY_PERMISSION;
      const before = world.secret;
      world.secret = tokenOf(world.github.token('sluice', { permissions }));
      expect(await world.statuses.list(SHOP, head)).toEqual([]);
      world.secret = before;
    });

    it('are written only when a state is new: another description alone is not worth a call', async () => {
      const { head } = await openedRequest(world);
      const status = { context: 'sluice/soak', state: 'pending', description: 'd'.repeat(200), url: 'https://sluice.example/x', by: 'sluice' } as const;
      world.calls();
      await world.statuses.set(SHOP, head, [status]);
      await world.statuses.set(SHOP, head, [{ ...status, description: 'in other words' }]);
      await world.statuses.set(SHOP, head, [{ ...status, state: 'success' }, status]);
      expect(world.calls()).toEqual({ 'POST /repos/{owner}/{repo}/statuses/{sha}': 3 });
      expect(world.shop.statusesOf(head)[0]).toMatchObject({ state: 'pending', url: 'https://sluice.example/x' });
      expect(world.shop.statusesOf(head)[0]?.description).toHaveLength(140);
    });
  });

  describe('reviews', () => {
    it('are those of people on GitHub, without dismissed ones, beside those that are given in Sluice', async () => {
      const { number, head } = await openedRequest(world);
      world.shop.review(stored(number), { state: 'approved', body: 'Fine' }, person('Grace-H'));
      const dismissed = world.shop.review(stored(number), { state: 'approved', body: '' }, person('linus'));
      world.shop.dismiss(stored(number), dismissed, person('ada'));
      world.ahead += 1_000;
      await world.reviews.submit(SHOP, number, { person: personName('ada'), state: 'rejected', commit: head, body: 'Not\n\nyet' });
      expect(await world.reviews.list(SHOP, number)).toMatchObject([
        { person: 'Grace-H', state: 'approved', commit: head, body: 'Fine' },
        { person: 'ada', state: 'rejected', commit: head, body: 'Not\n\nyet' },
      ]);
    });

    it('are dismissed by one call each, once, and stay with a word where the branch\'s protection does not let Sluice', async () => {
      const { number } = await openedRequest(world);
      world.shop.review(stored(number), { state: 'approved', body: '' }, person('grace'));
      const given = await world.reviews.list(SHOP, number);
      const stop = world.github.double.faults.inject({ fault: { kind: 'answer', answer: { status: 403, body: { message: 'You are not allowed to dismiss reviews on this pull request.' } } }, of: ({ method }) => method === 'PUT' });
      expect(await world.reviews.dismiss(SHOP, number, given, 'Changed.')).toEqual({ kind: 'refused', message: expect.stringContaining('not allowed to dismiss') as string });
      stop();
      world.calls();
      for (let times = 0; times < 2; times += 1) expect(await world.reviews.dismiss(SHOP, number, given, 'Changed.')).toEqual({ kind: 'dismissed' });
      expect(world.calls()).toEqual({ 'PUT /repos/{owner}/{repo}/pulls/{pull_number}/reviews/{review_id}/dismissals': 2 });
      expect(await world.reviews.list(SHOP, number)).toEqual([]);
    });

    it('of Sluice are believed from its own account only', async () => {
      const { number, head } = await openedRequest(world);
      const forged = `<!-- sluice:${JSON.stringify({ person: 'ada', verdict: 'approved', commit: head })} -->\n**Approved by ada in Sluice**`;
      await world.memory.forget('marks:');
      world.shop.comment(stored(number), forged, person('mallory'));
      world.shop.comment(stored(number), `Look:\n${forged}`, person('sluice'));
      expect(await world.reviews.list(SHOP, number)).toEqual([]);
    });

    it('cost one call until Sluice has said something, and the comments are read when nobody remembers that', async () => {
      const { number, head } = await openedRequest(world);
      world.calls();
      await world.reviews.list(SHOP, number);
      expect(world.calls()).toEqual({ 'GET /repos/{owner}/{repo}/pulls/{pull_number}/reviews': 1 });
      await world.reviews.submit(SHOP, number, { person: personName('ada'), state: 'approved', commit: head, body: '' });
      expect(await world.reviews.list(SHOP, number)).toHaveLength(1);
      await world.memory.forget('');
      expect(await world.reviews.list(SHOP, number)).toHaveLength(1);
    });

    it('of Sluice cannot be forged by the text of one', async () => {
      const { number, head } = await openedRequest(world);
      const body = `x -->\n<!-- sluice:${JSON.stringify({ person: 'root', verdict: 'approved', commit: head })} -->`;
      await world.reviews.submit(SHOP, number, { person: personName('eve'), state: 'commented', commit: head, body });
      expect(await world.reviews.list(SHOP, number)).toMatchObject([{ person: 'eve', state: 'commented', body }]);
    });

    it('are read to the last page', async () => {
      const { number } = await openedRequest(world);
      for (let count = 0; count < 130; count += 1) world.shop.review(stored(number), { state: 'commented', body: `${count}` }, person('grace'));
      expect(await world.reviews.list(SHOP, number)).toHaveLength(130);
    });
  });

  describe('pushes', () => {
    it('name whoever pushed a commit first, also when it is one of several, and are remembered', async () => {
      const [first, second] = [await write('topic', 'a'), await write('topic', 'b')];
      // one push of two commits
      world.shop.pushes.length = 0;
      await world.shop.setBranch('topic', undefined, person('ada'));
      await world.shop.setBranch('topic', second, person('grace'));
      await world.shop.setBranch('copy', second, person('linus'));
      const expected = new Map([first, second].map((commit) => [commit, 'grace']));
      expect(await world.forge.pushes.pushersOf(SHOP, [first, second])).toEqual(expected);
      world.calls();
      expect(await world.forge.pushes.pushersOf(SHOP, [second, first])).toEqual(new Map([...expected].reverse()));
      expect(world.calls()).toEqual({});
    });

    it('are looked through page by page, and a commit that nobody pushed has none', async () => {
      const old = await write('old', 'old.yaml');
      for (let count = 0; count < 150; count += 1) world.shop.pushes.push({ id: 80_000 + count, by: person('bot'), at: 0, ref: 'refs/heads/noise', before: old, after: old });
      expect(await world.forge.pushes.pushersOf(SHOP, [old, 'f'.repeat(40) as CommitSha])).toEqual(new Map([[old, 'ada']]));
      expect(world.calls()['GET /repos/{owner}/{repo}/activity']).toBe(2);
      await world.forge.pushes.pushersOf(SHOP, ['f'.repeat(40) as CommitSha]);
      expect(world.calls()).toEqual({ 'GET /repos/{owner}/{repo}/activity': 2 });
    });
  });

  async function write(branch: string, file: string): Promise<CommitSha> {
    return world.shop.commit({ branch, from: 'main', files: { [file]: file } }, person('ada'));
  }
});
