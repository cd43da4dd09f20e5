import { setTimeout as sleep } from 'node:timers/promises';
import { gitCounters } from './git-counters.js';
import { RefSession } from './ref-session.js';
import { type TestRepository, testRepository } from './repository.fixture.js';

describe('a session that changes references', () => {
  let repository: TestRepository;
  let session: RefSession;
  let one: string;
  let two: string;
  beforeEach(async () => {
    repository = await testRepository();
    session = new RefSession(repository.gitDir);
    one = (await repository.commit({ a: '1' })).commit;
    two = (await repository.commit({ a: '2' })).commit;
  });
  afterEach(async () => {
    session.close();
    await repository.remove();
  });
  const refs = (): Promise<string> => repository.git('for-each-ref', '--format=%(refname) %(objectname)');
  const processes = (): number => gitCounters().byCommand['update-ref'] ?? 0;

  it('does many transactions with one process', async () => {
    const before = processes();
    const outcomes = await Promise.all(Array.from({ length: 20 }, (_, index) => session.update([{ ref: `refs/heads/b${index}`, to: one, from: null }])));
    expect(outcomes.every(({ kind }) => kind === 'updated')).toBe(true);
    expect((await refs()).split('\n')).toHaveLength(20);
    expect(processes() - before).toBe(1);
  });

  it('changes all or nothing, says who was faster, and goes on', async () => {
    await session.update([{ ref: 'refs/heads/a', to: one }]);
    const outcome = await session.update([
      { ref: 'refs/heads/b', to: two, from: null },
      { ref: 'refs/heads/a', to: two, from: two },
    ]);
    expect(outcome).toMatchObject({ kind: 'conflict', ref: 'refs/heads/a' });
    expect(await refs()).toBe(`refs/heads/a ${one}`);
    expect(await session.update([{ ref: 'refs/heads/a', to: two, from: one }])).toEqual({ kind: 'updated' });
    expect(await session.update([{ ref: 'refs/heads/a', to: null, from: two }])).toEqual({ kind: 'updated' });
    expect(await refs()).toBe('');
  });

  it('sees what others did meanwhile', async () => {
    await session.update([{ ref: 'refs/heads/a', to: one }]);
    await repository.git('update-ref', 'refs/heads/a', two);
    await repository.git('pack-refs', '--all');
    expect(await session.update([{ ref: 'refs/heads/a', to: one, from: one }])).toMatchObject({ kind: 'conflict' });
    expect(await session.update([{ ref: 'refs/heads/a', to: one, from: two }])).toEqual({ kind: 'updated' });
  });

  it('refuses a name that is none and an object that is not there', async () => {
    await expect(session.update([{ ref: 'a b', to: one }])).rejects.toMatchObject({ reason: 'argument' });
    await expect(session.update([{ ref: 'refs/heads/a', to: '0123456789'.repeat(4) }])).rejects.toMatchObject({ reason: 'exit' });
    expect(await session.update([{ ref: 'refs/heads/a', to: one }])).toEqual({ kind: 'updated' });
  });

  it('ends a process that has nothing to do, and starts another', async () => {
    const short = new RefSession(repository.gitDir, { idle: 20 });
    await short.update([{ ref: 'refs/heads/a', to: one }]);
    const before = processes();
    await sleep(200);
    expect(await short.update([{ ref: 'refs/heads/a', to: two }])).toEqual({ kind: 'updated' });
    expect(processes() - before).toBe(1);
    short.close();
  });

  it('does nothing any more once it is closed', async () => {
    session.close();
    await expect(session.update([{ ref: 'refs/heads/a', to: one }])).rejects.toMatchObject({ reason: 'aborted' });
  });
});
