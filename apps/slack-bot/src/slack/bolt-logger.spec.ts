import { createLogger } from '@sluice/runtime';
import { boltLogger, withoutSecrets } from './bolt-logger.js';

describe('what Slack’s libraries log', () => {
  it.each([['xoxb-1234-abcd-EFgh'], ['xapp-1-A1-2-abc'], ['wss://x/link/?ticket=abc-def&app_id=A1'], ['https://hooks.slack.com/commands/T1/2/abc']])('has no %s in it', (secret) => {
    expect(withoutSecrets(`calling with ${secret} failed`)).not.toMatch(/1234|A1-2|abc/);
  });

  it('is never written at debug, where payloads are', () => {
    const lines: string[] = [];
    const logger = boltLogger(createLogger({ name: 'x', level: 'debug', destination: { write: (line) => void lines.push(line) } }));
    logger.debug('Received a message: {"token":"xoxb-1"}');
    logger.warn('retrying', { token: 'xoxb-2' }, new Error('of xoxb-3'));
    expect(lines).toHaveLength(1);
    expect(lines.join('')).not.toContain('xoxb');
  });
});
