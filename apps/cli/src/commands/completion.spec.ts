import { execFileSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';

const MAIN = fileURLToPath(new URL('../../dist/main.js', import.meta.url));
const sluice = (...args: readonly string[]): string => execFileSync(process.execPath, [MAIN, ...args], { encoding: 'utf8' });

describe('completion by a shell', () => {
  it.each<[string, readonly string[], string]>([
    ['commands', ['pro'], 'promote\t'],
    ['commands of commands', ['audit', 'ver'], 'verify\t'],
    ['options', ['promote', '--wa'], '--wait\t'],
    ['what an option may be', ['--output', ''], 'json\t'],
  ])('knows %s', (_, words, expected) => {
    expect(sluice('complete', '--', ...words)).toContain(expected);
  });

  it('has a script for bash that bash takes', () => {
    expect(() => execFileSync('bash', ['-n'], { input: sluice('completion', 'bash') })).not.toThrow();
  });
});
