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
    ['freeze qa 1d12h “a longer night”', { kind: 'freeze', environment: 'qa', milliseconds: 129_600_000, reason: 'a longer night' }],
    ['freeze qa 2H ‘incident 42’', { kind: 'freeze', environment: 'qa', milliseconds: 7_200_000, reason: 'incident 42' }],
    ["freeze qa 2h 'incident 42'", { kind: 'freeze', environment: 'qa', milliseconds: 7_200_000, reason: 'incident 42' }],
    ["reject checkout qa it's Bob's", { kind: 'reject', application: 'checkout', environment: 'qa', reason: "it's Bob's" }],
    ['reject checkout qa «zu früh»', { kind: 'reject', application: 'checkout', environment: 'qa', reason: 'zu früh' }],
    ['reject checkout qa "never closed', { kind: 'reject', application: 'checkout', environment: 'qa', reason: '"never closed' }],
    ['promote "checkout" ‘qa’', { kind: 'promote', application: 'checkout', environment: 'qa', reason: '' }],
    // what Slack makes of mentions and addresses where an app has it escape them
    ['reject checkout qa ask <@U012AB|grace> in <#C123|releases>, <https://example.org/42|example.org/42> <!here>', { kind: 'reject', application: 'checkout', environment: 'qa', reason: 'ask @grace in #releases, example.org/42 @here' }],
    ['reject checkout qa see <https://example.org/42>', { kind: 'reject', application: 'checkout', environment: 'qa', reason: 'see https://example.org/42' }],
    ['status <http://shop.io|shop.io>', { kind: 'status', application: 'shop.io' }],
    ['link `ABC123`', { kind: 'link', code: 'ABC123' }],
    ['link ABC123', { kind: 'link', code: 'ABC123' }],
    ['unlink', { kind: 'unlink' }],
  ])('%s', (text, command) => {
    expect(parseCommand(text)).toEqual(command);
  });

  it.each([['promote checkout'], ['freeze qa'], ['freeze qa 2h'], ['freeze qa soon "x"'], ['freeze qa 1s "x"'], ['freeze qa 2h ""'], ['freeze qa 2h " "'], ['freeze qa 400d "x"'], ['status a b c'], ['why a b c'],  ['link'], ['link A B'], ['dance']])('%s is not understood', (text) => {
    expect(parseCommand(text)).toMatchObject({ kind: 'wrong', message: expect.stringMatching(/type|no command/) });
  });

  it.each([
    ['freeze qa soon "x"', '“soon” is no duration'],
    ['freeze qa 30s "x"', 'from a minute to a year'],
    ['freeze qa 2h', 'say why'],
  ])('%s is not understood, and is told what of it', (text, why) => {
    expect(parseCommand(text)).toMatchObject({ kind: 'wrong', message: expect.stringContaining(why) });
  });

  it('mentions nobody when it says that it does not understand', () => {
    expect(parseCommand('&lt;!channel&gt; x')).toEqual({ kind: 'wrong', message: 'there is no command “&lt;!channel&gt;”' });
  });
});
