import { describe, expect, it } from '@jest/globals';
import { evaluate } from './command.fixture.js';

type Lock = { readonly packages: Readonly<Record<string, Readonly<Record<string, unknown>>>> };

describe('a repaired lock file', () => {
  const repair = (lock: Lock) => evaluate<Lock>('lock-file.mjs', 'script.repairLock(input)', lock);

  it('has the optional packages of all platforms', () => {
    const { packages } = repair({ packages: { 'node_modules/x': { version: '2.0.0', dev: true, optionalDependencies: { '@x/x-darwin-arm64': '2.0.0', '@x/x-wasm32-wasi': '^2.0.0', '@x/x-here': '2.0.0' } }, 'node_modules/@x/x-here': { version: '2.0.0' } } });
    expect(packages['node_modules/@x/x-darwin-arm64']).toEqual({ version: '2.0.0', cpu: ['arm64'], dev: true, optional: true, os: ['darwin'] });
    expect(packages['node_modules/@x/x-wasm32-wasi']).toEqual({ version: '2.0.0', cpu: ['wasm32'], dev: true, optional: true });
    expect(packages['node_modules/@x/x-here']).toEqual({ version: '2.0.0' });
  });

  it('names no registry and keeps the links to projects', () => {
    const { packages } = repair({ packages: { 'node_modules/a': { version: '1.0.0', resolved: 'https://registry.example.org/a.tgz', integrity: 'sha512-x' }, 'node_modules/@sluice/b': { resolved: 'libs/b', link: true } } });
    expect(packages['node_modules/a']).toEqual({ version: '1.0.0', integrity: 'sha512-x' });
    expect(packages['node_modules/@sluice/b']).toEqual({ resolved: 'libs/b', link: true });
  });

  it('finds a package where npm would, next to the one that asks or above it', () => {
    const lock = { packages: { 'node_modules/a/node_modules/b': { optionalDependencies: { near: '1.0.0', far: '1.0.0' } }, 'node_modules/a/node_modules/near': { version: '1.0.0' }, 'node_modules/far': { version: '1.0.0' } } };
    expect(Object.keys(repair(lock).packages)).toHaveLength(3);
  });

  it('is not changed by repairing it again', () => {
    const once = repair({ packages: { 'node_modules/x': { optionalDependencies: { 'x-linux-arm64': '1.0.0' } } } });
    expect(repair(once)).toEqual(once);
  });
});
