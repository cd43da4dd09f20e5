import { readSettings } from './settings.js';

const DATA = { SLUICE_DATA: '/var/lib/sluice' };

describe('readSettings', () => {
  it('runs every role on the embedded database by default, on loopback only', () => {
    const settings = readSettings(DATA);
    expect(settings).toMatchObject({ host: '127.0.0.1', port: 8080, publicUrl: 'http://127.0.0.1:8080', backing: { kind: 'embedded' } });
    expect([...settings.roles]).toEqual(['api', 'worker', 'forge']);
    expect([...settings.allowedHosts]).toContain('localhost:8080');
  });

  it('runs on PostgreSQL and Redis when both are named', () => {
    const settings = readSettings({ ...DATA, SLUICE_DATABASE_URL: 'postgres://db/sluice', SLUICE_REDIS_URL: 'redis://redis' });
    expect(settings.backing).toEqual({ kind: 'postgres+redis', databaseUrl: 'postgres://db/sluice', redisUrl: 'redis://redis' });
  });

  it.each([
    ['only a database', { SLUICE_DATABASE_URL: 'postgres://db/sluice' }, /belong together/],
    ['only Redis', { SLUICE_REDIS_URL: 'redis://redis' }, /belong together/],
    ['a database of another kind', { SLUICE_DATABASE_URL: 'mysql://db', SLUICE_REDIS_URL: 'redis://redis' }, /SLUICE_DATABASE_URL: a URL that starts with postgres:/],
    ['a role that does not exist', { SLUICE_ROLES: 'api,cook' }, /SLUICE_ROLES/],
    ['no data folder', { SLUICE_DATA: '' }, /SLUICE_DATA: set it to the folder/],
    ['a port out of range', { SLUICE_PORT: '70000' }, /SLUICE_PORT/],
    ['a public URL with a path', { SLUICE_PUBLIC_URL: 'https://example.org/sluice' }, /a path in it is not supported/],
    ['a public URL that is none', { SLUICE_PUBLIC_URL: 'example' }, /SLUICE_PUBLIC_URL: the URL under which/],
  ])('refuses %s and says what is wanted', (_, environment, message) => {
    expect(() => readSettings({ ...DATA, ...environment })).toThrow(message);
  });

  it('does not repeat a password that stands in a wrong URL', () => {
    expect(() => readSettings({ ...DATA, SLUICE_DATABASE_URL: 'mysql://u:hunter2@db', SLUICE_REDIS_URL: 'redis://redis' })).not.toThrow(/hunter2/);
  });
});
