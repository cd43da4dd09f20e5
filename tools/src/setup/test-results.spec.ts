import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { evaluate } from './command.fixture.js';

interface Summary {
  readonly lines: readonly string[];
  readonly failed: number;
}

const PASSED = { status: 'passed', assertionResults: [{ status: 'passed', fullName: 'a' }], message: '', name: '/x/a.spec.ts' };
const FAILED = { status: 'failed', assertionResults: [{ status: 'failed', fullName: 'a gate opens' }], message: '', name: '/x/b.spec.ts' };
const BROKEN = { status: 'failed', assertionResults: [], message: '  ● Test suite failed to run\n\n    SyntaxError: x', name: '/x/c.spec.ts' };

describe('the summary of all tests', () => {
  let root: string;
  const projects = [{ name: '@sluice/a', folder: 'a' }];
  const steps = (ok: boolean) => [{ name: 'lint', ok: true }, { name: 'build', ok: true }, { name: 'test', ok }];
  const summarise = (parts: object) => evaluate<Summary>('test-results.mjs', 'script.summarise({ ...input, results: script.readResults(input.root, input.projects) })', { root, projects, steps: steps(true), missing: [], ...parts });
  const write = (testResults: object[], counts: object) => writeFileSync(join(root, 'a/test-results.json'), JSON.stringify({ testResults, numPassedTests: 0, numPendingTests: 0, numTodoTests: 0, ...counts }));

  beforeEach(() => {
    root = mkdtempSync(join(tmpdir(), 'sluice-results-'));
    mkdirSync(join(root, 'a'));
  });
  afterEach(() => rmSync(root, { recursive: true, force: true }));

  it('ends with the two numbers on a line of their own', () => {
    write([PASSED], { numPassedTests: 7 });
    expect(summarise({})).toEqual({ lines: ['', '7 passed, 0 failed'], failed: 0 });
  });

  it('names what failed, a suite that could not run included', () => {
    write([PASSED, FAILED, BROKEN], { numPassedTests: 1 });
    const { lines, failed } = summarise({ steps: steps(false) });
    expect(failed).toBe(2);
    expect(lines).toEqual(['', 'FAILED @sluice/a: a gate opens', 'FAILED @sluice/a: c.spec.ts: SyntaxError: x', '1 passed, 2 failed']);
  });

  it('counts a project without results as failed', () => {
    expect(summarise({}).lines).toEqual(['', 'FAILED @sluice/a: its tests did not run to the end', '0 passed, 1 failed']);
  });

  it('counts a failed lint or build', () => {
    write([PASSED], { numPassedTests: 1 });
    expect(summarise({ steps: [{ name: 'lint', ok: false }, ...steps(true).slice(1)] }).lines.at(-1)).toBe('1 passed, 1 failed');
  });

  it('says loudly what was not covered', () => {
    write([PASSED], { numPassedTests: 1, numPendingTests: 3 });
    const text = summarise({ missing: [{ package: 'redis-server', program: 'redis-server', for: 'queues on Redis' }] }).lines.join('\n');
    expect(text).toContain('NOT COVERED: queues on Redis (redis-server is missing; Debian package redis-server)');
    expect(text).toContain('NOT COVERED: 3 skipped tests');
    expect(text).toMatch(/1 passed, 0 failed$/);
  });
});

describe('the list of services', () => {
  it('is looked up by program, not by package', () => {
    const found = evaluate<{ program: string; present: boolean }[]>('services.mjs', '(process.env.PATH = "/nonexistent", script.services())');
    expect(found.map(({ program }) => program)).toEqual(['redis-server', 'postgres', 'chromium', 'docker-registry', 'kubectl', 'ssh-keygen', 'gpg', 'curl', 'jq']);
    expect(found.filter(({ program, present }) => program !== 'postgres' && present)).toEqual([]);
  });
});
