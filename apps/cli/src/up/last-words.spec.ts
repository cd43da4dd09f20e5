import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { temporaryFolder } from '@sluice/testing';
import { lastWords } from './last-words.js';

describe('the last words of a process', () => {
  let folder: string;
  let remove: () => Promise<void>;
  beforeEach(async () => ({ folder, remove } = await temporaryFolder()));
  afterEach(() => remove());

  async function wordsOf(...lines: readonly string[]): Promise<string | undefined> {
    await writeFile(join(folder, 'a.log'), lines.join('\n'));
    return lastWords(join(folder, 'a.log'));
  }
  const line = (fields: object): string => JSON.stringify({ time: 'now', ...fields });

  it('are its last error with the reason, whatever came after', async () => {
    const failed = line({ level: 'error', msg: 'server could not start', err: { message: 'The database does not answer.', stack: 'at …', cause: { message: 'connect ECONNREFUSED' } } });
    expect(await wordsOf(line({ level: 'error', msg: 'first' }), failed, line({ level: 'info', msg: 'bye' }), '    at somewhere', '{ broken')).toBe('The database does not answer. (connect ECONNREFUSED)');
  });

  it('are what an agent says to people', async () => {
    expect(await wordsOf(line({ level: 'info', msg: 'x' }), 'sluice agent: the join token is spent')).toBe('the join token is spent');
    expect(await wordsOf('sluice slack-bot: Slack does not take the bot token')).toBe('Slack does not take the bot token');
  });

  it('can be shown on a terminal', async () => {
    expect(await wordsOf(line({ level: 'error', msg: 'a\u001b[31mb' }))).not.toContain('\u001b');
  });

  it('are missing when nothing went wrong, or there is no log', async () => {
    expect(await wordsOf(line({ level: 'info', msg: 'x' }))).toBeUndefined();
    expect(await lastWords(join(folder, 'none.log'))).toBeUndefined();
  });
});
