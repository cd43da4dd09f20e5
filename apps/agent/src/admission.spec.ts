import { mkdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { textsIn, until } from './agent-process.fixture.js';
import { testWorld } from './test-world.fixture.js';

const { current, started, synced } = testWorld();

describe('what is applied', () => {
  it('waits for an acceptance after a force push', async () => {
    const { commit } = await started({ a: '1' });
    current.world.repository.git('checkout', '--quiet', '--orphan', 'other');
    const forced = current.world.repository.push({ a: 'rewritten' }, { force: true });
    current.world.control.assign({ commit: forced });
    await until(() => current.world.report?.phase === 'blocked', () => current.world.report);
    expect(current.world.report?.message).toContain(`sluice clusters accept prod-eu ${forced}`);
    expect(current.world.report).toMatchObject({ commit, health: 'Current' });
    expect(current.world.live()).toEqual({ a: '1' });
    current.world.control.assign({ accepted: forced });
    await synced(forced);
    expect(current.world.live()).toEqual({ a: 'rewritten' });
  });

  it('is on the first-parent history only: a commit that a merge brought along is not', async () => {
    await started({ a: '1' });
    current.world.repository.git('checkout', '--quiet', '-b', 'side');
    const side = current.world.repository.commit({ b: 'side' });
    current.world.repository.git('checkout', '--quiet', 'env/prod');
    current.world.repository.commit({ c: 'main' });
    current.world.repository.git('merge', '--quiet', '--no-ff', '-m', 'merge', 'side');
    current.world.repository.git('push', '--quiet', 'origin', 'env/prod');
    current.world.control.assign({ commit: side });
    await until(() => current.world.report?.phase === 'blocked', () => current.world.report);
    expect(current.world.live()).toEqual({ a: '1' });
    const merge = current.world.repository.git('rev-parse', 'HEAD');
    current.world.control.assign({ commit: merge });
    await synced(merge);
    expect(current.world.live()).toEqual({ a: '1', b: 'side', c: 'main' });
  });

  it('is not older than the floor', async () => {
    const old = current.world.repository.push({ a: 'old' });
    const floor = current.world.repository.push({ a: 'floor' });
    current.world.control.assign({ commit: old, floor });
    current.world.agent();
    await until(() => current.world.report?.phase === 'blocked', () => current.world.report);
    expect(current.world.report?.message).toContain('when this agent was enrolled');
    expect(current.world.live()).toEqual({});
    current.world.control.assign({ commit: floor });
    await synced(floor);
  });

  it('are regular files; a link in git fails alone', async () => {
    const commit = current.world.repository.push({ a: '1', link: '→/etc/passwd' });
    current.world.control.assign({ commit });
    current.world.agent();
    await until(() => current.world.report?.phase === 'failed', () => current.world.report);
    expect(current.world.report).toMatchObject({ commit, health: 'Failed', resources: [{ path: 'link', status: 'Failed' }] });
    expect(current.world.live()).toEqual({ a: '1' });
  });

  it('is not a file that is too large; the rest goes on', async () => {
    const commit = current.world.repository.push({ a: '1', huge: 'x'.repeat(50 * 1024 * 1024) });
    current.world.control.assign({ commit });
    current.world.agent();
    await until(() => current.world.report?.phase === 'failed', () => current.world.report);
    expect(current.world.report?.resources).toEqual([{ path: 'huge', status: 'Failed', message: expect.stringContaining('keep it out of the repository') as string }]);
    expect(current.world.live()).toEqual({ a: '1' });
  });

  it('is not an empty commit, unless that is allowed', async () => {
    const { agent, commit } = await started({ a: '1' });
    const empty = current.world.repository.push({ a: null });
    current.world.control.assign({ commit: empty });
    await until(() => current.world.report?.phase === 'blocked', () => current.world.report);
    expect(current.world.report).toMatchObject({ commit, message: expect.stringContaining('SLUICE_ALLOW_EMPTY') as string });
    expect(current.world.live()).toEqual({ a: '1' });
    await agent.kill();
    current.world.agent({}, ['--allow-empty']);
    await synced(empty);
    expect(current.world.live()).toEqual({});
  });

  it('goes through no link that was planted in the target', async () => {
    const { agent } = await started({ 'sub/a': '1', b: '1' });
    const outside = join(current.world.base, 'outside');
    mkdirSync(outside);
    writeFileSync(join(outside, 'a'), 'precious');
    rmSync(join(current.world.target, 'sub'), { recursive: true });
    symlinkSync(outside, join(current.world.target, 'sub'));
    const second = current.world.repository.push({ 'sub/a': '2', b: '2' });
    current.world.control.assign({ commit: second });
    await until(() => current.world.report?.commit === second && current.world.report.phase === 'failed', () => [current.world.report, agent.output()]);
    expect(textsIn(outside)).toEqual({ a: 'precious' });
    expect(current.world.live()).toEqual({ b: '2', sub: `→${outside}` });
    expect(current.world.report?.resources[0]?.message).toContain('symbolic link');
  });
});
