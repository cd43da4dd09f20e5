import { type CommitSha, Turns, instant } from '@sluice/kernel';
import { createTestForge, SHOP, type TestForge } from './forge.fixture.js';
import { PUSHES } from './forge-refs.js';
import { BuiltinPushLog } from './push-log.js';
import { RepositoryFolder } from './repository-folder.js';

const DAY = 24 * 60 * 60_000;
let now = Date.UTC(2026, 0, 1);
let forge: TestForge;
let log: BuiltinPushLog;
let repositories: RepositoryFolder;
beforeEach(async () => {
  now = Date.UTC(2026, 0, 1);
  forge = await createTestForge({ clock: () => instant(now) });
  repositories = new RepositoryFolder({ folder: forge.folder, clock: () => instant(now) });
  log = new BuiltinPushLog(repositories, new Turns());
});
afterEach(async () => {
  repositories.close();
  await forge.stop();
});

async function push(by: string, branch: string, before: CommitSha | undefined, after: CommitSha): Promise<void> {
  await log.append({ repository: SHOP, by, updates: [{ ref: `refs/heads/${branch}`, ...(before ? { before } : {}), after }] });
}

describe('the log of pushes', () => {
  it('knows who pushed each commit of a push, over days and for other processes', async () => {
    const start = (await forge.head('main'))!;
    const one = await forge.commit({ branch: 'main', files: { 'a.yaml': 'a: 1\n' } });
    const two = await forge.commit({ branch: 'main', files: { 'a.yaml': 'a: 2\n' } });
    await push('ada', 'main', start, two);
    now += DAY;
    const three = await forge.commit({ branch: 'main', files: { 'a.yaml': 'a: 3\n' } });
    await push('grace', 'main', two, three);
    const expected = new Map([[one, 'ada'], [two, 'ada'], [three, 'grace']]);
    expect(await log.pushersOf(SHOP, [one, two, three])).toEqual(expected);
    expect(await forge.pushes.pushersOf(SHOP, [one, two, three])).toEqual(expected);
    expect((await forge.refs(PUSHES)).size).toBe(2);
  });

  it('leaves a commit to who pushed it first, wherever another pushes it later', async () => {
    const start = (await forge.head('main'))!;
    const commit = await forge.commit({ branch: 'feature', from: 'main', files: { 'a.yaml': 'a: 1\n' } });
    await push('ada', 'feature', undefined, commit);
    await push('grace', 'main', start, commit);
    expect(await log.pushersOf(SHOP, [commit])).toEqual(new Map([[commit, 'ada']]));
  });

  it('does not make who creates a branch the pusher of what was there', async () => {
    const start = (await forge.head('main'))!;
    await forge.commit({ branch: 'copy', from: 'main', files: {} });
    await push('grace', 'copy', undefined, (await forge.head('copy'))!);
    expect((await log.pushersOf(SHOP, [start])).size).toBe(0);
  });

  it('sees what is pushed after it was asked', async () => {
    const start = (await forge.head('main'))!;
    expect((await log.pushersOf(SHOP, [start])).size).toBe(0);
    const next = await forge.commit({ branch: 'main', files: { 'a.yaml': 'a: 1\n' } });
    await push('ada', 'main', start, next);
    expect((await log.pushersOf(SHOP, [next])).get(next)).toBe('ada');
  });

  it('drops days that are more than 400 days old', async () => {
    const start = (await forge.head('main'))!;
    const next = await forge.commit({ branch: 'main', files: { 'a.yaml': 'a: 1\n' } });
    await push('ada', 'main', start, next);
    now += 401 * DAY;
    await log.forgetOldDays(SHOP);
    expect((await forge.refs(PUSHES)).size).toBe(0);
  });
});
