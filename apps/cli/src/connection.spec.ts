import { mkdir, mkdtemp, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { InvalidInput, NotFound, Unauthenticated } from '@sluice/kernel';
import { findConnection, loginFile, writeSecretFile } from './connection.js';

describe('the connection', () => {
  let folder: string;
  let environment: Record<string, string>;
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'sluice-connection-'));
    environment = { XDG_CONFIG_HOME: join(folder, 'config') };
  });
  afterEach(() => rm(folder, { recursive: true, force: true }));
  const local = async (url: string, token: string): Promise<void> => {
    await mkdir(join(folder, '.sluice'), { recursive: true });
    await writeFile(join(folder, '.sluice', 'connection.json'), JSON.stringify({ url, token, repository: 'r' }));
  };

  it('is asked for when there is none', async () => {
    await expect(findConnection({ environment, folder })).rejects.toThrow(Unauthenticated);
  });

  it('comes from the environment first', async () => {
    await local('http://127.0.0.1:1', 'local');
    expect(await findConnection({ environment: { ...environment, SLUICE_URL: 'http://127.0.0.1:2', SLUICE_TOKEN: 't' }, folder })).toEqual({ url: 'http://127.0.0.1:2', token: 't', from: 'SLUICE_TOKEN' });
  });

  it('comes from the login file before the local one', async () => {
    await local('http://127.0.0.1:1', 'local');
    await writeSecretFile(loginFile(environment), { url: 'http://127.0.0.1:3', token: 'mine' });
    expect(await findConnection({ environment, folder })).toEqual({ url: 'http://127.0.0.1:3', token: 'mine', from: loginFile(environment) });
  });

  it('comes from the data folder that is named, whatever else there is', async () => {
    await local('http://127.0.0.1:1', 'local');
    await writeSecretFile(join(folder, 'other', 'connection.json'), { url: 'http://127.0.0.1:4', token: 'other', repository: 'r' });
    const everything = { ...environment, SLUICE_URL: 'http://127.0.0.1:2', SLUICE_TOKEN: 't' };
    expect(await findConnection({ data: 'other', environment: everything, folder })).toMatchObject({ url: 'http://127.0.0.1:4', token: 'other' });
    await expect(findConnection({ data: 'empty', environment, folder })).rejects.toThrow(NotFound);
  });

  it('is found in a folder above', async () => {
    await local('http://127.0.0.1:1', 'local');
    await mkdir(join(folder, 'a', 'b'), { recursive: true });
    expect(await findConnection({ environment, folder: join(folder, 'a', 'b') })).toMatchObject({ token: 'local' });
  });

  it('never takes a token to another server than the one it is for', async () => {
    await local('http://127.0.0.1:1', 'local');
    expect(await findConnection({ url: 'http://127.0.0.1:9', environment, folder })).toEqual({ url: 'http://127.0.0.1:9' });
  });

  it('is refused when its file is broken', async () => {
    await mkdir(join(folder, '.sluice'));
    await writeFile(join(folder, '.sluice', 'connection.json'), '{');
    await expect(findConnection({ environment, folder })).rejects.toThrow(InvalidInput);
  });

  it('is written for its owner only', async () => {
    await writeSecretFile(loginFile(environment), { url: 'http://127.0.0.1:3', token: 'mine' });
    expect((await stat(loginFile(environment))).mode & 0o777).toBe(0o600);
  });
});
