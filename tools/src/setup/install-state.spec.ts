import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { evaluate } from './command.fixture.js';

describe('dependencies', () => {
  let folder: string;
  const wanted = {
    '': { version: '0.1.0' },
    'libs/b': { version: '0.1.0' },
    'node_modules/a': { version: '1.0.0' },
    'node_modules/a-darwin-arm64': { version: '1.0.0', optional: true },
    'node_modules/@sluice/b': { resolved: 'libs/b', link: true },
  };
  const staleness = () => evaluate<string | undefined>('install-state.mjs', 'script.staleness(input)', folder);
  const write = (path: string, packages: object) => writeFileSync(join(folder, path), JSON.stringify({ packages }));

  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'sluice-install-'));
    mkdirSync(join(folder, 'node_modules/@sluice/b'), { recursive: true });
    write('package-lock.json', wanted);
  });
  afterEach(() => rmSync(folder, { recursive: true, force: true }));

  it('are missing in a fresh clone', () => {
    expect(staleness()).toBe('dependencies are not installed');
  });

  it('are there when every package has its version, other platforms aside', () => {
    write('node_modules/.package-lock.json', { 'node_modules/a': { version: '1.0.0' } });
    expect(staleness()).toBeUndefined();
  });

  it('are stale when a version has changed', () => {
    write('node_modules/.package-lock.json', { 'node_modules/a': { version: '0.9.0' } });
    expect(staleness()).toBe('a is missing or of another version');
  });

  it('are stale when a project is not linked', () => {
    rmSync(join(folder, 'node_modules/@sluice/b'), { recursive: true });
    write('node_modules/.package-lock.json', { 'node_modules/a': { version: '1.0.0' } });
    expect(staleness()).toBe('@sluice/b is missing or of another version');
  });
});

describe('the version of Node', () => {
  it.each(['v20.19.0', 'v20.20.2', 'v22.13.0', 'v24.0.0', 'v26.1.0'])('%s will do', (version) => {
    expect(evaluate('node-version.mjs', 'script.nodeProblem(input)', version)).toBeUndefined();
  });

  it.each(['v18.20.0', 'v20.18.3', 'v21.7.0', 'v22.12.0', 'v23.5.0'])('%s is refused with what to do', (version) => {
    expect(evaluate('node-version.mjs', 'script.nodeProblem(input)', version)).toContain(`this is ${version}. Install a newer one`);
  });
});
