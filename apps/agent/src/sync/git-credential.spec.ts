import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gitCredential } from './git-credential.js';

const SESSION = { serverUrl: 'https://sluice.example.org', token: () => Promise.resolve('own') };
const OWN = { username: 'agent', password: 'own' };
const PINNED = { url: 'https://git.example.org/acme/shop.git', user: 'sluice', tokenFile: undefined };

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

  it('says what is wrong with the file, and shows the agent’s own token to nobody instead', async () => {
    await expect(gitCredential({ ...PINNED, tokenFile: join(folder, 'gone') }, '', SESSION)()).rejects.toThrow('SLUICE_GIT_TOKEN_FILE');
    await writeFile(join(folder, 'empty'), '\n');
    await expect(gitCredential({ ...PINNED, tokenFile: join(folder, 'empty') }, '', SESSION)()).rejects.toThrow('is empty');
  });
});
