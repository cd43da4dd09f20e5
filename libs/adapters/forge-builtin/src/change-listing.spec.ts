import { commitSha, instant, type CommitSha } from '@sluice/kernel';
import { gitCounters, runGit } from '@sluice/git-process';
import { createTestForge, SHOP, type TestForge } from './forge.fixture.js';
import { changeRef, newestOfSourceRef } from './forge-refs.js';
import type { ChangeRecord } from './records.js';

const CLOSED = 2_000;
const SOURCE = 'sluice/promote/prod/checkout';
let forge: TestForge;
let head: CommitSha;

beforeAll(async () => {
  forge = await createTestForge();
  head = (await forge.head('main'))!;
  await forge.commit({ branch: SOURCE, from: 'main', files: { 'x.yaml': 'x: 1\n' } });
  await forge.commit({ branch: 'prod', from: 'main', files: { 'y.yaml': 'y: 1\n' } });
  await writeClosed(CLOSED);
});
afterAll(() => forge.stop());

/** Closed requests of one branch, in one process instead of 6,000. */
async function writeClosed(count: number): Promise<void> {
  const commits = Array.from({ length: count }, (_, index) => record(index + 1)).map(
    (each) => `commit ${changeRef(each.number)}\nmark :${each.number}\ncommitter x <x> 1 +0000\ndata ${Buffer.byteLength(message(each))}\n${message(each)}\n`,
  );
  const input = `${commits.join('')}reset ${newestOfSourceRef(SOURCE)}\nfrom :${count}\n`;
  await runGit(['fast-import', '--quiet'], { gitDir: forge.gitDir(SHOP), input });
}

function record(number: number): ChangeRecord {
  const at = instant(1_700_000_000_000 + number);
  const link = number > 1 ? { previous: number - 1 } : {};
  return { kind: 'change', number, title: `Change ${number}`, body: '', sourceBranch: SOURCE, targetBranch: 'prod', draft: false, state: 'closed', head, createdAt: at, updatedAt: at, ...link, reviews: [], timeline: [] };
}

function message(each: ChangeRecord): string {
  return `change ${each.number}: closed\n\n${JSON.stringify(each)}`;
}

/** Objects asked for and processes started meanwhile. */
async function costOf(task: () => Promise<unknown>): Promise<{ readonly objects: number; readonly processes: number }> {
  const before = gitCounters();
  await task();
  const after = gitCounters();
  return { objects: after.objectRequests - before.objectRequests, processes: after.spawned - before.spawned };
}

describe('with thousands of closed requests', () => {
  it('finding and opening the request of a branch costs what it costs with none', async () => {
    const open = { title: 'x', body: '', sourceBranch: SOURCE, targetBranch: 'prod', draft: false };
    const first = await forge.changes.open(SHOP, open);
    expect(first.number).toBe(CLOSED + 1);
    const again = await costOf(() => forge.changes.open(SHOP, open));
    const listed = await costOf(() => forge.changes.list(SHOP, { state: 'open', sourceBranch: SOURCE, limit: 10 }));
    expect(again.objects).toBeLessThan(10);
    expect(again.processes).toBe(0);
    expect(listed.objects).toBeLessThan(10);
    expect(listed.processes).toBe(1);
  });

  it('a page is read without the rest', async () => {
    const cost = await costOf(async () => {
      const page = await forge.changes.list(SHOP, { limit: 20, before: 1_000 });
      expect(page.map(({ number }) => number)).toEqual(Array.from({ length: 20 }, (_, index) => 999 - index));
    });
    expect(cost.objects).toBeLessThan(80);
  });

  it('a page of one branch is read along its links', async () => {
    const cost = await costOf(async () => {
      const page = await forge.changes.list(SHOP, { sourceBranch: SOURCE, state: 'closed', limit: 5 });
      expect(page.map(({ number }) => number)).toEqual([CLOSED, CLOSED - 1, CLOSED - 2, CLOSED - 3, CLOSED - 4]);
    });
    expect(cost.objects).toBeLessThan(30);
  });

  it('a broken record in the middle of a branch\'s history hides only itself', async () => {
    const signature = commitSha((await forge.head('main'))!);
    await runGit(['update-ref', changeRef(CLOSED - 1), signature], { gitDir: forge.gitDir(SHOP) });
    const page = await forge.changes.list(SHOP, { sourceBranch: SOURCE, state: 'closed', limit: 3 });
    expect(page.map(({ number }) => number)).toEqual([CLOSED, CLOSED - 2, CLOSED - 3]);
  });
});
