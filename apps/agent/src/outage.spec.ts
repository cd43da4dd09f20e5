import { rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { until } from './agent-process.fixture.js';
import { testWorld } from './test-world.fixture.js';

const { current, started, synced } = testWorld();

describe('with the control plane and git down', () => {
  it('goes on enforcing the last commit, after a restart as well, and catches up', async () => {
    const { agent, commit } = await started({ a: '1', b: '1' });
    await agent.kill('SIGKILL');
    await current.world.control.stop();
    writeFileSync(join(current.world.target, 'a'), 'by hand');
    const next = current.world.agent({ SLUICE_JOIN_TOKEN: '' });
    await until(() => current.world.live()['a'] === '1', next.output);
    rmSync(join(current.world.target, 'b'));
    await until(() => current.world.live()['b'] === '1', next.output);
    expect(current.world.live()).toEqual({ a: '1', b: '1' });
    const second = current.world.repository.push({ a: '2' });
    current.world.control.assign({ commit: second }, false);
    const before = current.world.control.reports.length;
    await current.world.control.start();
    await synced(second);
    expect(commit).not.toBe(second);
    expect(current.world.live()).toEqual({ a: '2', b: '1' });
    const sequences = current.world.control.reports.map((report) => report.sequence);
    expect(sequences).toEqual([...sequences].sort((a, b) => a - b));
    // what happened meanwhile came as one state, not as a queue
    expect(current.world.control.reports.length - before).toBeLessThan(6);
  });

  it('keeps everything when the assigned commit cannot be fetched', async () => {
    await started({ a: '1' });
    current.world.control.assign({ commit: 'f'.repeat(40) });
    await until(() => current.world.report?.phase === 'blocked', () => current.world.report);
    expect(current.world.report?.message).toContain('not on the first-parent history');
    expect(current.world.live()).toEqual({ a: '1' });
  });

  it('keeps everything when the branch is gone', async () => {
    const { commit } = await started({ a: '1' });
    current.world.repository.git('push', '--quiet', 'origin', ':refs/heads/env/prod');
    current.world.control.assign({ commit: '0123456789'.repeat(4) });
    await until(() => current.world.report?.phase === 'blocked', () => current.world.report);
    expect(current.world.report).toMatchObject({ commit, health: 'Current' });
    expect(current.world.report?.message).toContain('env/prod does not exist');
    expect(current.world.live()).toEqual({ a: '1' });
  });

  it('keeps everything when it is revoked', async () => {
    const { agent } = await started({ a: '1' });
    current.world.control.revoked = true;
    current.world.control.dropStreams();
    await until(() => agent.output().includes('this agent was revoked'), agent.output);
    writeFileSync(join(current.world.target, 'a'), 'by hand');
    await until(() => current.world.live()['a'] === '1', agent.output);
  });
});

describe('reports', () => {
  it('are sent again, above the server\'s number, when the server holds something else', async () => {
    await started({ a: '1' });
    await until(() => current.world.control.heartbeats > 1);
    current.world.control.held = { sequence: 900, digest: 'f'.repeat(64) };
    await until(() => (current.world.report?.sequence ?? 0) > 900, () => current.world.report);
    expect(current.world.report).toMatchObject({ sequence: 901, phase: 'synced' });
  });

  it('are sent again when the server lost them', async () => {
    const { commit } = await started({ a: '1' });
    current.world.control.held = { sequence: 0, digest: '' };
    current.world.control.reports.length = 0;
    await synced(commit);
  });

  it('come on command, and every command is acknowledged', async () => {
    await started({ a: '1' });
    await until(() => current.world.control.streaming === 1);
    const before = current.world.report?.sequence ?? 0;
    const ids = [current.world.control.command('resync'), current.world.control.command('report'), current.world.control.command('report')];
    await until(() => ids.every((id) => current.world.control.acknowledged.includes(id)));
    await until(() => (current.world.report?.sequence ?? 0) > before);
    expect(current.world.control.acknowledged).toEqual(ids);
  });

  it('and commands that no stream brought are polled for', async () => {
    current.world.control.streams = false;
    const id = current.world.control.command('report');
    await started({ a: '1' });
    await until(() => current.world.control.acknowledged.includes(id));
  });
});
