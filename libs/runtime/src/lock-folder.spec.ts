import { symlink } from 'node:fs/promises';
import { join } from 'node:path';
import { otherProcess, temporaryFolder } from '@sluice/testing';
import { FolderLocked } from './folder-locked.js';
import { holdFile, lockFolder } from './lock-folder.js';

describe('the lock of a folder', () => {
  const hold = `await built.lockFolder(folder); console.log('held'); setInterval(() => {}, 1000);`;
  const run = (program: string) => otherProcess({ module: new URL('../dist/index.js', import.meta.url).href, folder, program });
  let folder: string;
  let remove: () => Promise<void>;
  beforeEach(async () => ({ folder, remove } = await temporaryFolder()));
  afterEach(() => remove());

  it('is held once', async () => {
    const lock = await lockFolder(folder);
    await expect(lockFolder(folder)).rejects.toThrow(FolderLocked);
    await expect(lockFolder(folder)).rejects.toMatchObject({ kind: 'conflict', pid: process.pid });
    await lock.release();
  });

  it('is free again after its release', async () => {
    await (await lockFolder(folder)).release();
    await (await lockFolder(folder)).release();
  });

  it('makes a missing folder', async () => {
    const lock = await lockFolder(join(folder, 'a', 'b'));
    await lock.release();
  });

  it('leaves other folders free', async () => {
    const locks = await Promise.all([lockFolder(join(folder, 'a')), lockFolder(join(folder, 'b'))]);
    await Promise.all(locks.map((lock) => lock.release()));
  });

  it('holds the folder by every name it has', async () => {
    const target = join(folder, 'target');
    const lock = await lockFolder(target);
    await symlink(target, join(folder, 'alias'));
    await expect(lockFolder(join(folder, 'alias'))).rejects.toThrow(FolderLocked);
    await lock.release();
  });

  it('is given to one of many that ask at once', async () => {
    const answers = await Promise.allSettled(Array.from({ length: 8 }, () => lockFolder(folder)));
    const held = answers.filter((answer) => answer.status === 'fulfilled');
    expect(held).toHaveLength(1);
    await Promise.all(held.map(({ value }) => value.release()));
  });

  it('says which other process holds it and what to do', async () => {
    const holder = run(hold);
    await holder.line();
    await expect(lockFolder(folder)).rejects.toThrow(`in use by process ${holder.pid}: end that first, or use another folder`);
    await holder.kill();
  });

  it('falls with its holder, even after kill -9', async () => {
    const holder = run(hold);
    await holder.line();
    await holder.kill();
    await (await lockFolder(folder)).release();
  });

  it('where names of sockets are files, is taken over from a holder that was killed and from no other', async () => {
    const holder = await holdFile(folder);
    await expect(holdFile(folder)).rejects.toMatchObject({ pid: process.pid });
    await new Promise((resolve) => holder.close(resolve));

    const socket = join(folder, '.lock');
    const killed = run(`(await import('node:net')).createServer().listen(${JSON.stringify(socket)}, () => console.log('held'));`);
    await killed.line();
    await expect(holdFile(folder)).rejects.toThrow(FolderLocked);
    await killed.kill();
    const successor = await holdFile(folder);
    await new Promise((resolve) => successor.close(resolve));
  });
});
