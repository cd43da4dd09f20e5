import { chmodSync, existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { until } from './agent-process.fixture.js';
import { testWorld } from './test-world.fixture.js';

const { current, synced } = testWorld();

describe('an agent whose target is commands', () => {
  const at = (name: string): string => join(current.world.base, name);
  function program(name: string, script: string): string {
    writeFileSync(at(name), `#!/bin/sh\nbase=${current.world.base}\n${script}\n`);
    chmodSync(at(name), 0o755);
    return at(name);
  }
  /** What is there outside is `$base/state`; it is made of `infra/state` of the branch. */
  const COMPARE = 'cmp -s infra/state $base/state || exit 2';
  const programs = (fields: { readonly plan?: string; readonly apply?: string } = {}) => ({
    SLUICE_TARGET: 'command',
    SLUICE_TARGET_DIR: '',
    SLUICE_COMMAND_PLAN: program('plan.sh', fields.plan ?? COMPARE),
    SLUICE_COMMAND_APPLY: program('apply.sh', fields.apply ?? 'cp infra/state $base/state'),
    SLUICE_COMMAND_DETECT: program('detect.sh', COMPARE),
    SLUICE_COMMAND_DETECT_INTERVAL: '1s',
  });
  const assigned = (text: string): string => {
    const commit = current.world.repository.push({ 'infra/state': text, 'sluice.yaml': 'pipeline' });
    current.world.control.assign({ commit });
    return commit;
  };
  const state = (): string | undefined => (existsSync(at('state')) ? readFileSync(at('state'), 'utf8') : undefined);

  it('plans and applies what is assigned, and reverts what another hand changes', async () => {
    const commit = assigned('one');
    const agent = current.world.agent(programs());
    await synced(commit);
    expect([state(), current.world.report]).toMatchObject(['one', { health: 'Current', resources: [], drift: [] }]);
    writeFileSync(at('state'), 'changed');
    await until(() => state() === 'one', agent.output);
    await until(() => current.world.report?.drift.some(({ path, reverted }) => path === 'command:detect' && reverted), () => current.world.report);
    const second = assigned('two');
    await synced(second);
    expect(state()).toBe('two');
    expect(agent.output()).toContain('"command":"apply"');
    expect(await agent.kill()).toBe(0);
  });

  it('only reports what another hand changes, when that is the policy', async () => {
    current.world.control.assign({ drift: 'report' });
    const commit = assigned('one');
    current.world.agent(programs());
    await synced(commit);
    writeFileSync(at('state'), 'changed');
    await until(() => current.world.report?.drift.some(({ path, kind, reverted }) => path === 'command:detect' && kind === 'modified' && !reverted), () => current.world.report);
    expect([state(), current.world.report?.health]).toEqual(['changed', 'Failed']);
  });

  it('says why a command failed, without what was passed to it, and goes on when it does not', async () => {
    const commit = assigned('one');
    const agent = current.world.agent({ ...programs({ apply: 'echo "cannot, with $CLOUD_TOKEN"; test -e $base/may && cp infra/state $base/state' }), SLUICE_COMMAND_ENVIRONMENT: 'CLOUD_TOKEN', CLOUD_TOKEN: 'a-secret-of-the-cloud' });
    await until(() => current.world.report?.resources.some(({ path }) => path === 'command:apply'), () => current.world.report);
    expect(current.world.report).toMatchObject({ phase: 'failed', health: 'Failed', resources: [{ path: 'command:apply', status: 'Failed', message: 'ended with exit code 1: cannot, with ***' }] });
    writeFileSync(at('may'), '');
    await synced(commit);
    expect(agent.output()).not.toContain('a-secret-of-the-cloud');
  });

  it('does not take down everything for a commit without files', async () => {
    const commit = assigned('one');
    current.world.agent(programs());
    await synced(commit);
    const empty = current.world.repository.push({ 'infra/state': null });
    current.world.control.assign({ commit: empty });
    await until(() => current.world.report?.phase === 'blocked', () => current.world.report);
    expect([state(), current.world.report?.message]).toEqual(['one', expect.stringContaining('would delete all 1')]);
  });

  it('plans anew after it was killed in the middle of an apply, with nothing left of that', async () => {
    const commit = assigned('one');
    const slow = programs({ apply: 'echo $$ > $base/pid; touch $base/begun; if [ ! -e $base/killed ]; then sleep 60; fi; cp infra/state $base/state' });
    const agent = current.world.agent(slow);
    await until(() => existsSync(at('begun')), agent.output);
    await agent.kill('SIGKILL');
    const orphan = Number(readFileSync(at('pid'), 'utf8'));
    writeFileSync(at('killed'), '');
    current.world.agent(slow);
    await synced(commit);
    expect(state()).toBe('one');
    // or it only waits to be collected
    expect(existsSync(`/proc/${orphan}`) ? readFileSync(`/proc/${orphan}/status`, 'utf8') : 'State:\tZ').toMatch(/^State:\s+Z/m);
  });

  it('is not started without its commands, or a variable that is to be passed on', async () => {
    const without = current.world.agent({ ...programs(), SLUICE_COMMAND_APPLY: '' });
    expect([await without.exit, without.output()]).toEqual([2, expect.stringContaining('SLUICE_COMMAND_APPLY')]);
    const unset = current.world.agent({ ...programs(), SLUICE_COMMAND_ENVIRONMENT: 'NO_SUCH_VARIABLE' });
    expect([await unset.exit, unset.output()]).toEqual([2, expect.stringContaining('NO_SUCH_VARIABLE')]);
  });
});
