import type { CommitSha } from '@sluice/kernel';
import type { ChangeRequest } from '@sluice/usecases';
import { createTestForge, SHOP, type TestForge } from './forge.fixture.js';

let forge: TestForge;
beforeAll(async () => {
  forge = await createTestForge();
  forge.protect(SHOP, (_, source) => (source.startsWith('sluice/promote/') ? ['sluice/ready'] : []));
  await forge.commit({ branch: 'prod', from: 'main', files: { 'x.yaml': 'x: 1\n' } });
});
afterAll(() => forge.stop());

async function promotion(application: string): Promise<{ readonly change: ChangeRequest; readonly head: CommitSha }> {
  const sourceBranch = `sluice/promote/prod/${application}`;
  const head = await forge.commit({ branch: sourceBranch, from: 'prod', files: { [`${application}.yaml`]: 'x: 2\n' } });
  return { change: await forge.changes.open(SHOP, { title: `Promote ${application}`, body: 'What changes.\n\n<!-- sluice:marker -->', sourceBranch, targetBranch: 'prod', draft: false }), head };
}

describe('a promotion\'s request', () => {
  it('is not merged by anybody before its gates are ready, and says which status is missing', async () => {
    const { change, head } = await promotion('checkout');
    const byHand = { expectedHead: head, by: 'ada' };
    expect(await forge.changes.merge(SHOP, change.number, byHand)).toMatchObject({ kind: 'refused', message: expect.stringContaining('sluice/ready') as string });
    await forge.statuses.set(SHOP, head, [{ context: 'sluice/ready', state: 'pending', description: '', by: 'sluice' }]);
    expect(await forge.changes.merge(SHOP, change.number, { ...byHand, by: 'sluice' })).toMatchObject({ kind: 'refused' });
    await forge.statuses.set(SHOP, head, [{ context: 'sluice/ready', state: 'success', description: '', by: 'sluice' }]);
    expect(await forge.changes.merge(SHOP, change.number, byHand)).toMatchObject({ kind: 'merged' });
  });

  it('takes its branch along when it is merged, and nobody else\'s', async () => {
    const { change, head } = await promotion('cart');
    await forge.statuses.set(SHOP, head, [{ context: 'sluice/ready', state: 'success', description: '', by: 'sluice' }]);
    await forge.changes.merge(SHOP, change.number, { expectedHead: head, by: 'sluice' });
    expect(await forge.head(change.sourceBranch)).toBeUndefined();

    const dev = await forge.commit({ branch: 'dev', from: 'prod', files: { 'dev.yaml': 'd: 1\n' } });
    const backflow = await forge.changes.open(SHOP, { title: 'By hand', body: '', sourceBranch: 'dev', targetBranch: 'prod', draft: false });
    expect(await forge.changes.merge(SHOP, backflow.number, { expectedHead: dev, by: 'ada', method: 'merge' })).toMatchObject({ kind: 'merged' });
    expect(await forge.head('dev')).toBe(dev);
  });

  it('leaves its machine-readable marker out of the commit', async () => {
    const { change, head } = await promotion('email');
    await forge.statuses.set(SHOP, head, [{ context: 'sluice/ready', state: 'success', description: '', by: 'sluice' }]);
    const outcome = await forge.changes.merge(SHOP, change.number, { expectedHead: head, by: 'sluice' });
    if (outcome.kind !== 'merged') throw new Error(outcome.kind);
    expect((await forge.facts(outcome.commit)).message.trim()).toBe(`Promote email (#${change.number})\n\nWhat changes.`);
  });

  it('tells of a merge as of a push, once, by whom it was made', async () => {
    const events: unknown[] = [];
    const end = forge.onPush((event) => void events.push(event));
    const { change, head } = await promotion('ads');
    await forge.statuses.set(SHOP, head, [{ context: 'sluice/ready', state: 'success', description: '', by: 'sluice' }]);
    const before = await forge.head('prod');
    await forge.changes.merge(SHOP, change.number, { expectedHead: head, by: 'grace' });
    await forge.changes.merge(SHOP, change.number, { expectedHead: head, by: 'grace' });
    end();
    const after = await forge.head('prod');
    expect(events).toEqual([{ repository: SHOP, by: 'grace', updates: [{ ref: 'refs/heads/prod', before, after }, { ref: `refs/heads/${change.sourceBranch}`, before: head }] }]);
    expect(await forge.pushes.pushersOf(SHOP, [after!])).toEqual(new Map([[after, 'grace']]));
  });
});

it('one rule protects every repository that has none of its own', async () => {
  const protectedForge = await createTestForge({ protection: () => ['ci/test'] });
  const head = await protectedForge.commit({ branch: 'feature', from: 'main', files: { 'f.yaml': 'f: 1\n' } });
  const { number } = await protectedForge.changes.open(SHOP, { title: 'x', body: '', sourceBranch: 'feature', targetBranch: 'main', draft: false });
  const merge = (): ReturnType<TestForge['changes']['merge']> => protectedForge.changes.merge(SHOP, number, { expectedHead: head, by: 'ada' });
  expect(await merge()).toMatchObject({ kind: 'refused', message: expect.stringContaining('ci/test') as string });
  protectedForge.protect(SHOP, () => []);
  expect(await merge()).toMatchObject({ kind: 'merged' });
  await protectedForge.stop();
});
