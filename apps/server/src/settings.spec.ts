import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { readSettings, VARIABLES } from './settings.js';

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
    expect(settings.backing).toEqual({ kind: 'postgres+redis', databaseUrl: 'postgres://db/sluice', databaseWait: 60_000, redisUrl: 'redis://redis' });
  });

  it.each([
    ['only a database', { SLUICE_DATABASE_URL: 'postgres://db/sluice' }, /belong together/],
    ['only Redis', { SLUICE_REDIS_URL: 'redis://redis' }, /belong together/],
    ['a database of another kind', { SLUICE_DATABASE_URL: 'mysql://db', SLUICE_REDIS_URL: 'redis://redis' }, /SLUICE_DATABASE_URL: a URL that starts with postgres:/],
    ['a role that does not exist', { SLUICE_ROLES: 'api,cook' }, /SLUICE_ROLES/],
    ['no data folder', { SLUICE_DATA: '' }, /SLUICE_DATA: set it to the folder/],
    ['a network that is none', { SLUICE_OUTBOUND_ALLOW: '10.0.0.0/8,localhost' }, /SLUICE_OUTBOUND_ALLOW.1: networks such as/],
    ['registries that are asked all the time', { SLUICE_IMAGE_INTERVAL: '1s' }, /SLUICE_IMAGE_INTERVAL: a length of time from 10s/],
    ['no worker at all', { SLUICE_CONCURRENCY: '0' }, /SLUICE_CONCURRENCY/],
    ['more at a time than any machine does', { SLUICE_CONCURRENCY: '65' }, /SLUICE_CONCURRENCY/],
    ['a mail server without a sender', { SLUICE_SMTP_URL: 'smtp://mail.example.org' }, /SLUICE_SMTP_URL and SLUICE_MAIL_FROM belong together/],
    ['a password that may go in the clear', { SLUICE_SMTP_URL: 'smtp://u:p@mail.example.org', SLUICE_MAIL_FROM: 'a@example.org', SLUICE_SMTP_STARTTLS: 'if-offered' }, /in the clear/],
    ['somebody to be told who is no target', { SLUICE_NOTIFY_DEFAULT: 'ops@example.org' }, /SLUICE_NOTIFY_DEFAULT.0: targets such as/],
    ['a port out of range', { SLUICE_PORT: '70000' }, /SLUICE_PORT/],
    ['a public URL with a path', { SLUICE_PUBLIC_URL: 'https://example.org/sluice' }, /a path in it is not supported/],
    ['a public URL that is none', { SLUICE_PUBLIC_URL: 'example' }, /SLUICE_PUBLIC_URL: the URL under which/],
  ])('refuses %s and says what is wanted', (_, environment, message) => {
    expect(() => readSettings({ ...DATA, ...environment })).toThrow(message);
  });

  it('are all in docs/server.md, which names no other', async () => {
    const text = await readFile(join(import.meta.dirname, '../../../docs/server.md'), 'utf8');
    expect([...new Set(text.match(/SLUICE_[A-Z_]+/g))].sort()).toEqual([...VARIABLES].sort());
  });

  it('reads a mail server, and nobody to be told', () => {
    const notify = readSettings({ ...DATA, SLUICE_SMTP_URL: 'smtps://sluice:p%40ss@mail.example.org', SLUICE_MAIL_FROM: 'sluice@example.org', SLUICE_NOTIFY_DEFAULT: 'none' }).notify;
    expect(notify).toEqual({ mail: { host: 'mail.example.org', port: 465, tls: 'implicit', from: 'sluice@example.org', auth: { user: 'sluice', password: 'p@ss' } }, defaultTargets: [] });
  });

  it('does not repeat a password that stands in a wrong URL', () => {
    expect(() => readSettings({ ...DATA, SLUICE_SMTP_URL: 'http://u:hunter2@mail', SLUICE_MAIL_FROM: 'a@example.org' })).toThrow(/^(?![^]*hunter2)[^]*SLUICE_SMTP_URL/);
    expect(() => readSettings({ ...DATA, SLUICE_DATABASE_URL: 'mysql://u:hunter2@db', SLUICE_REDIS_URL: 'redis://redis' })).not.toThrow(/hunter2/);
  });
});
