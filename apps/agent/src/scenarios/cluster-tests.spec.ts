import { clusterWorld, configMap, until } from './cluster-world.fixture.js';

const ends = { value: 'succeeds' as 'succeeds' | 'fails' | 'runs on' };
const current = clusterWorld({ cluster: { jobEnds: () => ends.value } });

const SMOKE = { name: 'smoke', command: ['./apps/web/smoke.sh'] };
const TEST = { ...SMOKE, timeoutMs: 60_000, image: 'registry.example.org/smoke:1' };
const FILES = { 'apps/web/config.yaml': configMap('web'), 'apps/web/smoke.sh': '#!/bin/sh\ntrue\n' };
const ALLOWED = { SLUICE_ALLOWED_TESTS: JSON.stringify({ smoke: SMOKE.command }) };

describe('a test in the environment of a cluster', () => {
  beforeEach(() => {
    ends.value = 'succeeds';
  });

  it.each([
    ['succeeds', { outcome: 'exited', exitCode: 0 }],
    ['fails', { outcome: 'exited', exitCode: 1 }],
  ] as const)('is run as a Job, which %s, and nothing of it stays', async (end, expected) => {
    const { world } = current;
    ends.value = end;
    const commit = world.release(FILES);
    const agent = world.clusterAgent(ALLOWED);
    await world.reported(commit, {}, agent);
    const run = world.control.order({ commit, paths: Object.keys(FILES), test: TEST });
    await until(() => world.control.results.has(run), agent.output);
    expect(world.control.results.get(run)).toMatchObject(expected);
    expect(await world.list('/apis/batch/v1/jobs')).toEqual([]);
    expect((await world.list('/api/v1/configmaps')).filter((name) => name.startsWith('sluice-test-'))).toEqual([]);
    expect(world.report).toMatchObject({ phase: 'synced', drift: [] });
  });

  it('is refused where its agent does not allow it, whatever the server says', async () => {
    const { world } = current;
    const commit = world.release(FILES);
    const agent = world.clusterAgent();
    await world.reported(commit, {}, agent);
    const run = world.control.order({ commit, paths: Object.keys(FILES), test: TEST });
    await until(() => world.control.results.has(run), agent.output);
    expect(world.control.results.get(run)).toMatchObject({ outcome: 'refused' });
    expect(world.cluster.requestCounts()['patch jobs']).toBeUndefined();
  });

  it('of an agent that is killed ends, is removed, and is told to be lost', async () => {
    const { world } = current;
    ends.value = 'runs on';
    const commit = world.release(FILES);
    const agent = world.clusterAgent(ALLOWED);
    await world.reported(commit, {}, agent);
    const run = world.control.order({ commit, paths: Object.keys(FILES), test: TEST });
    await until(() => world.cluster.requestCounts()['patch jobs'] !== undefined, agent.output);
    await agent.kill('SIGKILL');
    const next = world.clusterAgent({ ...ALLOWED, SLUICE_JOIN_TOKEN: '' });
    await until(() => world.control.results.has(run), next.output);
    expect(world.control.results.get(run)).toMatchObject({ outcome: 'lost' });
    expect(await world.list('/apis/batch/v1/jobs')).toEqual([]);
  });
});
