import { addressesOf, hostsOf } from './addresses.js';

const INTERFACES = ['192.0.2.7', '2001:db8::7'];

describe('the addresses of a server', () => {
  it.each([
    ['127.0.0.1', 'http://127.0.0.1:7420'],
    ['localhost', 'http://localhost:7420'],
    ['::1', 'http://[::1]:7420'],
    ['192.0.2.7', 'http://192.0.2.7:7420'],
  ])('are one when it listens on %s', (host, url) => {
    expect(addressesOf(host, 7420, INTERFACES)).toEqual({ url, others: [] });
  });

  it('are all of the machine when it listens on all, and browsers may use each', () => {
    const addresses = addressesOf('0.0.0.0', 7420, INTERFACES);
    expect(addresses).toEqual({ url: 'http://127.0.0.1:7420', others: ['http://192.0.2.7:7420'] });
    expect(hostsOf(addresses)).toEqual(['127.0.0.1:7420', '192.0.2.7:7420']);
    expect(addressesOf('::', 7420, INTERFACES).others).toEqual(['http://192.0.2.7:7420', 'http://[2001:db8::7]:7420']);
  });

  it('leave out the port that browsers leave out', () => {
    expect(hostsOf(addressesOf('127.0.0.1', 80, INTERFACES))).toEqual(['127.0.0.1']);
  });
});
