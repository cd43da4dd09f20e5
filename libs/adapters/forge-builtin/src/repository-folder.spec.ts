import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Conflict, instant, InvalidInput, NotFound, repositoryId, type RepositoryId, Unavailable } from '@sluice/kernel';
import { runGit } from '@sluice/git-process';
import { type BuiltinForge, createBuiltinForge } from './builtin-forge.js';
import { createTestForge, SHOP, type TestForge } from './forge.fixture.js';

let folder: string;
let forge: BuiltinForge;
let other: TestForge;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'sluice-folder-'));
  forge = createBuiltinForge({ folder, publicUrl: 'http://127.0.0.1', clock: () => instant(0) });
  other = await createTestForge();
});
afterAll(async () => {
  forge.close();
  await other.stop();
  await rm(folder, { recursive: true, force: true });
});

describe('repositories', () => {
  it('are made empty with the default branch that was asked for', async () => {
    const id = repositoryId('fresh');
    await forge.createRepository(id, { defaultBranch: 'trunk' });
    expect(await forge.access.locate(id)).toEqual({ url: forge.gitDir(id), defaultBranch: 'trunk', sharesObjects: true, takesObjects: true });
    expect(await forge.listRepositories()).toContain(id);
  });

  it('are made once, also when two ask at the same time', async () => {
    const id = repositoryId('twice');
    const made = await Promise.allSettled([forge, forge].map((one) => one.createRepository(id, { defaultBranch: 'main' })));
    expect(made.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected']);
    await expect(forge.createRepository(id, { defaultBranch: 'main' })).rejects.toBeInstanceOf(Conflict);
    expect((await readdir(folder)).filter((name) => name.startsWith('.'))).toEqual([]);
  });

  it('are imported with branches, tags and default branch, and without the forge\'s records', async () => {
    await other.commit({ branch: 'dev', from: 'main', files: { 'd.yaml': 'd: 1\n' } });
    await runGit(['tag', 'v1', 'main'], { gitDir: other.gitDir(SHOP) });
    await other.changes.open(SHOP, { title: 'x', body: '', sourceBranch: 'dev', targetBranch: 'main', draft: false });
    const id = repositoryId('imported');
    await forge.importRepository(id, other.gitDir(SHOP));
    const { stdout } = await runGit(['for-each-ref', '--format=%(refname)'], { gitDir: forge.gitDir(id) });
    expect(stdout.toString('utf8').trim().split('\n')).toEqual(['refs/heads/dev', 'refs/heads/main', 'refs/tags/v1']);
    expect((await forge.access.locate(id)).defaultBranch).toBe('main');
  });

  it('are not half there when the import fails', async () => {
    const id = repositoryId('broken');
    await expect(forge.importRepository(id, join(folder, 'nowhere'))).rejects.toBeInstanceOf(Unavailable);
    expect(await readdir(folder)).not.toContain('broken.git');
    expect((await readdir(folder)).filter((name) => name.startsWith('.'))).toEqual([]);
  });

  it.each([
    ['a password in the URL', 'https://ada:secret@example.org/x.git', /password/],
    ['a transport that runs a command', 'ext::sh -c true', /cannot be imported/],
    ['an option', '--upload-pack=true', /cannot be imported/],
  ])('are not imported from %s', async (_, source, message) => {
    await expect(forge.importRepository(repositoryId('bad'), source)).rejects.toThrow(message);
  });

  it('do not take a branch name that git cannot have', async () => {
    await expect(forge.createRepository(repositoryId('odd'), { defaultBranch: 'a..b' })).rejects.toBeInstanceOf(InvalidInput);
  });

  it('that do not exist are not found, whatever is asked of them', async () => {
    const id = repositoryId('nowhere');
    await expect(forge.access.locate(id)).rejects.toBeInstanceOf(NotFound);
    await expect(forge.changes.list(id, { limit: 1 })).rejects.toBeInstanceOf(NotFound);
    await expect(forge.pushes.pushersOf(id, [])).rejects.toBeInstanceOf(NotFound);
  });

  it('are never looked for outside of the folder', () => {
    expect(() => forge.gitDir('../etc' as RepositoryId)).toThrow(InvalidInput);
  });
});

describe('maintenance', () => {
  it('packs many loose objects and refs and keeps every record', async () => {
    const gitDir = other.gitDir(SHOP);
    const head = (await other.head('main'))!;
    // git guesses from one of 256 folders whether there are many, so there must be
    const blobs = Array.from({ length: 4_000 }, (_, index) => `blob\ndata ${String(index).length}\n${index}\n`).join('');
    await runGit(['fast-import', '--quiet'], { gitDir, input: blobs, config: { 'fastimport.unpackLimit': '10000' } });
    await other.statuses.set(SHOP, head, [{ context: 'ci', state: 'success', description: '', by: 'ci' }]);
    const before = await other.refs('refs/');
    await other.maintain(SHOP);
    const { stdout } = await runGit(['count-objects', '-v'], { gitDir });
    expect(Number(/packs: (\d+)/.exec(stdout.toString('utf8'))?.[1])).toBeGreaterThan(0);
    expect(await other.refs('refs/')).toEqual(before);
    expect(await other.statuses.list(SHOP, head)).toHaveLength(1);
    await expect(other.changes.list(SHOP, { state: 'open', limit: 5 })).resolves.toHaveLength(1);
  });
});
