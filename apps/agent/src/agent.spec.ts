import { readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { until } from './agent-process.fixture.js';
import { testWorld } from './test-world.fixture.js';

const { current, started, synced } = testWorld();

describe('an agent', () => {
  it('makes what is assigned true and reports it, leaving out what is Sluice\'s own', async () => {
    const { agent, commit } = await started({ 'web/a.yaml': 'a', 'sluice.yaml': 'pipeline', '.sluice/ledger.json': '{}', 'web/sluice.yaml': 'mine' });
    expect(current.world.live()).toEqual({ 'web/a.yaml': 'a', 'web/sluice.yaml': 'mine' });
    expect(current.world.report).toMatchObject({ commit, phase: 'synced', health: 'Current', resources: [], drift: [] });
    expect(await agent.kill()).toBe(0);
  });

  it('follows hints at once, and the stream resumes where it broke off', async () => {
    await started({ a: '1' });
    await until(() => current.world.control.streaming === 1);
    const second = current.world.repository.push({ a: '2' });
    current.world.control.assign({ commit: second });
    await synced(second);
    current.world.control.dropStreams();
    await until(() => current.world.control.streaming === 1);
    expect(current.world.control.resumedFrom.at(-1)).toBe('2');
    const third = current.world.repository.push({ a: '3' });
    current.world.control.assign({ commit: third });
    await synced(third);
    expect(current.world.live()).toEqual({ a: '3' });
  });

  it('goes on with a server that is too far from its own version, and says so once', async () => {
    current.world.control.serverVersion = '0.9.0';
    const { agent } = await started({ a: '1' });
    const said = () => agent.output().split('\n').filter((line) => line.includes('agent and server are too far apart'));
    await until(() => said().length > 0 && current.world.control.heartbeats > 3, () => agent.output());
    expect(said()).toEqual([expect.stringMatching(/too old for the server \(0\.9\.0\)/)]);
    expect(current.world.live()).toEqual({ a: '1' });
  });

  it('polls when there is no stream', async () => {
    current.world.control.streams = false;
    await started({ a: '1' });
    const second = current.world.repository.push({ a: '2' });
    current.world.control.assign({ commit: second }, false);
    await synced(second);
    expect(current.world.live()).toEqual({ a: '2' });
  });

  it('notices by the heartbeat an assignment whose hint was lost', async () => {
    await started({ a: '1' }, { SLUICE_SYNC_INTERVAL: '1h' });
    await until(() => current.world.control.streaming === 1);
    const second = current.world.repository.push({ a: '2' });
    current.world.control.assign({ commit: second }, false);
    await synced(second);
  });

  it('goes on when the server forgets its nonces, and when they end soon', async () => {
    current.world.control.nonceSeconds = 1;
    await started({ a: '1' });
    current.world.control.forgetNonces();
    const second = current.world.repository.push({ a: '2' });
    current.world.control.assign({ commit: second }, false);
    await synced(second);
  });

  it('keeps its key and its folder to itself, and the token and key out of its log', async () => {
    const { agent } = await started({ a: '1' });
    expect(statSync(current.world.data).mode & 0o777).toBe(0o700);
    expect(statSync(join(current.world.data, 'identity.json')).mode & 0o777).toBe(0o600);
    const { privateKey } = JSON.parse(readFileSync(join(current.world.data, 'identity.json'), 'utf8')) as { privateKey: { d: string } };
    expect(agent.output()).not.toContain(privateKey.d);
    expect(agent.output()).not.toContain('a-join-token');
    expect(agent.output()).not.toMatch(/eyJ/);
  });

  it('ends when its parent goes, if it shall', async () => {
    const { agent } = await started({ a: '1' }, { SLUICE_PARENT: 'stdin' });
    agent.process.stdin?.end();
    expect(await agent.exit).toBe(0);
  });

  it('is the only one in its folder', async () => {
    await started({ a: '1' });
    const second = current.world.agent();
    expect(await second.exit).toBe(4);
    expect(second.output()).toContain('in use by another agent');
  });
});
