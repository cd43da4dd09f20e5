import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';

const MAIN = fileURLToPath(new URL('../dist/main.js', import.meta.url));

/** Runs the command line with a stream that nobody reads any more. @returns its exit code, and what it wrote on the other one. */
async function withClosed(stream: 'stdout' | 'stderr', ...args: readonly string[]): Promise<{ readonly code: number | null; readonly other: string }> {
  const child = spawn(process.execPath, [MAIN, ...args], { stdio: ['ignore', 'pipe', 'pipe'] });
  child[stream].destroy();
  let other = '';
  child[stream === 'stdout' ? 'stderr' : 'stdout'].on('data', (chunk) => void (other += String(chunk)));
  const [code] = (await once(child, 'close')) as [number | null];
  return { code, other };
}

describe('the command line whose reader has had enough', () => {
  it('ends quietly when it is its output', async () => {
    expect(await withClosed('stdout', '--help')).toEqual({ code: 0, other: '' });
  });

  it.each([
    ['wrong usage', ['nosuch'], 2],
    ['no server', ['--url', 'http://127.0.0.1:1', 'status'], 6],
  ])('ends with the exit code of its error when it is what it says of that: %s', async (_case, args, code) => {
    expect(await withClosed('stderr', ...args)).toEqual({ code, other: '' });
  });
});
