import { execFile } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const repository = fileURLToPath(new URL('../../../', import.meta.url));
const THIRD_PARTY = ['@nestjs', '@types', 'bullmq', 'ioredis', 'simple-git', 'typescript'];
const EXPORTS = { '.': { '@sluice/source': './src/index.ts', default: './dist/index.js' } };
const COMPILER = { target: 'ES2022', module: 'nodenext', moduleResolution: 'nodenext', strict: true, noEmit: true, experimentalDecorators: true, emitDecoratorMetadata: true, customConditions: ['@sluice/source'], types: ['node'] };

export interface LintResult {
  readonly passed: boolean;
  readonly output: string;
}

/** A small workspace of its own, at which the real checkers are pointed. */
export class FixtureWorkspace {
  readonly folder = mkdtempSync(join(tmpdir(), 'sluice-lint-'));

  constructor() {
    this.write('package.json', { name: 'fixture', private: true, type: 'module', workspaces: ['apps/*', 'libs/*', 'libs/core/*', 'libs/adapters/*', 'tools'] });
    this.write('tsconfig.lint.json', { compilerOptions: COMPILER, include: ['apps/*/src', 'libs/*/src', 'libs/core/*/src', 'libs/adapters/*/src'] });
    this.write('apps/dashboard/tsconfig.json', { compilerOptions: COMPILER, files: ['none.ts'] });
    this.write('apps/dashboard/none.ts', 'export const none = 0;\n');
    this.write('knip.json', { workspaces: { 'libs/**': { project: ['src/**/*.ts'] } } });
    for (const name of THIRD_PARTY) this.link(name, join(repository, 'node_modules', name));
    this.project('apps/dashboard', ['layer:app']);
  }

  /** Adds a project; files are named from its `src`. */
  project(folder: string, tags: readonly string[], files: Readonly<Record<string, string>> = { 'index.ts': 'export const nothing = 0;\n' }): this {
    const name = `@fixture/${folder.split('/').at(-1)}`;
    this.write(`${folder}/package.json`, { name, private: true, type: 'module', exports: EXPORTS, nx: { tags } });
    for (const [file, text] of Object.entries(files)) this.write(`${folder}/src/${file}`, text);
    this.link(name, join(this.folder, folder));
    return this;
  }

  write(path: string, content: string | object): this {
    const target = join(this.folder, path);
    mkdirSync(dirname(target), { recursive: true });
    writeFileSync(target, typeof content === 'string' ? content : JSON.stringify(content));
    return this;
  }

  /** Runs one check of `npm run lint`. */
  lint(check: 'workspace' | 'eslint' | 'types' | 'layers' | 'unused'): Promise<LintResult> {
    return new Promise((resolve) => {
      // Nx forces colours, which would stand between the words that the tests look for.
      const { FORCE_COLOR: _colour, ...env } = process.env;
      execFile(process.execPath, [join(repository, 'tools/lint.mjs'), check], { cwd: this.folder, env: { ...env, NO_COLOR: '1' } }, (error, stdout, stderr) => resolve({ passed: error === null, output: stdout + stderr }));
    });
  }

  remove(): void {
    rmSync(this.folder, { recursive: true, force: true });
  }

  private link(name: string, target: string): void {
    const path = join(this.folder, 'node_modules', name);
    mkdirSync(dirname(path), { recursive: true });
    symlinkSync(target, path);
  }
}
