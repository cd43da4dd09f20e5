import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, statfsSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { evaluate } from './command.fixture.js';

interface Limits {
  readonly free?: number;
  readonly available?: number;
  readonly type?: number;
}

describe('the folder in memory for what tests write', () => {
  let parent: string;
  beforeEach(() => {
    parent = mkdtempSync(join(tmpdir(), 'sluice-memory-'));
  });
  afterEach(() => rmSync(parent, { recursive: true, force: true }));

  /** What is there after it was made, and after it was removed; nothing when there is none. */
  const made = (limits: Limits = {}, where = parent): { path: string; mode: number; within: string[]; removed: boolean } | null =>
    evaluate(
      'memory-folder.mjs',
      `import('node:fs').then(({ existsSync, readdirSync, statSync, writeFileSync }) => {
        const folder = script.memoryFolder(input.where, input.limits);
        if (!folder) return null;
        const found = { path: folder.path, mode: statSync(folder.path).mode & 0o7777, within: readdirSync(folder.path) };
        writeFileSync(folder.path + '/file', '');
        folder.remove();
        return { ...found, removed: !existsSync(folder.path) };
      })`,
      { where, limits: { free: 0, available: 0, type: statfsSync(parent).type, ...limits } },
    );

  it('is empty, for every user as /tmp is, and goes with all that is in it', () => {
    expect(made()).toEqual({ path: expect.stringMatching(new RegExp(`^${parent}/sluice-tests-\\d+-`)), mode: 0o1777, within: [], removed: true });
  });

  it.each([
    ['too little room in it', { free: Number.MAX_SAFE_INTEGER }],
    ['too little memory', { available: Number.MAX_SAFE_INTEGER }],
    ['a disk', { type: 1 }],
  ])('is not used where there is %s', (_, limits) => {
    expect(made(limits)).toBeNull();
    expect(readdirSync(parent)).toEqual([]);
  });

  it('is not used where there is no such place', () => {
    expect(made({}, join(parent, 'none'))).toBeNull();
  });

  it('takes away what killed runs have left, and nothing else', async () => {
    const running = spawn('sleep', ['60']);
    const ended = spawn('true');
    await once(ended, 'exit');
    const kept = [`sluice-tests-${running.pid}-abc`, 'sluice-tests-abc', 'other'];
    const left = `sluice-tests-${ended.pid}-abc`;
    for (const name of [...kept, left]) {
      mkdirSync(join(parent, name));
      writeFileSync(join(parent, name, 'file'), '');
    }
    try {
      expect(made()).not.toBeNull();
      expect(readdirSync(parent).sort()).toEqual([...kept].sort());
      expect(kept.every((name) => statSync(join(parent, name)).isDirectory() && existsSync(join(parent, name, 'file')))).toBe(true);
    } finally {
      running.kill();
    }
  });
});
