import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { FixtureWorkspace, type LintResult } from './workspace.fixture.js';

const MANY_BRANCHES = Array.from({ length: 11 }, (_, index) => `  if (n === ${index}) return ${index + 1};\n`).join('');

const BREAKING: Readonly<Record<string, string>> = {
  'any.ts': 'export function f(value: any): unknown {\n  return value;\n}\n',
  'complex.ts': `export function f(n: number): number {\n${MANY_BRANCHES}  return 0;\n}\n`,
  'floating.ts': 'async function work(): Promise<void> {\n  await Promise.resolve();\n}\nexport function start(): void {\n  work();\n}\n',
  'misused.ts': 'export function f(list: string[]): void {\n  list.forEach(async () => Promise.resolve());\n}\n',
  'type-import.ts': "import { Stats } from 'node:fs';\nexport type S = Stats;\n",
  'long-file.ts': Array.from({ length: 301 }, (_, index) => `export const c${index} = ${index};\n`).join(''),
  'long-function.ts': `export function f(): number {\n  let n = 0;\n${'  n += 1;\n'.repeat(60)}  return n;\n}\n`,
  'parameters.ts': 'export function f(a: number, b: number, c: number, d: number, e: number): number {\n  return a + b + c + d + e;\n}\n',
  'default-export.ts': 'export default function f(): void {}\n',
  'enumeration.ts': "export enum Colour {\n  Red = 'red',\n}\n",
  'prefix.ts': 'export interface IThing {\n  readonly a: string;\n}\n',
  'equality.ts': 'export function f(a: unknown): boolean {\n  return a == 1;\n}\n',
  'console.ts': "export function f(): void {\n  console.log('x');\n}\n",
  'arrow.ts': 'export const f = (): number => 1;\n',
  'clock.ts': 'export function f(): number {\n  return Date.now();\n}\n',
  'global.ts': "export function f(): string | undefined {\n  return process.env['X'];\n}\n",
};

describe('the code check', () => {
  const workspace = new FixtureWorkspace();
  let result: LintResult;
  beforeAll(async () => {
    workspace.project('libs/core/a', ['layer:core'], BREAKING);
    result = await workspace.lint('eslint');
  }, 120_000);
  afterAll(() => workspace.remove());

  it.each([
    ['any.ts', 'no-explicit-any'],
    ['complex.ts', 'complexity of 12'],
    ['floating.ts', 'no-floating-promises'],
    ['misused.ts', 'no-misused-promises'],
    ['type-import.ts', 'consistent-type-imports'],
    ['long-file.ts', 'max-lines'],
    ['long-function.ts', 'max-lines-per-function'],
    ['parameters.ts', 'max-params'],
    ['default-export.ts', 'Use named exports'],
    ['enumeration.ts', 'Use a union of texts'],
    ['prefix.ts', 'no "I" prefix'],
    ['equality.ts', 'eqeqeq'],
    ['console.ts', 'no-console'],
    ['arrow.ts', 'Write a function declaration'],
    ['clock.ts', 'Core has no clock'],
    ['global.ts', 'Core knows neither Node nor the network'],
  ])('refuses %s: %s', (file, reason) => {
    expect(result.passed).toBe(false);
    expect(findingsOf(result.output, file)).toContain(reason);
  });

  it('lets decorated classes import for real what Nest injects', async () => {
    const clean = new FixtureWorkspace().project('apps/server', ['layer:app'], {
      'service.ts': 'export class Service {\n  readonly a = 1;\n}\n',
      'main.ts': "import { Injectable } from '@nestjs/common';\nimport { Service } from './service.js';\n\n@Injectable()\nexport class Holder {\n  constructor(readonly service: Service) {}\n}\n",
    });
    expect(await clean.lint('eslint')).toMatchObject({ passed: true });
    clean.remove();
  }, 120_000);

  it('refuses hooks beside the suites of the server, whose specs share a file, and not those in a suite', async () => {
    const declared = 'declare function beforeEach(work: () => void): void;\ndeclare function describe(title: string, suite: () => void): void;\n';
    const server = new FixtureWorkspace().project('apps/server', ['layer:app'], {
      'beside.spec.ts': `${declared}beforeEach(() => undefined);\ndescribe('a', () => undefined);\n`,
      'inside.spec.ts': `${declared}describe('a', () => beforeEach(() => undefined));\n`,
    });
    const { passed, output } = await server.lint('eslint');
    expect(passed).toBe(false);
    expect(output.match(/Put hooks into a describe/g)).toHaveLength(1);
    expect(output).toMatch(/beside\.spec\.ts\n[^\n]*Put hooks/);
    server.remove();
  }, 120_000);
});

describe('the check for unused code', () => {
  it('refuses files and exports that nobody uses', async () => {
    const workspace = new FixtureWorkspace().project('libs/core/a', ['layer:core'], {
      'index.ts': "export { used } from './used.js';\n",
      'used.ts': 'export const used = 1;\nexport const forgotten = 2;\n',
      'orphan.ts': 'export const orphan = 1;\n',
    });
    const { passed, output } = await workspace.lint('unused');
    expect(passed).toBe(false);
    expect(output).toMatch(/Unused files[^]*libs\/core\/a\/src\/orphan\.ts/);
    expect(output).toMatch(/Unused exports[^]*forgotten/);
    workspace.remove();
  }, 60_000);
});

/** ESLint's lines below the name of a file. */
function findingsOf(output: string, file: string): string {
  const [, after = ''] = output.split(`/libs/core/a/src/${file}\n`);
  return after.split('\n\n')[0] ?? '';
}
