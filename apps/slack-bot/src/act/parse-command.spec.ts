import { parseCommand } from './parse-command.js';

describe('what is typed after /sluice', () => {
  it.each([
    ['', { kind: 'form' }],
    ['  ', { kind: 'form' }],
    ['help', { kind: 'help' }],
    ['promote checkout qa', { kind: 'promote', application: 'checkout', environment: 'qa', reason: '' }],
    ['PROMOTE shop/checkout QA it is time', { kind: 'promote', repository: 'shop', application: 'checkout', environment: 'qa', reason: 'it is time' }],
    ['reject checkout qa "too early, really"', { kind: 'reject', application: 'checkout', environment: 'qa', reason: 'too early, really' }],
    ['promote checkout qa R&amp;D wants p99 &lt; 1s', { kind: 'promote', application: 'checkout', environment: 'qa', reason: 'R&D wants p99 < 1s' }],
    ['promote checkout qa say &amp;lt;', { kind: 'promote', application: 'checkout', environment: 'qa', reason: 'say &lt;' }],
    ['status', { kind: 'status' }],
    ['why checkout', { kind: 'why', application: 'checkout' }],
    ['freeze qa 2h "incident 42"', { kind: 'freeze', environment: 'qa', milliseconds: 7_200_000, reason: 'incident 42' }],
    ['freeze shop/qa 2h x', { kind: 'freeze', repository: 'shop', environment: 'qa', milliseconds: 7_200_000, reason: 'x' }],
    ['freeze all 30m “database move”', { kind: 'freeze', environment: 'all', milliseconds: 1_800_000, reason: 'database move' }],
    ['link ABC123', { kind: 'link', code: 'ABC123' }],
    ['unlink', { kind: 'unlink' }],
  ])('%s', (text, command) => {
    expect(parseCommand(text)).toEqual(command);
  });

  it.each([['promote checkout'], ['freeze qa'], ['freeze qa 2h'], ['freeze qa soon "x"'], ['freeze qa 1s "x"'], ['link'], ['link A B'], ['dance']])('%s is not understood', (text) => {
    expect(parseCommand(text)).toMatchObject({ kind: 'wrong', message: expect.stringMatching(/type|no command/) });
  });

  it('mentions nobody when it says that it does not understand', () => {
    expect(parseCommand('&lt;!channel&gt; x')).toEqual({ kind: 'wrong', message: 'there is no command “&lt;!channel&gt;”' });
  });
});
