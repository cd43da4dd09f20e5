import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { commitSha } from '@sluice/kernel';
import type { DesiredFile, PreparedTest, TestOutcome } from '@sluice/sync';
import { CommandDriver } from './command-driver.js';
import { isAlive } from './processes.fixture.js';

describe('a test that is a command', () => {
  const base = mkdtempSync(join(tmpdir(), 'sluice-test-command-'));
  afterAll(() => rmSync(base, { recursive: true, force: true }));
  const folder = join(base, 'agent', 'test');
  const driver = new CommandDriver(folder);
  let count = 0;

  const file = (path: string, text: string, mode = '100755'): DesiredFile => ({ path, mode, sha: path, read: async () => Buffer.from(text) });
  function prepared(script: string, fields: { readonly command?: readonly string[]; readonly timeoutMs?: number; readonly files?: readonly DesiredFile[] } = {}): PreparedTest {
    const { command = ['./smoke.sh'], timeoutMs = 20_000, files = [] } = fields;
    const order = { run: `run-${process.pid}-${++count}`, take: 1, application: 'checkout', environment: 'dev', commit: commitSha('a'.repeat(40)), paths: [], test: { name: 'smoke', command, timeoutMs } };
    return { order, files: [file('smoke.sh', `#!/bin/sh\n${script}\n`), ...files] };
  }
  const run = (script: string, fields?: Parameters<typeof prepared>[1], signal = new AbortController().signal): Promise<TestOutcome> => driver.run(prepared(script, fields), signal);
  const pidIn = (name: string): number => Number(readFileSync(join(base, name), 'utf8'));

  it('passes with exit code 0 and gives back what both streams say', async () => {
    expect(await run('echo out; echo err >&2')).toMatchObject({ outcome: 'exited', exitCode: 0, output: expect.stringMatching(/^(out\nerr|err\nout)\n$/) });
  });

  it('fails with any other, or by a signal', async () => {
    expect(await run('exit 7')).toMatchObject({ outcome: 'exited', exitCode: 7 });
    expect(await run('kill -SEGV $$')).toMatchObject({ outcome: 'exited', signal: 'SIGSEGV' });
  });

  it('sees nothing of the agent’s environment', async () => {
    process.env['SLUICE_JOIN_TOKEN_OF_TEST'] = 'secret';
    const { output } = await run('env -0 | tr "\\0" "\\n" | sort');
    delete process.env['SLUICE_JOIN_TOKEN_OF_TEST'];
    const names = output.split('\n').flatMap((line) => /^(\w+)=/.exec(line)?.[1] ?? []);
    expect(names.filter((name) => !['_', 'PWD', 'OLDPWD', 'SHLVL'].includes(name))).toEqual(['HOME', 'LANG', 'PATH', 'SLUICE_APPLICATION', 'SLUICE_ENVIRONMENT', 'SLUICE_REVISION', 'SLUICE_TEST', 'SLUICE_TEST_RUN', 'TMPDIR']);
    expect(output).toContain('SLUICE_APPLICATION=checkout');
    expect(output).not.toContain('secret');
  });

  it('works in a copy of the files that is gone afterwards, without the links among them', async () => {
    const files = [file('conf/app.yaml', 'a: 1\n', '100644'), { ...file('link', '/etc/passwd'), mode: '120000' }];
    const { output } = await run('pwd; ls -a . conf; cat conf/app.yaml; test -x conf/app.yaml || echo plain; touch new; mkdir closed; touch closed/x; chmod 000 closed', { files });
    expect(output).toContain(folder);
    expect(output).toContain('a: 1\nplain\n');
    expect(output).not.toContain('link');
    expect(existsSync(folder)).toBe(false);
  });

  it.each([
    ['there is no such file', ['./missing.sh'], 'there is no ./missing.sh'],
    ['there is no such program', ['no-such-program-here'], 'there is no no-such-program-here'],
    ['the file is not executable', ['./plain.sh'], './plain.sh is not executable'],
    ['the interpreter is missing', ['./strange.sh'], 'there is no ./strange.sh (or not the interpreter'],
    ['the arguments are too long', ['./smoke.sh', ...Array.from({ length: 3_000 }, () => 'x'.repeat(1_000))], 'E2BIG'],
  ])('says so when %s', async (_, command, message) => {
    const files = [file('plain.sh', 'echo', '100644'), file('strange.sh', '#!/no/such/interpreter\n')];
    expect(await run('', { command, files })).toMatchObject({ outcome: 'not-started', message: expect.stringContaining(message) });
  });

  it('is not laid out where a path would lead out of its folder', async () => {
    expect(await run('', { files: [file('../../evil', 'x')] })).toMatchObject({ outcome: 'unprepared', message: '"../../evil" is no path of a file' });
    expect(existsSync(join(base, 'evil'))).toBe(false);
  });

  it('is asked to end at its deadline, and may say something', async () => {
    expect(await run('trap "echo bye; exit 3" TERM; sleep 30 & wait', { timeoutMs: 300 })).toMatchObject({ outcome: 'timed-out', output: 'bye\n' });
  });

  it('is ended with its children when it does not listen', async () => {
    const script = `trap "" TERM; sh -c 'trap "" TERM; echo $$ > ${base}/child; while :; do sleep 1; done' & while :; do sleep 1; done`;
    expect(await run(script, { timeoutMs: 300 })).toMatchObject({ outcome: 'timed-out', signal: 'SIGKILL' });
    expect(isAlive(pidIn('child'))).toBe(false);
  });

  it('leaves nothing running behind, also what has left its group and holds the pipes', async () => {
    const script = `sh -c 'echo $$ > ${base}/child; sleep 60' &\nsetsid sh -c 'echo $$ > ${base}/escaped; sleep 60' &\nwhile [ ! -s ${base}/escaped ]; do sleep 0.02; done; echo done`;
    expect(await run(script)).toMatchObject({ outcome: 'exited', exitCode: 0, output: 'done\n' });
    expect([isAlive(pidIn('child')), isAlive(pidIn('escaped'))]).toEqual([false, false]);
  });

  it('ends with the agent', async () => {
    const ending = new AbortController();
    const running = run(`echo $$ > ${base}/main; sleep 60`, {}, ending.signal);
    while (!existsSync(join(base, 'main'))) await pause(10);
    ending.abort();
    expect(await running).toMatchObject({ outcome: 'lost' });
    expect(isAlive(pidIn('main'))).toBe(false);
  });

  it('is cleared away after an agent that was killed', async () => {
    const test = prepared(`setsid sh -c 'echo $$ > ${base}/orphan; sleep 60' & sleep 60`);
    void new CommandDriver(folder).run(test, new AbortController().signal);
    while (!existsSync(join(base, 'orphan'))) await pause(10);
    await driver.clear(test.order.run);
    expect([isAlive(pidIn('orphan')), existsSync(folder)]).toEqual([false, false]);
  });

  describe('with output that nobody would want', () => {
    it('keeps the beginning and the end of much of it, and says what is left out', async () => {
      const { outcome, output } = await run('echo first; head -c 200000000 /dev/zero | tr "\\0" x; echo; echo last');
      expect(outcome).toBe('exited');
      expect(output.length).toBeLessThan(66_000);
      expect(output).toMatch(/^first\nxxx/);
      expect(output).toMatch(/\n… 1999\d{5} bytes left out …\n/);
      expect(output).toMatch(/xxx\nlast\n$/);
    });

    it('bears with output that never ends', async () => {
      const { outcome, output } = await run('yes', { timeoutMs: 500 });
      expect(outcome).toBe('timed-out');
      expect(output.length).toBeLessThan(66_000);
    });

    it('makes text of what is none', async () => {
      const { output } = await run(`printf 'caf\\303\\251 \\377\\376 \\033[31mred\\033[0m \\007 a\\000b\\r\\nnext\\n'`);
      expect(output).toBe('café \ufffd\ufffd red \ufffd a\ufffdb\nnext\n');
    });
  });
});
