import { chmod, chown, mkdir, readdir, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Conflict, InvalidInput } from '@sluice/kernel';
import { temporaryFolder } from '@sluice/testing';
import { holdDataFolder, readNotes, resetDataFolder, writeNotes } from './data-folder.js';

const NOBODY = 65_534;
const SERVICES = { backing: { redis: 'redis://127.0.0.1', database: 'postgres://127.0.0.1/x' } };
const NOWHERE = { out: () => undefined, err: () => undefined, interactive: false, now: Date.now };

describe('the data folder of up', () => {
  let folder: string;
  let remove: () => Promise<void>;
  beforeEach(async () => ({ folder, remove } = await temporaryFolder()));
  afterEach(() => remove());

  it('is made for its owner only, and held once', async () => {
    const data = join(folder, 'a', 'data');
    const lock = await holdDataFolder(data);
    expect((await stat(data)).mode & 0o777).toBe(0o700);
    await expect(holdDataFolder(data)).rejects.toThrow(Conflict);
    await expect(holdDataFolder(data)).rejects.toThrow(/in use by this process.*sluice down --data/);
    await lock.release();
  });

  it.each(['notes.txt', '.git'])('is no folder with somebody else’s %s in it, and stays free then', async (name) => {
    await writeFile(join(folder, name), '');
    for (let again = 0; again < 2; again++) await expect(holdDataFolder(folder)).rejects.toThrow(`holds files that are not Sluice's (${name})`);
  });

  it('may hold what a kill has left, and what the machine puts into every folder', async () => {
    for (const name of ['connection.json.4711.new', 'lost+found']) await writeFile(join(folder, name), '');
    await (await holdDataFolder(folder)).release();
  });

  it('is no file', async () => {
    const file = join(folder, 'file');
    await writeFile(file, '');
    await expect(holdDataFolder(file)).rejects.toThrow(InvalidInput);
    await expect(holdDataFolder(join(file, 'below'))).rejects.toThrow(/cannot be the data folder/);
  });

  it('goes again when nothing came into it, if it was made', async () => {
    const data = join(folder, 'data');
    await (await holdDataFolder(data)).release();
    expect(await readdir(folder)).toEqual([]);
    await (await holdDataFolder(folder)).release();
    const lock = await holdDataFolder(data);
    await writeFile(join(data, 'folder.json'), '');
    await lock.release();
    expect(await readdir(data)).toEqual(['folder.json']);
  });

  const onLinux = process.platform === 'linux' ? it : it.skip;
  onLinux('is refused, not waited for, where nobody can make one', async () => {
    await expect(holdDataFolder('/proc/sluice')).rejects.toThrow(/^\/proc\/sluice cannot be the data folder: .*ENOENT/);
  });

  /** What permissions forbid is forbidden to everybody but root: who runs this as root is nobody meanwhile. */
  async function asUser(work: () => Promise<void>): Promise<void> {
    if (process.getuid?.() !== 0) return work();
    await chown(folder, NOBODY, NOBODY);
    process.seteuid?.(NOBODY);
    try {
      await work();
    } finally {
      process.seteuid?.(0);
    }
  }

  it.each([0o500, 0o300])('is refused when it cannot be read and written (mode %o)', async (mode) => {
    await chmod(folder, mode);
    await asUser(() => expect(holdDataFolder(folder)).rejects.toThrow(/cannot be the data folder: .*EACCES.*give another with --data/));
    await chmod(folder, 0o700);
  });

  it('is emptied by a reset that nobody has to answer for', async () => {
    await mkdir(join(folder, 'repositories', 'shop.git'), { recursive: true });
    await expect(resetDataFolder(NOWHERE, { data: folder, yes: false }, new AbortController().signal)).rejects.toThrow(/add --yes/);
    expect(await readdir(folder)).toEqual(['repositories']);
    await resetDataFolder(NOWHERE, { data: folder, yes: true }, new AbortController().signal);
    expect(await readdir(folder)).toEqual([]);
  });

  it('remembers how it was run, and is not run otherwise', async () => {
    expect(await readNotes(folder, SERVICES)).toEqual({ backing: 'services', seeded: false });
    await writeNotes(folder, { backing: 'services', seeded: true });
    expect(await readNotes(folder, SERVICES)).toEqual({ backing: 'services', seeded: true });
    await expect(readNotes(folder, {})).rejects.toThrow('was run on PostgreSQL and Redis so far');
  });
});
