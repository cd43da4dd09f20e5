import { mkdtemp, readdir, rm, stat, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { makeFolder } from './make-folder.js';

describe('a folder that is made', () => {
  let folder: string;
  beforeEach(async () => void (folder = await mkdtemp(join(tmpdir(), 'sluice-make-'))));
  afterEach(() => rm(folder, { recursive: true, force: true }));

  it('is for its owner only, like what was missing above it, and may be there already', async () => {
    const path = join(folder, 'a', 'b', 'c');
    for (let again = 0; again < 2; again++) await makeFolder(path);
    for (const part of ['a', 'a/b', 'a/b/c']) expect((await stat(join(folder, part))).mode & 0o777).toBe(0o700);
    await symlink(path, join(folder, 'link'));
    await makeFolder(join(folder, 'link'));
  });

  it('leaves nothing behind when it cannot be made', async () => {
    await expect(makeFolder(join(folder, 'a', 'b', 'x'.repeat(300)))).rejects.toThrow(/ENAMETOOLONG/);
    expect(await readdir(folder)).toEqual([]);
    await writeFile(join(folder, 'file'), '');
    await expect(makeFolder(join(folder, 'file'))).rejects.toThrow(/EEXIST/);
    await expect(makeFolder(join(folder, 'file', 'below'))).rejects.toThrow(/EEXIST/);
  });

  const onLinux = process.platform === 'linux' ? it : it.skip;
  onLinux('is refused, not waited for, where nobody can make one', async () => {
    await expect(makeFolder('/proc/sluice/data')).rejects.toThrow(/ENOENT/);
  });
});
