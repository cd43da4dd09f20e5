import fc from 'fast-check';
import { formatFieldPath, parseFieldPath } from './field-path.js';

describe('a field path', () => {
  it.each([
    ['spec.replicas', ['spec', 'replicas']],
    ['spec.template.spec.containers[*].image', ['spec', 'template', 'spec', 'containers', '*', 'image']],
    ['metadata.annotations["a.b/c"]', ['metadata', 'annotations', 'a.b/c']],
    ['["a.b"].c-d_e', ['a.b', 'c-d_e']],
    ['data[*]', ['data', '*']],
  ])('%s is read', (text, path) => {
    expect(parseFieldPath(text)).toEqual({ ok: true, path });
  });

  it.each([
    ['', 'is empty'],
    ['spec.', 'ends with "."'],
    ['.spec', 'a key is expected at ".spec"'],
    ['spec..x', 'a key is expected'],
    ['spec.*.x', 'write "[*]"'],
    ['spec.containers[0].image', 'single items of a list cannot be owned'],
    ['spec["x', 'is not understood'],
    ['spec["*"]', 'the key "*" cannot be named'],
    ['spec["\\x"]', 'is not a key in double quotes'],
    ['spec[""]', 'is not a key in double quotes'],
    ['spec[*]x', '"." or "[" is expected'],
    ['spec.a b', '"." or "[" is expected before " b"'],
    [Array(33).fill('a').join('.'), 'more than 32 parts'],
  ])('%j is refused: %s', (text, problem) => {
    expect(parseFieldPath(text)).toEqual({ ok: false, problem: expect.stringContaining(problem) });
  });

  it('is read back from what it is written as', () => {
    const path = fc.array(fc.oneof(fc.string({ minLength: 1, unit: 'grapheme' }), fc.constantFrom('a', '*', 'a.b', '"')), { minLength: 1, maxLength: 6 });
    fc.assert(fc.property(path, (segments) => expect(parseFieldPath(formatFieldPath(segments))).toEqual({ ok: true, path: segments })));
  });
});
