import { execFileSync } from 'node:child_process';
import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const MAIN = fileURLToPath(new URL('../../dist/main.js', import.meta.url));
const sluice = (...args: readonly string[]): string => execFileSync(process.execPath, [MAIN, ...args], { encoding: 'utf8' });

describe('completion by a shell', () => {
  it.each<[string, readonly string[], string]>([
    ['commands', ['pro'], 'promote\t'],
    ['commands of commands', ['audit', 'ver'], 'verify\t'],
    ['options', ['promote', '--wa'], '--wait\t'],
    ['what an option may be', ['--output', ''], 'json\t'],
    ['options of every command', ['drift', 'capture', '--ou'], '--output\t'],
    ['what those may be', ['status', '--watch', '--output', 'j'], 'json\t'],
  ])('knows %s', (_, words, expected) => {
    expect(sluice('complete', '--', ...words)).toContain(expected);
  });

  describe('in bash', () => {
    let folder: string;
    beforeAll(async () => {
      folder = await mkdtemp(join(tmpdir(), 'sluice-completion-'));
      await writeFile(join(folder, 'sluice'), `#!/bin/sh\nexec '${process.execPath}' '${MAIN}' "$@"\n`, { mode: 0o755 });
      await writeFile(join(folder, 'script'), sluice('completion', 'bash'));
    });
    afterAll(() => rm(folder, { recursive: true }));
    /** As bash calls it: with the words as it takes them apart. Without anything that a user's shell may have loaded. */
    const offered = (...words: readonly string[]): readonly string[] =>
      execFileSync('bash', ['--norc', '--noprofile', '-euc', 'source script; COMP_WORDS=("$@"); COMP_CWORD=$(($# - 1)); _sluice sluice; printf "%s\\n" "${COMPREPLY[@]-}"', 'bash', 'sluice', ...words], { cwd: folder, encoding: 'utf8', env: { PATH: `${folder}:${process.env.PATH ?? ''}` }, stdio: ['ignore', 'pipe', 'pipe'] }).trim().split('\n');

    it.each<[string, readonly string[], readonly string[]]>([
      ['a command that is begun', ['prom'], ['promote']],
      ['a command of a command', ['audit', 'v'], ['verify']],
      ['all commands of one', ['audit', ''], ['list', 'show', 'verify', 'export', 'sign', 'key', 'help']],
      ['an option', ['promote', 'checkout', 'qa', '--wa'], ['--wait']],
      ['a value', ['--output', 'j'], ['json']],
      ['a value behind =', ['status', '--output', '=', 'j'], ['json']],
      ['all values behind =', ['metrics', '--by', '='], ['application', 'environment', 'lane', 'day', 'week']],
      ['an option behind a URL', ['--url', 'http', ':', '//127.0.0.1', ':', '1', 'status', '--wat'], ['--watch']],
      ['nothing that it does not know', ['why', '$(touch ran)'], ['']],
    ])('it offers %s', (_, words, expected) => {
      expect(offered(...words)).toEqual(expected);
    });

    it('nothing of what was typed is run', async () => {
      offered('why', '$(touch ran)', '`touch ran`', '');
      expect(await readdir(folder)).not.toContain('ran');
    });
  });
});
