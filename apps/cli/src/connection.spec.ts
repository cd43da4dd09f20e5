import { mkdir, mkdtemp, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { InvalidInput, Unauthenticated } from '@sluice/kernel';
import { findConnection, loginFile, writeSecretFile } from './connection.js';
import { parseUpOptions } from './up/options.js';

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
    expect(await findConnection({ environment: { ...environment, SLUICE_URL: 'http://127.0.0.1:2', SLUICE_TOKEN: 't' }, folder })).toEqual({ url: 'http://127.0.0.1:2', token: 't' });
  });

  it('comes from the login file before the local one', async () => {
    await local('http://127.0.0.1:1', 'local');
    await writeSecretFile(loginFile(environment), { url: 'http://127.0.0.1:3', token: 'mine' });
    expect(await findConnection({ environment, folder })).toEqual({ url: 'http://127.0.0.1:3', token: 'mine' });
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

describe('the options of up', () => {
  const raw = { port: '7420', host: '127.0.0.1', data: '.sluice', example: true };
  it('make paths absolute and know both ways to run', () => {
    expect(parseUpOptions({ ...raw, redis: 'r', database: 'd' }, '/srv/ada')).toMatchObject({ data: '/srv/ada/.sluice', backing: { redis: 'r', database: 'd' }, example: true });
    expect(parseUpOptions({ ...raw, repository: 'shop' }, '/srv/ada')).toMatchObject({ repository: '/srv/ada/shop', example: false });
    expect(parseUpOptions({ ...raw, repository: 'https://example.org/shop.git' }, '/srv/ada')).toMatchObject({ repository: 'https://example.org/shop.git' });
  });
  it.each([{ port: '0' }, { port: '70000' }, { port: 'x' }, { redis: 'r' }, { database: 'd' }])('refuse %j', (wrong) => {
    expect(() => parseUpOptions({ ...raw, ...wrong }, '/')).toThrow(InvalidInput);
  });
});
