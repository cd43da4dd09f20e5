import { addressRules } from './address-rules.js';

test.each(['93.184.216.34', '2606:2800:220:1::1', '::ffff:93.184.216.34'])('%s is public', (address) => {
  expect(addressRules([]).allows(address)).toBe(true);
});

test.each([
  ['loopback', '127.0.0.1'],
  ['loopback', '::1'],
  ['loopback', '::ffff:127.0.0.1'],
  ['private', '10.1.2.3'],
  ['private', '172.16.0.1'],
  ['private', '192.168.1.1'],
  ['private', 'fd00::1'],
  ['a cloud’s metadata', '169.254.169.254'],
  ['a cloud’s metadata', '::ffff:169.254.169.254'],
  ['a cloud’s metadata', 'fe80::1'],
  ['carriers’', '100.64.0.1'],
  ['this host', '0.0.0.0'],
  ['this host', '::'],
  ['everybody', '255.255.255.255'],
  ['a group', '224.0.0.1'],
  ['a group', 'ff02::1'],
  ['IPv4 in another way of writing', '64:ff9b::7f00:1'],
  ['IPv4 in another way of writing', '2002:7f00:1::1'],
  ['no address', 'localhost'],
  ['no address', ''],
])('%s (%s) is refused', (_, address) => {
  expect(addressRules([]).allows(address)).toBe(false);
});

test('a network that is allowed is, and no other', () => {
  const rules = addressRules(['10.0.0.0/8', 'fd00::/8']);
  expect(['10.9.9.9', '::ffff:10.0.0.1', 'fd12::1', '11.0.0.1', '192.168.0.1', 'fe80::1'].map((address) => rules.allows(address))).toEqual([true, true, true, true, false, false]);
});

test('what is no network is refused at once', () => {
  expect(() => addressRules(['10.0.0.0'])).toThrow(RangeError);
});
