import { randomBytes } from 'node:crypto';
import { SealError, SecretBox } from './sealed.js';

const key = (): string => randomBytes(32).toString('base64');

describe('a box for secrets', () => {
  it('gives back what was put in, and shows nothing of it', () => {
    const box = new SecretBox([key()]);
    const sealed = box.seal('ghp_secret', 'credential work');
    expect(sealed).not.toContain('ghp_secret');
    expect(box.open(sealed, 'credential work')).toBe('ghp_secret');
  });

  it('never gives the same text twice', () => {
    const box = new SecretBox([key()]);
    expect(box.seal('x', 'c')).not.toBe(box.seal('x', 'c'));
  });

  it('opens nothing that was sealed for something else, changed or cut off', () => {
    const box = new SecretBox([key()]);
    const sealed = box.seal('secret', 'credential work');
    expect(() => box.open(sealed, 'credential other')).toThrow(SealError);
    const [version, id, packed = ''] = sealed.split(':');
    // by bytes: not every change of the last letter of base64 is one
    const bytes = Buffer.from(packed, 'base64');
    for (let at = 0; at < bytes.length; at += 4) {
      const changed = Buffer.from(bytes);
      changed.writeUInt8(changed.readUInt8(at) ^ 1, at);
      expect(() => box.open([version, id, changed.toString('base64')].join(':'), 'credential work')).toThrow(SealError);
    }
    expect(() => box.open(sealed.slice(0, -8), 'credential work')).toThrow(SealError);
    expect(() => box.open('plain text', 'credential work')).toThrow('this version');
  });

  it('opens with an older key what a newer one has not sealed yet', () => {
    const [older, newer] = [key(), key()];
    const sealed = new SecretBox([older]).seal('secret', 'c');
    const both = new SecretBox([newer, older]);
    expect(both.open(sealed, 'c')).toBe('secret');
    const anew = both.seal('secret', 'c');
    expect(new SecretBox([newer]).open(anew, 'c')).toBe('secret');
    expect(() => new SecretBox([newer]).open(sealed, 'c')).toThrow('a key that is not here');
  });

  it('takes only keys of 32 bytes, and says so without showing one', () => {
    for (const wrong of ['', 'short', randomBytes(31).toString('base64'), `${key()}!`, 'not base64 but long enough to be thought a key of some kind']) {
      expect(() => new SecretBox([wrong])).toThrow('openssl rand -base64 32');
      if (wrong !== '') expect(() => new SecretBox([wrong])).not.toThrow(wrong);
    }
    expect(() => new SecretBox([]).seal('x', 'c')).toThrow('no key');
  });
});
