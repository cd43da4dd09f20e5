import type { CommitSha } from '@sluice/kernel';
import { personName } from '@sluice/kernel';
import type { BuiltinForge } from './builtin-forge.js';
import { createTestForge, SHOP, type TestForge } from './forge.fixture.js';

let forge: TestForge;
let forges: readonly BuiltinForge[];
beforeAll(async () => {
  forge = await createTestForge();
  forges = [forge, forge.second(), forge.second()];
});
afterAll(() => forge.stop());

function each<T>(times: number, task: (one: BuiltinForge, index: number) => Promise<T>): Promise<T[]> {
  return Promise.all(Array.from({ length: times }, (_, index) => task(forges[index % forges.length] ?? forges[0]!, index)));
}

async function branch(name: string): Promise<CommitSha> {
  return forge.commit({ branch: name, from: 'main', files: { [`${name}.yaml`]: 'a: 1\n' } });
}

describe('several processes on one folder', () => {
  it('give every request a number of its own, without gaps', async () => {
    for (let index = 0; index < 12; index += 1) await branch(`race-${index}`);
    const changes = await each(12, (one, index) => one.changes.open(SHOP, { title: 'x', body: '', sourceBranch: `race-${index}`, targetBranch: 'main', draft: false }));
    expect(changes.map(({ number }) => number).sort((a, b) => a - b)).toEqual(Array.from({ length: 12 }, (_, index) => index + 1));
  });

  it('open one request for one pair of branches', async () => {
    await branch('same');
    const changes = await each(6, (one) => one.changes.open(SHOP, { title: 'x', body: '', sourceBranch: 'same', targetBranch: 'main', draft: false }));
    expect(new Set(changes.map(({ number }) => number)).size).toBe(1);
  });

  it('lose no status and no review', async () => {
    const head = await branch('reviewed');
    const { number } = await forge.changes.open(SHOP, { title: 'x', body: '', sourceBranch: 'reviewed', targetBranch: 'main', draft: false });
    await each(9, (one, index) => one.statuses.set(SHOP, head, [{ context: `ci/${index}`, state: 'success', description: '', by: 'ci' }]));
    await each(9, (one, index) => one.reviews.submit(SHOP, number, { person: personName(`p${index}`), state: 'approved', commit: head, body: '' }));
    expect((await forge.statuses.list(SHOP, head)).length).toBe(9);
    expect(new Set((await forge.reviews.list(SHOP, number)).map(({ id }) => id)).size).toBe(9);
  });

  it('merge one request once, and different ones one after the other onto the same target', async () => {
    await forge.commit({ branch: 'busy', from: 'main', files: { 'start.yaml': 's: 1\n' } });
    const heads: CommitSha[] = [];
    for (let index = 0; index < 6; index += 1) heads.push(await forge.commit({ branch: `busy-${index}`, from: 'busy', files: { [`busy-${index}.yaml`]: 'b: 1\n' } }));
    const changes = await each(6, (one, index) => one.changes.open(SHOP, { title: `Busy ${index}`, body: '', sourceBranch: `busy-${index}`, targetBranch: 'busy', draft: false }));
    const merges = await each(12, (one, index) => one.changes.merge(SHOP, changes[index % 6]!.number, { expectedHead: heads[index % 6]!, by: 'ada' }));
    expect(merges.map(({ kind }) => kind)).toEqual(merges.map(() => 'merged'));
    const { files } = await forge.facts((await forge.head('busy'))!);
    expect(Object.keys(files)).toEqual(expect.arrayContaining(Array.from({ length: 6 }, (_, index) => `busy-${index}.yaml`)));
    expect(new Set(merges.map((merge) => (merge.kind === 'merged' ? merge.commit : ''))).size).toBe(6);
  });
});
