import { mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gitCredential } from './git-credential.js';

const SESSION = { serverUrl: 'https://sluice.example.org', token: () => Promise.resolve('own') };
const OWN = { username: 'agent', password: 'own' };
const PINNED = { url: 'https://git.example.org/acme/shop.git', user: 'sluice', tokenFile: undefined, credentialFolder: undefined };

describe('what git is shown', () => {
  let folder: string;
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'sluice-token-'));
  });
  afterAll(() => rm(folder, { recursive: true, force: true }));

  it('is the agent’s own token at its server, and where this machine has pinned it to', async () => {
    expect(await gitCredential(undefined, 'https://sluice.example.org/git/shop.git', SESSION)()).toEqual(OWN);
    expect(await gitCredential(PINNED, 'https://elsewhere.example.org/shop.git', SESSION)()).toEqual(OWN);
  });

  it('is nothing where only the server says that git is', async () => {
    expect(await gitCredential(undefined, 'https://elsewhere.example.org/shop.git', SESSION)()).toBeUndefined();
  });

  it('is the token of a forge that this machine has, also after it was replaced', async () => {
    const tokenFile = join(folder, 'token');
    const credential = gitCredential({ ...PINNED, tokenFile }, 'https://sluice.example.org/git/shop.git', SESSION);
    for (const token of ['first', 'second']) {
      await writeFile(tokenFile, `${token}\n`);
      expect(await credential()).toEqual({ username: 'sluice', password: token });
    }
  });

  it.each<[string, Readonly<Record<string, string>>, string]>([
    ['a token', { token: 'secret' }, 'sluice'],
    ['a user name and a password, as Kubernetes has them', { username: 'gitlab+deploy-token-7', password: 'secret\n' }, 'gitlab+deploy-token-7'],
    ['a token and a user name', { token: 'secret', username: 'deployer' }, 'deployer'],
  ])('is what a mounted Secret has: %s', async (_, files, username) => {
    expect(await gitCredential({ ...PINNED, credentialFolder: await secretOf(files) }, '', SESSION)()).toEqual({ username, password: 'secret' });
  });

  it('is the new one when a mounted Secret is rotated', async () => {
    // as the kubelet does it: another folder behind the same name
    const mounted = join(folder, 'mounted');
    const credential = gitCredential({ ...PINNED, credentialFolder: mounted }, '', SESSION);
    for (const token of ['first', 'second']) {
      await rm(mounted, { force: true });
      await symlink(await secretOf({ token }), mounted);
      expect(await credential()).toEqual({ username: 'sluice', password: token });
    }
  });

  it.each<[string, Readonly<Record<string, string>>, string]>([
    ['nothing to show', { username: 'ada' }, 'neither a token nor a password'],
    ['an empty token', { token: ' \n' }, 'neither a token nor a password'],
    ['a user name that is none', { username: 'ada:x', password: 'secret' }, 'user name'],
  ])('says that a mounted Secret has %s, and not what is in it', async (_, files, message) => {
    const asking = gitCredential({ ...PINNED, credentialFolder: await secretOf(files) }, '', SESSION)();
    await expect(asking).rejects.toThrow(message);
    await expect(asking).rejects.not.toThrow(/ada|secret$/);
  });

  let secrets = 0;
  async function secretOf(files: Readonly<Record<string, string>>): Promise<string> {
    const path = join(folder, `files-${++secrets}`);
    await mkdir(path);
    for (const [name, text] of Object.entries(files)) await writeFile(join(path, name), text);
    return path;
  }

  it('says what is wrong with the file, and shows the agent’s own token to nobody instead', async () => {
    await expect(gitCredential({ ...PINNED, tokenFile: join(folder, 'gone') }, '', SESSION)()).rejects.toThrow('SLUICE_GIT_TOKEN_FILE');
    await writeFile(join(folder, 'empty'), '\n');
    await expect(gitCredential({ ...PINNED, tokenFile: join(folder, 'empty') }, '', SESSION)()).rejects.toThrow('is empty');
  });
});
