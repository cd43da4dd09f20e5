import { instant } from '@sluice/kernel';
import type { Settings } from '../ports/index.js';
import { NONCE_LIFETIME, ServerNonce } from './server-nonce.js';

function memory(): Settings {
  const values = new Map<string, string>();
  return {
    get: async (key) => values.get(key),
    init: async (key, value) => {
      if (!values.has(key)) values.set(key, value);
      return values.get(key) ?? value;
    },
    put: async (key, value) => void values.set(key, value),
  };
}

describe('a nonce of the server', () => {
  let now = 1_000_000;
  const clock = () => instant(now);
  beforeEach(() => void (now = 1_000_000));

  it('is good until it expires, by the server’s clock alone', async () => {
    const nonces = await ServerNonce.create(memory(), clock);
    const { nonce, expiresAt } = nonces.issue();
    now += NONCE_LIFETIME - 1;
    expect(nonces.expiry(nonce)).toBe(expiresAt);
    now += 1;
    expect(nonces.expiry(nonce)).toBeUndefined();
  });

  it('of one replica is good at the others, which share its key', async () => {
    const shared = memory();
    const [one, other] = [await ServerNonce.create(shared, clock), await ServerNonce.create(shared, clock)];
    expect(other.expiry(one.issue().nonce)).toBeDefined();
  });

  it('of another server is not good here', async () => {
    const [one, other] = [await ServerNonce.create(memory(), clock), await ServerNonce.create(memory(), clock)];
    expect(other.expiry(one.issue().nonce)).toBeUndefined();
  });

  it.each([
    ['with a later time', (nonce: string) => nonce.replace(/^\d+/, '2000000')],
    ['without its tag', (nonce: string) => nonce.split('.')[0] ?? ''],
    ['with a part more', (nonce: string) => `${nonce}.x`],
    ['that is empty', () => ''],
    ['with a tag that was cut', (nonce: string) => nonce.slice(0, -4)],
  ])('%s is not good', async (_, forge) => {
    const nonces = await ServerNonce.create(memory(), clock);
    expect(nonces.expiry(forge(nonces.issue().nonce))).toBeUndefined();
  });
});
