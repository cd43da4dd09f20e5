import { existsSync, readFileSync, rmSync, statSync, symlinkSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type RunningAgent, textsIn, until, World } from './agent-process.fixture.js';

let world: World;
beforeEach(async () => {
  world = await new World().open();
});
afterEach(async () => {
  const { faults } = world.control;
  await world.close();
  expect(faults).toEqual([]);
});

function synced(commit: string): Promise<void> {
  return until(
    () => world.report?.phase === 'synced' && world.report.commit === commit,
    () => world.control.reports.slice(-3),
  );
}

async function started(files: Record<string, string>, env: Record<string, string> = {}): Promise<{ agent: RunningAgent; commit: string }> {
  const commit = world.repository.push(files);
  world.control.assign({ commit });
  const agent = world.agent(env);
  await synced(commit).catch((error: unknown) => {
    throw new Error(`${String(error)}\n${agent.output()}`);
  });
  return { agent, commit };
}

describe('an agent', () => {
  it('makes what is assigned true and reports it, leaving out what is Sluice\'s own', async () => {
    const { agent, commit } = await started({ 'web/a.yaml': 'a', 'sluice.yaml': 'pipeline', '.sluice/ledger.json': '{}', 'web/sluice.yaml': 'mine' });
    expect(world.live()).toEqual({ 'web/a.yaml': 'a', 'web/sluice.yaml': 'mine' });
    expect(world.report).toMatchObject({ commit, phase: 'synced', health: 'Current', resources: [], drift: [] });
    expect(await agent.kill()).toBe(0);
  });

  it('follows hints at once, and the stream resumes where it broke off', async () => {
    await started({ a: '1' });
    await until(() => world.control.streaming === 1);
    const second = world.repository.push({ a: '2' });
    world.control.assign({ commit: second });
    await synced(second);
    world.control.dropStreams();
    await until(() => world.control.streaming === 1);
    expect(world.control.resumedFrom.at(-1)).toBe('1');
    const third = world.repository.push({ a: '3' });
    world.control.assign({ commit: third });
    await synced(third);
    expect(world.live()).toEqual({ a: '3' });
  });

  it('polls when there is no stream', async () => {
    world.control.streams = false;
    await started({ a: '1' });
    const second = world.repository.push({ a: '2' });
    world.control.assign({ commit: second }, false);
    await synced(second);
    expect(world.live()).toEqual({ a: '2' });
  });

  it('notices by the heartbeat an assignment whose hint was lost', async () => {
    await started({ a: '1' }, { SLUICE_SYNC_INTERVAL: '1h' });
    await until(() => world.control.streaming === 1);
    const second = world.repository.push({ a: '2' });
    world.control.assign({ commit: second }, false);
    await synced(second);
  });

  it('goes on when the server forgets its nonces, and when they end soon', async () => {
    world.control.nonceSeconds = 1;
    await started({ a: '1' });
    world.control.forgetNonces();
    const second = world.repository.push({ a: '2' });
    world.control.assign({ commit: second }, false);
    await synced(second);
  });

  it('keeps its key and its folder to itself, and the token and key out of its log', async () => {
    const { agent } = await started({ a: '1' });
    expect(statSync(world.data).mode & 0o777).toBe(0o700);
    expect(statSync(join(world.data, 'identity.json')).mode & 0o777).toBe(0o600);
    const { privateKey } = JSON.parse(readFileSync(join(world.data, 'identity.json'), 'utf8')) as { privateKey: { d: string } };
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
    const second = world.agent();
    expect(await second.exit).toBe(4);
    expect(second.output()).toContain('in use by another agent');
  });
});

describe('enrolment', () => {
  it.each([
    ['unknown', undefined, 'this join token is unknown'],
    ['expired', { expired: true }, 'this join token has expired'],
    ['used by another', { key: 'x'.repeat(43) }, 'used by another agent'],
  ])('ends with a clear word and without a second try when the token is %s', async (_, token, message) => {
    world.control.tokens.clear();
    if (token) world.control.tokens.set('a-join-token-of-this-test', token);
    const agent = world.agent();
    expect(await agent.exit).toBe(3);
    expect(agent.output()).toContain(message);
    expect(agent.output()).toContain('sluice agent install');
    expect(world.control.requests.filter((request) => request.includes('enrol'))).toHaveLength(1);
    expect(world.live()).toEqual({});
  });

  it('says so when there is no token', async () => {
    const agent = world.agent({ SLUICE_JOIN_TOKEN: '' });
    expect(await agent.exit).toBe(3);
    expect(agent.output()).toContain('SLUICE_JOIN_TOKEN_FILE');
  });

  it('takes the token from a file, and works again with the same token and key when the answer was lost', async () => {
    const file = join(world.base, 'token');
    writeFileSync(file, 'a-join-token-of-this-test\n');
    const commit = world.repository.push({ a: '1' });
    world.control.assign({ commit });
    const env = { SLUICE_JOIN_TOKEN: '', SLUICE_JOIN_TOKEN_FILE: file };
    const first = world.agent(env);
    await synced(commit);
    await first.kill('SIGKILL');
    rmSync(join(world.data, 'enrolment.json'));
    const again = world.agent(env);
    await until(() => again.output().includes('the agent runs'), again.output);
  });

  it('waits for a control plane that is not there yet', async () => {
    await world.control.stop();
    const commit = world.repository.push({ a: '1' });
    world.control.assign({ commit });
    const agent = world.agent();
    await until(() => agent.output().includes('enrolment is tried again'), agent.output);
    await world.control.start();
    await synced(commit);
  });

  it('does not spend the token for a target that is unfit', async () => {
    mkdirSync(world.target);
    writeFileSync(join(world.target, 'mine'), 'mine');
    const agent = world.agent();
    expect(await agent.exit).toBe(5);
    expect(agent.output()).toContain('SLUICE_ADOPT=true');
    expect(world.control.requests).toEqual([]);
  });
});

describe('with the control plane and git down', () => {
  it('goes on enforcing the last commit, after a restart as well, and catches up', async () => {
    const { agent, commit } = await started({ a: '1', b: '1' });
    await agent.kill('SIGKILL');
    await world.control.stop();
    writeFileSync(join(world.target, 'a'), 'by hand');
    const next = world.agent({ SLUICE_JOIN_TOKEN: '' });
    await until(() => world.live()['a'] === '1', next.output);
    rmSync(join(world.target, 'b'));
    await until(() => world.live()['b'] === '1', next.output);
    expect(world.live()).toEqual({ a: '1', b: '1' });
    const second = world.repository.push({ a: '2' });
    world.control.assign({ commit: second }, false);
    const before = world.control.reports.length;
    await world.control.start();
    await synced(second);
    expect(commit).not.toBe(second);
    expect(world.live()).toEqual({ a: '2', b: '1' });
    const sequences = world.control.reports.map((report) => report.sequence);
    expect(sequences).toEqual([...sequences].sort((a, b) => a - b));
    // what happened meanwhile came as one state, not as a queue
    expect(world.control.reports.length - before).toBeLessThan(6);
  });

  it('keeps everything when the assigned commit cannot be fetched', async () => {
    await started({ a: '1' });
    world.control.assign({ commit: 'f'.repeat(40) });
    await until(() => world.report?.phase === 'blocked', () => world.report);
    expect(world.report?.message).toContain('not on the first-parent history');
    expect(world.live()).toEqual({ a: '1' });
  });

  it('keeps everything when the branch is gone', async () => {
    const { commit } = await started({ a: '1' });
    world.repository.git('push', '--quiet', 'origin', ':refs/heads/env/prod');
    world.control.assign({ commit: '0123456789'.repeat(4) });
    await until(() => world.report?.phase === 'blocked', () => world.report);
    expect(world.report).toMatchObject({ commit, health: 'Current' });
    expect(world.report?.message).toContain('env/prod does not exist');
    expect(world.live()).toEqual({ a: '1' });
  });

  it('keeps everything when it is revoked', async () => {
    const { agent } = await started({ a: '1' });
    world.control.revoked = true;
    world.control.dropStreams();
    await until(() => agent.output().includes('this agent was revoked'), agent.output);
    writeFileSync(join(world.target, 'a'), 'by hand');
    await until(() => world.live()['a'] === '1', agent.output);
  });
});

describe('what is applied', () => {
  it('waits for an acceptance after a force push', async () => {
    const { commit } = await started({ a: '1' });
    world.repository.git('checkout', '--quiet', '--orphan', 'other');
    const forced = world.repository.push({ a: 'rewritten' }, { force: true });
    world.control.assign({ commit: forced });
    await until(() => world.report?.phase === 'blocked', () => world.report);
    expect(world.report?.message).toContain(`sluice clusters accept prod-eu ${forced}`);
    expect(world.report).toMatchObject({ commit, health: 'Current' });
    expect(world.live()).toEqual({ a: '1' });
    world.control.assign({ accepted: forced });
    await synced(forced);
    expect(world.live()).toEqual({ a: 'rewritten' });
  });

  it('is on the first-parent history only: a commit that a merge brought along is not', async () => {
    await started({ a: '1' });
    world.repository.git('checkout', '--quiet', '-b', 'side');
    const side = world.repository.commit({ b: 'side' });
    world.repository.git('checkout', '--quiet', 'env/prod');
    world.repository.commit({ c: 'main' });
    world.repository.git('merge', '--quiet', '--no-ff', '-m', 'merge', 'side');
    world.repository.git('push', '--quiet', 'origin', 'env/prod');
    world.control.assign({ commit: side });
    await until(() => world.report?.phase === 'blocked', () => world.report);
    expect(world.live()).toEqual({ a: '1' });
    const merge = world.repository.git('rev-parse', 'HEAD');
    world.control.assign({ commit: merge });
    await synced(merge);
    expect(world.live()).toEqual({ a: '1', b: 'side', c: 'main' });
  });

  it('is not older than the floor', async () => {
    const old = world.repository.push({ a: 'old' });
    const floor = world.repository.push({ a: 'floor' });
    world.control.assign({ commit: old, floor });
    world.agent();
    await until(() => world.report?.phase === 'blocked', () => world.report);
    expect(world.report?.message).toContain('when this agent was enrolled');
    expect(world.live()).toEqual({});
    world.control.assign({ commit: floor });
    await synced(floor);
  });

  it('are regular files; a link in git fails alone', async () => {
    const commit = world.repository.push({ a: '1', link: '→/etc/passwd' });
    world.control.assign({ commit });
    world.agent();
    await until(() => world.report?.phase === 'failed', () => world.report);
    expect(world.report).toMatchObject({ commit, health: 'Failed', resources: [{ path: 'link', status: 'Failed' }] });
    expect(world.live()).toEqual({ a: '1' });
  });

  it('is not a file that is too large; the rest goes on', async () => {
    const commit = world.repository.push({ a: '1', huge: 'x'.repeat(50 * 1024 * 1024) });
    world.control.assign({ commit });
    world.agent();
    await until(() => world.report?.phase === 'failed', () => world.report);
    expect(world.report?.resources).toEqual([{ path: 'huge', status: 'Failed', message: expect.stringContaining('keep it out of the repository') as string }]);
    expect(world.live()).toEqual({ a: '1' });
  });

  it('is not an empty commit, unless that is allowed', async () => {
    const { agent, commit } = await started({ a: '1' });
    const empty = world.repository.push({ a: null });
    world.control.assign({ commit: empty });
    await until(() => world.report?.phase === 'blocked', () => world.report);
    expect(world.report).toMatchObject({ commit, message: expect.stringContaining('SLUICE_ALLOW_EMPTY') as string });
    expect(world.live()).toEqual({ a: '1' });
    await agent.kill();
    world.agent({}, ['--allow-empty']);
    await synced(empty);
    expect(world.live()).toEqual({});
  });

  it('goes through no link that was planted in the target', async () => {
    const { agent } = await started({ 'sub/a': '1', b: '1' });
    const outside = join(world.base, 'outside');
    mkdirSync(outside);
    writeFileSync(join(outside, 'a'), 'precious');
    rmSync(join(world.target, 'sub'), { recursive: true });
    symlinkSync(outside, join(world.target, 'sub'));
    const second = world.repository.push({ 'sub/a': '2', b: '2' });
    world.control.assign({ commit: second });
    await until(() => world.report?.commit === second && world.report.phase === 'failed', () => [world.report, agent.output()]);
    expect(textsIn(outside)).toEqual({ a: 'precious' });
    expect(world.live()).toEqual({ b: '2', sub: `→${outside}` });
    expect(world.report?.resources[0]?.message).toContain('symbolic link');
  });
});

describe('drift', () => {
  it('is reverted and reported', async () => {
    await started({ a: '1', b: '1' });
    writeFileSync(join(world.target, 'a'), 'by hand');
    writeFileSync(join(world.target, 'foreign'), 'mine');
    await until(() => world.report?.drift.length === 2 && world.report.health === 'Current', () => world.report);
    expect(world.live()).toEqual({ a: '1', b: '1', foreign: 'mine' });
    expect(world.report?.drift).toEqual([
      { path: 'foreign', kind: 'foreign', reverted: false, at: expect.any(Number) as number },
      { path: 'a', kind: 'modified', reverted: true, at: expect.any(Number) as number },
    ]);
  });

  it('is only reported when that is the policy', async () => {
    world.control.assign({ drift: 'report' });
    await started({ a: '1', b: '1' });
    writeFileSync(join(world.target, 'a'), 'by hand');
    await until(() => world.report?.drift.length === 1, () => world.report);
    expect(world.report).toMatchObject({ phase: 'synced', health: 'Failed', drift: [{ path: 'a', kind: 'modified', reverted: false }] });
    expect(world.live()['a']).toBe('by hand');
    world.control.assign({ drift: 'revert' });
    await until(() => world.report?.health === 'Current', () => world.report);
    expect(world.live()['a']).toBe('1');
  });
});

describe('reports', () => {
  it('are sent again, above the server\'s number, when the server holds something else', async () => {
    await started({ a: '1' });
    await until(() => world.control.heartbeats > 1);
    world.control.held = { sequence: 900, digest: 'f'.repeat(64) };
    await until(() => (world.report?.sequence ?? 0) > 900, () => world.report);
    expect(world.report).toMatchObject({ sequence: 901, phase: 'synced' });
  });

  it('are sent again when the server lost them', async () => {
    const { commit } = await started({ a: '1' });
    world.control.held = { sequence: 0, digest: '' };
    world.control.reports.length = 0;
    await synced(commit);
  });

  it('come on command, and every command is acknowledged', async () => {
    await started({ a: '1' });
    await until(() => world.control.streaming === 1);
    const before = world.report?.sequence ?? 0;
    const ids = [world.control.command('resync'), world.control.command('report'), world.control.command('report')];
    await until(() => ids.every((id) => world.control.acknowledged.includes(id)));
    await until(() => (world.report?.sequence ?? 0) > before);
    expect(world.control.acknowledged).toEqual(ids);
  });

  it('and commands that no stream brought are polled for', async () => {
    world.control.streams = false;
    const id = world.control.command('report');
    await started({ a: '1' });
    await until(() => world.control.acknowledged.includes(id));
  });
});

describe('the command after a change', () => {
  function script(text: string): string {
    const at = join(world.base, 'after.sh');
    writeFileSync(at, `#!/bin/sh\n${text}\n`, { mode: 0o755 });
    return at;
  }

  it('runs once a change, with a clean environment', async () => {
    const seen = join(world.base, 'seen');
    await started({ a: '1' }, { SLUICE_AFTER_CHANGE: script(`env >> ${seen}; echo end >> ${seen}`), SECRET: 'x' });
    expect(readFileSync(seen, 'utf8').match(/end/g)).toHaveLength(1);
    expect(readFileSync(seen, 'utf8')).not.toMatch(/SECRET|TOKEN/);
    const second = world.repository.push({ a: '2' });
    world.control.assign({ commit: second });
    await synced(second);
    expect(readFileSync(seen, 'utf8').match(/end/g)).toHaveLength(2);
    expect(readFileSync(seen, 'utf8')).toContain(`SLUICE_COMMIT=${second}`);
  });

  it('keeps the content from being healthy while it fails', async () => {
    const commit = world.repository.push({ a: '1' });
    world.control.assign({ commit });
    const flag = join(world.base, 'ok');
    world.agent({ SLUICE_AFTER_CHANGE: script(`[ -e ${flag} ] || { echo not yet; exit 7; }`) });
    await until(() => world.report?.phase === 'failed', () => world.report);
    expect(world.report?.resources).toEqual([{ path: 'after-change', status: 'Failed', message: 'the command ended with exit code 7: not yet' }]);
    writeFileSync(flag, '');
    await synced(commit);
  });

  it('is ended with all that it started when it takes too long', async () => {
    const commit = world.repository.push({ a: '1' });
    world.control.assign({ commit });
    const late = join(world.base, 'late');
    world.agent({ SLUICE_AFTER_CHANGE: script(`(sleep 3; touch ${late}) & sleep 60`), SLUICE_AFTER_CHANGE_TIMEOUT: '300ms' });
    await until(() => world.report?.phase === 'failed', () => world.report);
    expect(world.report?.resources[0]?.message).toContain('took longer than 300 ms');
    await new Promise((resolve) => setTimeout(resolve, 3_200));
    expect(existsSync(late)).toBe(false);
  });
});

describe('kill -9 in the middle of a sync', () => {
  const many = (text: string, count: number) => Object.fromEntries(Array.from({ length: count }, (_, index) => [`d${index % 40}/f${index}.yaml`, `${text} ${index}`]));

  it('of 2,000 files leaves every file whole, and the next start makes it exact', async () => {
    const { agent } = await started({ ...many('one', 2_000), 'gone/x': 'x' });
    writeFileSync(join(world.target, 'd0', 'foreign'), 'mine');
    const second = world.repository.push({ ...many('two', 2_000), 'gone/x': null });
    world.control.assign({ commit: second });
    await until(() => Object.values(textsIn(join(world.target, 'd20'))).some((text) => text.startsWith('two')));
    await agent.kill('SIGKILL');
    const half = world.live();
    expect(Object.entries(half).filter(([path]) => path.endsWith('.yaml')).every(([, text]) => /^(one|two) \d+$/.test(text))).toBe(true);
    expect(Object.values(half).filter((text) => text.startsWith('one')).length).toBeGreaterThan(0);
    expect(world.control.reports.some((report) => report.commit === second)).toBe(false);
    world.agent();
    await synced(second);
    expect(world.live()).toEqual({ ...many('two', 2_000), 'd0/foreign': 'mine' });
  }, 60_000);

  it('is finished by the next start with everything else down', async () => {
    const { agent } = await started(many('one', 500));
    const second = world.repository.push(many('two', 500));
    world.control.assign({ commit: second });
    await until(() => Object.values(textsIn(join(world.target, 'd20'))).some((text) => text.startsWith('two')));
    await agent.kill('SIGKILL');
    await world.control.stop();
    const next = world.agent();
    await until(() => Object.values(world.live()).every((text) => text.startsWith('two')), next.output);
  }, 60_000);

  it('is different from SIGTERM, which finishes the file under way and ends well', async () => {
    const { agent } = await started(many('one', 1_000));
    const second = world.repository.push(many('two', 1_000));
    world.control.assign({ commit: second });
    await until(() => Object.values(textsIn(join(world.target, 'd20'))).some((text) => text.startsWith('two')));
    expect(await agent.kill('SIGTERM')).toBe(0);
    expect(Object.keys(world.live()).every((path) => path.endsWith('.yaml'))).toBe(true);
    world.agent();
    await synced(second);
    expect(world.live()).toEqual(many('two', 1_000));
  }, 60_000);
});
