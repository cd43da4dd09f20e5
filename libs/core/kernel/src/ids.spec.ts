import { InvalidInput } from './errors.js';
import { commitSha, environmentName, isName, promotionId } from './ids.js';
import { printable, printableLine } from './text.js';

describe('identifiers', () => {
  it('takes DNS labels as names and nothing else', () => {
    expect(isName('qa-eu1')).toBe(true);
    for (const bad of ['', 'QA', '-qa', 'qa-', 'a/b', 'a.b', 'a'.repeat(64), 'qa\n']) expect(isName(bad)).toBe(false);
  });

  it('refuses a short or upper-case commit and says what it got', () => {
    expect(() => commitSha('abc')).toThrow(InvalidInput);
    expect(() => commitSha('A'.repeat(40))).toThrow(/is not a commit/);
    expect(commitSha('a'.repeat(64))).toHaveLength(64);
  });

  it('does not echo a long input whole', () => {
    const message = ((): string => {
      try {
        environmentName('X'.repeat(5_000));
      } catch (error) {
        return (error as Error).message;
      }
      return '';
    })();
    expect(message.length).toBeLessThan(200);
  });

  it('knows promotion ids', () => {
    expect(promotionId('qa-checkout-0123456789ab')).toBe('qa-checkout-0123456789ab');
    expect(() => promotionId('../etc')).toThrow(InvalidInput);
  });
});

describe('untrusted text', () => {
  it('loses control characters and characters that reorder text', () => {
    expect(printable('a\u001b[31mb\u202ec\u0000')).toBe('a\ufffd[31mb\ufffdc\ufffd');
  });
  it('keeps line breaks only where they are wanted', () => {
    expect(printable('a\nb')).toBe('a\nb');
    expect(printableLine('a\r\nb')).toBe('a b');
  });
  it('is bounded', () => {
    expect(printable('x'.repeat(50), 10)).toHaveLength(10);
  });
});
