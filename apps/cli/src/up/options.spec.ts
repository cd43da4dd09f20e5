import { InvalidInput } from '@sluice/kernel';
import { parseUpOptions, repositoryName } from './options.js';

const REDIS = 'redis://127.0.0.1:6379';
const DATABASE = 'postgres://sluice:hunter2@127.0.0.1:5432/sluice';
const raw = { port: '7420', host: '127.0.0.1', mergeMethod: 'squash', example: true } as const;

describe('the options of up', () => {
  it('make paths absolute and know both ways to run', () => {
    expect(parseUpOptions({ ...raw, redis: REDIS, database: DATABASE }, '/srv/ada')).toMatchObject({ data: '/srv/ada/.sluice', backing: { redis: REDIS, database: DATABASE }, example: true });
    expect(parseUpOptions({ ...raw, data: '../here' }, '/srv/ada')).toMatchObject({ data: '/srv/here' });
  });

  it.each([
    ['shop', { url: '/srv/ada/shop' }],
    ['/srv/git/shop.git', { url: '/srv/git/shop.git' }],
    ['file:///srv/git/shop.git', { url: 'file:///srv/git/shop.git' }],
    ['https://example.org/shop.git', { url: 'https://example.org/shop.git' }],
    ['git@example.org:team/shop.git', { url: 'git@example.org:team/shop.git' }],
    ['ssh://git@example.org/team/shop.git', { url: 'ssh://git@example.org/team/shop.git' }],
    ['https://ada:p%40ss@example.org/shop.git', { url: 'https://example.org/shop.git', credential: { username: 'ada', password: 'p@ss' } }],
  ])('take %s as a repository, and its password out of the URL', (repository, wanted) => {
    expect(parseUpOptions({ ...raw, repository }, '/srv/ada')).toMatchObject({ repository: wanted, example: false });
  });

  it('take a name for whoever starts it, where there is no example', () => {
    expect(parseUpOptions({ ...raw, example: false, person: 'joan' }, '/')).toMatchObject({ person: 'joan' });
    expect(parseUpOptions({ ...raw, repository: '/srv/git/shop.git', person: 'joan' }, '/')).toMatchObject({ person: 'joan' });
  });

  it('take a file for the Slack bot, or none', () => {
    expect(parseUpOptions({ ...raw, slack: true }, '/srv/ada').slack).toEqual({});
    expect(parseUpOptions({ ...raw, slack: 'slack.env' }, '/srv/ada').slack).toEqual({ file: '/srv/ada/slack.env' });
    expect(() => parseUpOptions({ ...raw, slack: '' }, '/')).toThrow(InvalidInput);
  });

  it.each([{ port: '0' }, { port: '70000' }, { port: 'x' }, { port: '' }, { port: '0x50' }, { port: '-1' }, { host: '' }, { person: 'joan' }, { person: 'Joan Clarke', example: false }, { data: '' }, { repository: 'ftp://ada:hunter2@127.0.0.1/x' }, { repository: 'ext::sh -c true' }, { redis: REDIS }, { database: DATABASE }, { redis: 'r', database: DATABASE }, { redis: REDIS, database: 'mysql://ada:hunter2@127.0.0.1/x' }, { repository: 'http://' }])('refuse %j without repeating a password', (wrong) => {
    const parse = () => parseUpOptions({ ...raw, ...wrong }, '/');
    expect(parse).toThrow(InvalidInput);
    expect(parse).not.toThrow(/hunter2/);
  });
});

describe('the name of the repository', () => {
  it.each([
    ['https://example.org/team/Infra.Live.git', 'infra-live'],
    ['git@example.org:shop.git', 'shop'],
    ['/srv/git/my_config/', 'my-config'],
    ['/srv/git/___', 'config'],
    [`/srv/${'x'.repeat(80)}`, 'x'.repeat(63)],
  ])('of %s is %s', (url, name) => {
    expect(repositoryName({ repository: { url }, example: false })).toBe(name);
  });

  it('is the example’s own, or a plain one', () => {
    expect(repositoryName({ example: true })).toBe('shop');
    expect(repositoryName({ example: false })).toBe('config');
  });
});
