import { maskedIn } from './masked-message.js';

const secret = { identity: { group: '', kind: 'Secret', namespace: 'shop', name: 'key' }, value: new Map([['data', new Map([['password', Buffer.from('correct horse').toString('base64')], ['no', 'a']])]]) };

it('leaves out of what a server says what a Secret keeps, however it is written', () => {
  expect(maskedIn('"Y29ycmVjdCBob3JzZQ==" (correct horse) is not a good one', secret)).toBe('"(masked)" ((masked)) is not a good one');
});

it('leaves other objects alone', () => {
  expect(maskedIn('correct horse', { ...secret, identity: { ...secret.identity, kind: 'ConfigMap' } })).toBe('correct horse');
});
