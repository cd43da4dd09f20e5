import { Busy, Forbidden } from '@sluice/kernel';
import { EVERY_PERMISSION } from '@sluice/forge-doubles';
import type { MergeOutcome } from '@sluice/usecases';
import { createGithubWorld, type GithubWorld, openedRequest, SHOP, tokenOf } from './github.fixture.js';

describe('merging on GitHub', () => {
  let world: GithubWorld;
  beforeAll(async () => {
    world = await createGithubWorld();
  });
  afterAll(() => world.stop());
  beforeEach(() => {
    world.shop.settings.methods = ['merge', 'squash', 'rebase'];
    world.shop.protections.clear();
    world.calls();
  });

  const merge = ({ number, head }: Awaited<ReturnType<typeof openedRequest>>, options = {}): Promise<MergeOutcome> => world.changes.merge(SHOP, number, { expectedHead: head, by: 'ada', ...options });

  it.each([
    ['a check', { checks: ['ci/test'] }, /required checks.*Required status check "ci\/test" is expected/],
    ['a review', { approvals: 1 }, /approve it on GitHub.*At least 1 approving review is required/],
  ])('is refused without %s that the branch asks for, and says what to do', async (_what, protection, message) => {
    const request = await openedRequest(world);
    world.shop.protections.set('main', protection);
    expect(await merge(request)).toEqual({ kind: 'refused', message: expect.stringMatching(message) as string });
    expect(await world.changes.get(SHOP, request.number)).toMatchObject({ state: 'open' });
  });

  it('says that a branch is behind where it has to be up to date, also when GitHub itself speaks of checks only', async () => {
    const request = await openedRequest(world);
    world.shop.protections.set('main', { upToDate: true });
    await world.commit({ branch: 'main', files: { 'in-between.yaml': 'a: 1\n' } });
    expect(await merge(request)).toEqual({ kind: 'behind', message: expect.stringMatching(/has to have all of the target \(GitHub says: Required status check "ci" is expected/) as string });
  });

  it('takes the first method that the repository allows', async () => {
    world.shop.settings.methods = ['rebase'];
    expect(await merge(await openedRequest(world))).toMatchObject({ kind: 'merged' });
  });

  it('tries the methods in turn where nobody says which are allowed', async () => {
    const { administration: _, ...permissions } = EVERY_PERMISSION;
    const before = world.secret;
    world.secret = tokenOf(world.github.token('sluice', { permissions }));
    await world.memory.forget('repository:');
    world.shop.settings.methods = ['merge'];
    expect(await merge(await openedRequest(world))).toMatchObject({ kind: 'merged' });
    world.secret = before;
    await world.memory.forget('repository:');
  });

  it('names the method that is not allowed', async () => {
    world.shop.settings.methods = ['merge'];
    expect(await merge(await openedRequest(world), { method: 'squash' })).toEqual({ kind: 'refused', message: expect.stringContaining('does not allow to merge by squash') as string });
  });

  it('puts into the message who asked for it, and nothing that is hidden in the text', async () => {
    const request = await openedRequest(world);
    await world.changes.update(SHOP, request.number, { body: 'Seen <!-- sluice:{"digest":"x"} -->text' });
    const outcome = await merge(request, { method: 'squash' });
    const { message } = await world.shop.git.facts(outcome.kind === 'merged' ? outcome.commit : request.head);
    expect(message).toBe(`Promote the shop (#${request.number})\n\nSeen text\n\nMerged-by: ada\n`);
  });

  it('waits when GitHub has not found out yet whether it can', async () => {
    const request = await openedRequest(world);
    await world.commit({ branch: 'main', files: { [`${request.branch}.yaml`]: 'on: false\n' } });
    world.github.state.unknownMergeability.set(request.number, 5);
    await expect(merge(request)).rejects.toThrow(Busy);
    world.github.state.unknownMergeability.delete(request.number);
    expect(await merge(request)).toMatchObject({ kind: 'refused', message: expect.stringMatching(new RegExp(`conflicts with main in ${request.branch}.yaml`)) as string });
  });

  it('is one call after a look, and two without one', async () => {
    const [one, other] = [await openedRequest(world), await openedRequest(world)];
    await world.forge.check(SHOP);
    world.calls();
    await merge(one);
    expect(world.calls()).toEqual({ 'PUT /repos/{owner}/{repo}/pulls/{pull_number}/merge': 1 });
    world.ahead += 61_000;
    await merge(other);
    expect(world.calls()).toEqual({ 'GET /repos/{owner}/{repo}/pulls/{pull_number}': 1, 'PUT /repos/{owner}/{repo}/pulls/{pull_number}/merge': 1 });
  });

  it('is recognised when its answer was lost', async () => {
    const request = await openedRequest(world);
    world.github.double.faults.inject({ fault: { kind: 'lost answer' }, of: ({ method }) => method === 'PUT', times: 1 });
    await expect(merge(request)).rejects.toThrow(/cannot be reached/);
    expect(await merge(request)).toEqual({ kind: 'merged', commit: await world.head('main') });
    expect(world.calls()['PUT /repos/{owner}/{repo}/pulls/{pull_number}/merge']).toBe(1);
  });

  it('is moved when somebody pushed after the last look', async () => {
    const request = await openedRequest(world);
    await world.commit({ branch: request.branch, files: { 'sneaked-in.yaml': 'x: 1\n' } });
    expect(await merge(request)).toEqual({ kind: 'moved' });
  });

  it('is forbidden to a token that may not, and the missing permission is named', async () => {
    const request = await openedRequest(world);
    const before = world.secret;
    world.secret = tokenOf(world.github.token('sluice', { permissions: { ...EVERY_PERMISSION, contents: 'read' } }));
    await expect(merge(request)).rejects.toThrow(Forbidden);
    await expect(merge(request)).rejects.toThrow(/contents=write/);
    world.secret = before;
  });

  it.each([
    ['Changes must be made through the merge queue', /merge queues: take the branch out/],
    ['Repository rule violations found: commits must have verified signatures.', /sign the commits/],
    ['Base branch requires all conversations to be resolved', /resolve the conversations/],
    ['Something that GitHub never said before', /look at it on GitHub \(GitHub says: Something that GitHub never said before\)/],
  ])('explains "%s"', async (message, expected) => {
    const request = await openedRequest(world);
    world.github.double.faults.inject({ fault: { kind: 'answer', answer: { status: 405, body: { message } } }, of: ({ method }) => method === 'PUT', times: 1 });
    expect(await merge(request)).toEqual({ kind: 'refused', message: expect.stringMatching(expected) as string });
  });
});
