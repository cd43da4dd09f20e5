import { type ChildProcess, spawn } from 'node:child_process';
import { chmodSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import type { DesiredFile, DriftEntry } from '@sluice/sync';
import { CommandTarget, type CommandTargetOptions } from './command-target.js';
import { isAlive } from './processes.fixture.js';

const [A, B] = ['a'.repeat(40), 'b'.repeat(40)];
const SECRET = 'hunter2-is-a-secret';

describe('a target that commands make true', () => {
  let base: string;
  beforeEach(() => (base = mkdtempSync(join(tmpdir(), 'sluice-command-target-'))));
  afterEach(() => rmSync(base, { recursive: true, force: true }));

  const file = (path: string, text: string, mode = '100644'): DesiredFile => ({ path, mode, sha: text, read: async () => Buffer.from(text) });
  const FILES = [file('infra/main.tf', 'one\n'), file('run', 'run\n', '100755')];
  /** A program of this machine. What it writes to `$base/log` says what was run. */
  function program(name: string, script: string): readonly string[] {
    const path = join(base, `${name}.sh`);
    writeFileSync(path, `#!/bin/sh\nbase=${base}\necho "$SLUICE_COMMAND $SLUICE_REVISION" >> ${base}/log\n${script}\n`);
    chmodSync(path, 0o755);
    return [path, 'an argument'];
  }
  const ran = (): readonly string[] => (existsSync(join(base, 'log')) ? readFileSync(join(base, 'log'), 'utf8').trim().split('\n') : []);
  const verdicts: string[] = [];
  function target(scripts: { readonly plan?: string; readonly apply?: string; readonly detect?: string }, options: Partial<CommandTargetOptions> = {}): CommandTarget {
    const { plan = 'exit 2', apply = 'exit 0', detect } = scripts;
    const commands = { plan: program('plan', plan), apply: program('apply', apply), ...(detect !== undefined && { detect: program('detect', detect) }) };
    return new CommandTarget({ folder: join(base, 'command'), commands, environment: {}, timeout: 20_000, detectInterval: 60_000, ended: ({ command, verdict }) => void verdicts.push(`${command}: ${verdict}`), ...options });
  }
  const seen = (name: string): Promise<void> => until(() => existsSync(join(base, name)));
  async function until(holds: () => boolean): Promise<void> {
    const end = Date.now() + 20_000;
    while (!holds()) {
      if (Date.now() > end) throw new Error('it never came to hold');
      await pause(10);
    }
  }
  const drift = (one: CommandTarget): Promise<readonly DriftEntry[]> => one.drift({ files: async () => FILES });

  it('is applied when there is something to do, in the copy that the plan has left', async () => {
    const one = target({ plan: 'cat infra/main.tf > planned; exit 2', apply: 'cp planned $base/applied; ls > $base/listed; test -x run' });
    await one.prepare();
    expect(await one.apply(A, FILES)).toMatchObject({ written: 1, failed: [] });
    expect(ran()).toEqual([`plan ${A}`, `apply ${A}`]);
    expect(readFileSync(join(base, 'applied'), 'utf8')).toBe('one\n');
    expect([await one.applied(), await one.owned(), existsSync(join(base, 'command', 'work'))]).toEqual([A, 2, false]);
    expect(verdicts.slice(-2)).toEqual(['plan: changes', 'apply: nothing to do']);
  });

  it('is left alone when there is nothing to do', async () => {
    const one = target({ plan: 'exit 0' });
    await one.prepare();
    expect(await one.apply(A, FILES)).toMatchObject({ written: 0, unchanged: 1, failed: [] });
    expect(ran()).toEqual([`plan ${A}`]);
    expect(await one.applied()).toBe(A);
  });

  it.each([
    ['the plan fails', { plan: 'echo why >&2; exit 1' }, 'command:plan', 'ended with exit code 1: why'],
    ['the apply fails', { apply: 'echo half; exit 3' }, 'command:apply', 'ended with exit code 3: half'],
    ['the apply thinks that there is more to do', { apply: 'exit 2' }, 'command:apply', 'ended with exit code 2'],
    ['the apply is killed', { apply: 'kill -KILL $$' }, 'command:apply', 'ended with SIGKILL'],
    ['the plan is not to be had', {}, 'command:plan', 'there is no '],
  ])('is not applied when %s, and is tried again', async (title, scripts, path, message) => {
    const one = target(scripts);
    if (title.includes('not to be had')) rmSync(join(base, 'plan.sh'));
    await one.prepare();
    expect(await one.apply(A, FILES)).toMatchObject({ written: 0, failed: [{ path, message: expect.stringContaining(message) }] });
    expect(await one.applied()).toBeUndefined();
    program('plan', 'exit 2');
    program('apply', 'exit 0');
    expect(await one.apply(A, FILES)).toMatchObject({ written: 1, failed: [] });
    expect(await one.applied()).toBe(A);
  });

  it('remembers over restarts what is applied, and not that something was begun', async () => {
    const first = target({});
    await first.prepare();
    await first.apply(A, FILES);
    const second = target({ apply: 'exit 1' });
    await second.prepare();
    expect([await second.applied(), await second.owned()]).toEqual([A, 2]);
    await second.apply(B, [...FILES, file('more', 'more')]);
    const third = target({});
    await third.prepare();
    expect([await third.applied(), await third.owned()]).toEqual([undefined, 3]);
  });

  it('gives commands nothing of the agent’s environment but what is passed on, and keeps that out of what is said', async () => {
    process.env['SLUICE_JOIN_TOKEN_OF_TEST'] = 'token';
    const one = target({ plan: 'env > $base/environment; echo "password is $CLOUD_PASSWORD"; exit 1' }, { environment: { CLOUD_PASSWORD: SECRET, PATH: '/evil' } });
    await one.prepare();
    const { failed } = await one.apply(A, FILES);
    delete process.env['SLUICE_JOIN_TOKEN_OF_TEST'];
    const names = readFileSync(join(base, 'environment'), 'utf8').split('\n').flatMap((line) => /^(\w+)=/.exec(line)?.[1] ?? []);
    expect(names.filter((name) => !['_', 'PWD', 'OLDPWD', 'SHLVL'].includes(name)).sort()).toEqual(['CLOUD_PASSWORD', 'HOME', 'LANG', 'PATH', 'SLUICE_COMMAND', 'SLUICE_COMMAND_RUN', 'SLUICE_REVISION', 'TMPDIR']);
    expect(readFileSync(join(base, 'environment'), 'utf8')).not.toContain('/evil');
    expect(failed[0]?.message).toBe('ended with exit code 1: password is ***');
  });

  it('says the end of what a command wrote, and not more than a report takes', async () => {
    const one = target({ plan: 'head -c 3000000 /dev/zero | tr "\\0" x; echo; echo the reason; exit 1' });
    await one.prepare();
    const message = (await one.apply(A, FILES)).failed[0]?.message ?? '';
    expect(message).toMatch(/the reason$/);
    expect(message.length).toBeLessThan(500);
  });

  it('asks a command to end at its deadline, and ends it with all that it has started', async () => {
    const one = target({ plan: `trap "" TERM; setsid sh -c 'echo $$ > ${base}/escaped; sleep 60' & sh -c 'trap "" TERM; echo $$ > ${base}/child; while :; do sleep 1; done' & while :; do sleep 1; done` }, { timeout: 1_500 });
    await one.prepare();
    expect(await one.apply(A, FILES)).toMatchObject({ failed: [{ path: 'command:plan', message: expect.stringMatching(/^took longer than \d+ ms and was ended/) }] });
    expect(['escaped', 'child'].map((name) => isAlive(Number(readFileSync(join(base, name), 'utf8'))))).toEqual([false, false]);
  });

  it('lets an apply end in order when the agent ends, and plans anew later', async () => {
    const one = target({ apply: 'trap "echo stopped > $base/stopped; exit 1" TERM; touch $base/begun; while :; do sleep 0.05; done' });
    await one.prepare();
    const ending = new AbortController();
    const applying = one.apply(A, FILES, { signal: ending.signal });
    await seen('begun');
    ending.abort();
    expect(await applying).toMatchObject({ interrupted: true, failed: [] });
    expect(existsSync(join(base, 'stopped'))).toBe(true);
    expect(await one.applied()).toBeUndefined();
  });

  it('lets nothing out of its copy', async () => {
    const one = target({});
    await one.prepare();
    await expect(one.apply(A, [file('../../evil', 'x')])).rejects.toThrow('no path of a file');
    expect(existsSync(join(base, 'command', 'evil'))).toBe(false);
    expect(await one.apply(A, [...FILES, { ...file('link', '/etc/passwd'), mode: '120000' }])).toMatchObject({ failed: [] });
  });

  describe('looks for drift', () => {
    it('with a command, every so often and not in between', async () => {
      const one = target({ detect: 'test ! -e $base/changed || { echo 1 to change with $CLOUD_PASSWORD; exit 2; }' }, { detectInterval: 100, environment: { CLOUD_PASSWORD: SECRET } });
      await one.prepare();
      await one.apply(A, FILES);
      expect(await drift(one)).toEqual([]);
      expect(ran()).not.toContain(`detect ${A}`);
      writeFileSync(join(base, 'changed'), '');
      await pause(150);
      expect(await drift(one)).toEqual([{ path: 'command:detect', kind: 'modified', diff: { fields: [{ field: 'output', live: '1 to change with ***' }] } }]);
      rmSync(join(base, 'changed'));
      expect(await one.apply(A, FILES)).toMatchObject({ written: 1 });
      expect(await drift(one)).toEqual([]);
    });

    it('and says when it cannot know', async () => {
      const one = target({ detect: 'echo no credentials; exit 1' }, { detectInterval: 50 });
      await one.prepare();
      await one.apply(A, FILES);
      await pause(100);
      expect(await drift(one)).toEqual([]);
      expect(await one.health()).toEqual([{ path: 'command:detect', status: 'Unknown', message: 'ended with exit code 1: no credentials' }]);
      program('detect', 'exit 0');
      await pause(100);
      await drift(one);
      expect(await one.health()).toEqual([]);
    });

    it('when it is time, by calling back', async () => {
      const one = target({ detect: 'exit 0' }, { detectInterval: 50 });
      await one.prepare();
      let calls = 0;
      const close = await one.watch(() => (calls += 1));
      await until(() => calls >= 2);
      await close();
      const before = calls;
      await pause(150);
      expect(calls).toBe(before);
    });

    it('never before something is applied, or without a command for it', async () => {
      const one = target({ detect: 'exit 2' });
      await one.prepare();
      expect(await drift(one)).toEqual([]);
      const two = target({});
      await two.prepare();
      await two.apply(A, FILES);
      expect(await drift(two)).toEqual([]);
      expect(ran().filter((line) => line.startsWith('detect'))).toEqual([]);
    });
  });

  describe('whose agent is killed', () => {
    /** A process that applies and is killed in the middle of it. */
    function victim(): ChildProcess {
      const script = `
        const { CommandTarget } = await import(${JSON.stringify(new URL('../dist/index.js', import.meta.url).href)});
        const one = new CommandTarget(${JSON.stringify({ folder: join(base, 'command'), commands: { plan: [join(base, 'plan.sh')], apply: [join(base, 'apply.sh')] }, environment: {}, timeout: 60_000, detectInterval: 60_000 })});
        await one.prepare();
        await one.apply('${B}', [{ path: 'a', mode: '100644', sha: 'a', read: async () => Buffer.from('a') }]);`;
      return spawn(process.execPath, ['--input-type=module', '--eval', script], { stdio: 'inherit' });
    }

    it('ends what it has left at its next start, before anything else, and plans anew', async () => {
      const one = target({});
      await one.prepare();
      await one.apply(A, FILES);
      program('apply', `setsid sh -c 'echo $$ > ${base}/escaped; sleep 60' & echo $$ > $base/orphan; while [ ! -s $base/escaped ]; do sleep 0.02; done; touch $base/begun; sleep 60`);
      const child = victim();
      await seen('begun');
      child.kill('SIGKILL');
      await new Promise((resolve) => child.once('exit', resolve));
      const pids = ['orphan', 'escaped'].map((name) => Number(readFileSync(join(base, name), 'utf8')));
      expect(pids.map(isAlive)).toEqual([true, true]);
      const next = target({});
      await next.prepare();
      expect(pids.map(isAlive)).toEqual([false, false]);
      expect([await next.applied(), existsSync(join(base, 'command', 'work'))]).toEqual([undefined, false]);
      expect(await next.apply(B, FILES)).toMatchObject({ written: 1, failed: [] });
    });

    it('starts with a folder that it cannot read by saying so', async () => {
      mkdirSync(join(base, 'command'));
      writeFileSync(join(base, 'command', 'record.json'), '{');
      await expect(target({}).prepare()).rejects.toThrow('record.json cannot be read');
    });
  });
});
