import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { until } from './agent-process.fixture.js';
import { testWorld } from './test-world.fixture.js';

const { current, started, synced } = testWorld();

describe('drift', () => {
  it('is reverted and reported', async () => {
    await started({ a: '1', b: '1' });
    writeFileSync(join(current.world.target, 'a'), 'by hand');
    writeFileSync(join(current.world.target, 'foreign'), 'mine');
    await until(() => current.world.report?.drift.length === 2 && current.world.report.health === 'Current', () => current.world.report);
    expect(current.world.live()).toEqual({ a: '1', b: '1', foreign: 'mine' });
    expect(current.world.report?.drift).toEqual([
      { path: 'foreign', kind: 'foreign', reverted: false, at: expect.any(Number) as number },
      { path: 'a', kind: 'modified', reverted: true, at: expect.any(Number) as number, diff: { fields: [], lines: { wanted: 1, live: 1 }, capture: { text: 'by hand' } } },
    ]);
  });

  it('is reported field by field, with a Secret masked', async () => {
    const settings = 'apiVersion: v1\nkind: ConfigMap\nmetadata: { name: a }\ndata: { level: info }\n';
    const secret = 'apiVersion: v1\nkind: Secret\nmetadata: { name: a }\nstringData: { key: first }\n';
    await started({ 'a.yaml': settings, 'b.yaml': secret });
    writeFileSync(join(current.world.target, 'a.yaml'), settings.replace('info', 'debug'));
    writeFileSync(join(current.world.target, 'b.yaml'), secret.replace('first', 'hunter2'));
    await until(() => current.world.report?.drift.filter(({ reverted }) => reverted).length === 2, () => current.world.report);
    const byPath = new Map(current.world.report?.drift.map((entry) => [entry.path, entry.diff]));
    expect(byPath.get('a.yaml')).toEqual({ fields: [{ field: 'data.level', wanted: '"info"', live: '"debug"' }], capture: { text: settings.replace('info', 'debug') } });
    expect(byPath.get('b.yaml')).toEqual({ fields: [{ field: 'stringData.key', wanted: '"(masked)"', live: '"(masked)"' }] });
  });

  it('is none in fields that the pipeline ignores', async () => {
    const settings = 'apiVersion: v1\nkind: ConfigMap\nmetadata: { name: a }\ndata: { level: info, mode: fast }\n';
    current.world.control.assign({ driftIgnore: [{ kind: 'ConfigMap', path: ['data', 'level'] }] });
    await started({ 'a.yaml': settings, b: '1' });
    writeFileSync(join(current.world.target, 'a.yaml'), settings.replace('info', 'debug'));
    writeFileSync(join(current.world.target, 'b'), 'by hand');
    await until(() => current.world.report?.drift.length === 1, () => current.world.report);
    expect(current.world.report?.drift).toMatchObject([{ path: 'b', reverted: true }]);
    expect(current.world.live()).toEqual({ 'a.yaml': settings.replace('info', 'debug'), b: '1' });
  });

  it('is only reported when that is the policy', async () => {
    current.world.control.assign({ drift: 'report' });
    await started({ a: '1', b: '1' });
    writeFileSync(join(current.world.target, 'a'), 'by hand');
    await until(() => current.world.report?.drift.length === 1, () => current.world.report);
    expect(current.world.report).toMatchObject({ phase: 'synced', health: 'Failed', drift: [{ path: 'a', kind: 'modified', reverted: false }] });
    expect(current.world.live()['a']).toBe('by hand');
    current.world.control.assign({ drift: 'revert' });
    await until(() => current.world.report?.health === 'Current', () => current.world.report);
    expect(current.world.live()['a']).toBe('1');
  });
});

describe('the command after a change', () => {
  function script(text: string): string {
    const at = join(current.world.base, 'after.sh');
    writeFileSync(at, `#!/bin/sh\n${text}\n`, { mode: 0o755 });
    return at;
  }

  it('runs once a change, with a clean environment', async () => {
    const seen = join(current.world.base, 'seen');
    await started({ a: '1' }, { SLUICE_AFTER_CHANGE: script(`env >> ${seen}; echo end >> ${seen}`), SECRET: 'x' });
    expect(readFileSync(seen, 'utf8').match(/end/g)).toHaveLength(1);
    expect(readFileSync(seen, 'utf8')).not.toMatch(/SECRET|TOKEN/);
    const second = current.world.repository.push({ a: '2' });
    current.world.control.assign({ commit: second });
    await synced(second);
    expect(readFileSync(seen, 'utf8').match(/end/g)).toHaveLength(2);
    expect(readFileSync(seen, 'utf8')).toContain(`SLUICE_COMMIT=${second}`);
  });

  it('keeps the content from being healthy while it fails', async () => {
    const commit = current.world.repository.push({ a: '1' });
    current.world.control.assign({ commit });
    const flag = join(current.world.base, 'ok');
    current.world.agent({ SLUICE_AFTER_CHANGE: script(`[ -e ${flag} ] || { echo not yet; exit 7; }`) });
    await until(() => current.world.report?.phase === 'failed', () => current.world.report);
    expect(current.world.report?.resources).toEqual([{ path: 'after-change', status: 'Failed', message: 'the command ended with exit code 7: not yet' }]);
    writeFileSync(flag, '');
    await synced(commit);
  });

  it('is ended with all that it started when it takes too long', async () => {
    const commit = current.world.repository.push({ a: '1' });
    current.world.control.assign({ commit });
    const late = join(current.world.base, 'late');
    current.world.agent({ SLUICE_AFTER_CHANGE: script(`(sleep 3; touch ${late}) & sleep 60`), SLUICE_AFTER_CHANGE_TIMEOUT: '300ms' });
    await until(() => current.world.report?.phase === 'failed', () => current.world.report);
    expect(current.world.report?.resources[0]?.message).toContain('took longer than 300 ms');
    await new Promise((resolve) => setTimeout(resolve, 3_200));
    expect(existsSync(late)).toBe(false);
  });
});
