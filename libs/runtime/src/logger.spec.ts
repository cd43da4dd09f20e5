import { createLogger } from './logger.js';

function capture(write: (log: ReturnType<typeof createLogger>) => void): Record<string, unknown> {
  const lines: string[] = [];
  write(createLogger({ name: 'test', level: 'info', destination: { write: (line) => void lines.push(line) } }));
  return JSON.parse(lines.join('')) as Record<string, unknown>;
}

describe('createLogger', () => {
  it('writes JSON with a level in words and a time in UTC', () => {
    const line = capture((log) => log.info({ repository: 'shop' }, 'repository created'));
    expect(line).toMatchObject({ level: 'info', name: 'test', repository: 'shop', msg: 'repository created' });
    expect(line['time']).toMatch(/Z$/);
  });

  it.each([
    ['at the top', { token: 'hunter2' }],
    ['in headers of a request', { request: { headers: { authorization: 'Bearer hunter2', cookie: 'a=hunter2' } } }],
    ['in a body', { body: { password: 'hunter2', secret: 'hunter2' } }],
    ['in a cookie of ours', { headers: { 'set-cookie': 'hunter2' } }],
  ])('leaves a secret out %s', (_, metadata) => {
    expect(JSON.stringify(capture((log) => log.info(metadata, 'seen')))).not.toContain('hunter2');
  });

  it('leaves the password of a URL out of errors and their causes', () => {
    const error = new Error('cannot start', { cause: new Error('connect postgres://sluice:hunter2@db:5432/sluice failed') });
    const line = JSON.stringify(capture((log) => log.error({ err: error }, 'start failed')));
    expect(line).not.toContain('hunter2');
    expect(line).toContain('postgres://db:5432/sluice');
  });
});
