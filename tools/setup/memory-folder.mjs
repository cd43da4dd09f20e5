// A folder in memory for what tests write: they make and delete tens of thousands of small files (repositories, databases), of which a disk's file system makes a fifth of all their work.
import { execFileSync } from 'node:child_process';
import { chmodSync, mkdtempSync, readdirSync, rmSync, statfsSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

const PREFIX = 'sluice-tests-';
const FREE = 4 * 2 ** 30;
const AVAILABLE = 8 * 2 ** 30;
// Linux: include/uapi/linux/magic.h
const TMPFS = 0x01021994;

/**
 * Makes the folder, with what may be done in `/tmp` (of other users too, a program can be run from it), and removes those that killed runs have left.
 * @returns {{ path: string, remove(): void } | undefined} nothing where there is no such file system, or too little room or memory (4 and 8 GiB) to fill it without harm
 */
export function memoryFolder(parent = '/dev/shm', limits = { free: FREE, available: AVAILABLE, type: TMPFS }) {
  if (!hasRoom(parent, limits)) return undefined;
  for (const left of leftIn(parent)) removeQuietly(left);
  let path;
  try {
    path = mkdtempSync(join(parent, `${PREFIX}${process.pid}-`));
    chmodSync(path, 0o1777);
  } catch {
    return undefined;
  }
  const remove = () => removeQuietly(path);
  if (runsPrograms(path)) return { path, remove };
  remove();
  return undefined;
}

function hasRoom(parent, limits) {
  try {
    const { type, bavail, bsize } = statfsSync(parent);
    return type === limits.type && bavail * bsize >= limits.free && process.availableMemory() >= limits.available;
  } catch {
    return false;
  }
}

function leftIn(parent) {
  const makers = new Map(readdirSync(parent).map((name) => [join(parent, name), Number(new RegExp(`^${PREFIX}(\\d+)-`).exec(name)?.[1])]));
  return [...makers].filter(([path, maker]) => maker > 0 && !isRunning(maker) && isOwn(path)).map(([path]) => path);
}

function isOwn(path) {
  return statSync(path, { throwIfNoEntry: false })?.uid === process.getuid?.();
}

// What a run says does not depend on it: another run may take the same one away, and a server of a test may still write. The next run tries again.
function removeQuietly(path) {
  try {
    rmSync(path, { recursive: true, force: true, maxRetries: 3 });
  } catch (error) {
    console.error(`${path} could not be removed: ${error.message}`);
  }
}

function isRunning(pid) {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return error.code === 'EPERM';
  }
}

// Containers often mount it without that right, and tests write programs.
function runsPrograms(path) {
  const program = join(path, 'program');
  try {
    writeFileSync(program, '#!/bin/sh\n', { mode: 0o755 });
    execFileSync(program, { stdio: 'ignore' });
    return true;
  } catch {
    return false;
  } finally {
    rmSync(program, { force: true });
  }
}
