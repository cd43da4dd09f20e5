import { formatLabels, hasLabels, labelKeyProblem, labelsProblem, labelValueProblem, parseLabels } from './labels.js';

describe('a label', () => {
  it.each([['canary'], ['example.org/tier'], ['A.b_c-1'], ['a'.repeat(63)]])('may have the key %s', (key) => {
    expect(labelKeyProblem(key)).toBeUndefined();
  });

  it.each([[''], ['-a'], ['a b'], ['a'.repeat(64)], ['/a'], ['Example.org/a'], ['a/b/c'], [`${'a'.repeat(254)}/b`]])('may not have the key %s', (key) => {
    expect(labelKeyProblem(key)).toContain('key');
  });

  it.each([
    ['', true],
    ['true', true],
    ['eu-1', true],
    ['no way', false],
    ['a'.repeat(64), false],
  ])('with the value "%s" is right: %s', (value, isRight) => {
    expect(labelValueProblem(value) === undefined).toBe(isRight);
  });

  it('is one of a few', () => {
    expect(labelsProblem(Object.fromEntries(Array.from({ length: 65 }, (_, index) => [`k${index}`, 'v'])))).toBe('at most 64 labels');
    expect(labelsProblem({ canary: 'true', 'a b': '' })).toContain('key');
  });
});

describe('a selector', () => {
  it.each([
    [{}, {}, true],
    [{ canary: 'true' }, {}, true],
    [{ canary: 'true', region: 'eu' }, { canary: 'true' }, true],
    [{ canary: 'false' }, { canary: 'true' }, false],
    [{ canary: 'true' }, { canary: 'true', region: 'eu' }, false],
    [{}, { toString: '' }, false],
  ])('%j is taken by %j: %s', (labels, selector, isTaken) => {
    expect(hasLabels(labels as Record<string, string>, selector as Record<string, string>)).toBe(isTaken);
  });
});

describe('labels as text', () => {
  it('are read back as they were written', () => {
    const labels = { region: 'eu', canary: 'true', empty: '' };
    expect(formatLabels(labels)).toBe('canary=true,empty=,region=eu');
    expect(parseLabels(formatLabels(labels))).toEqual(labels);
    expect(parseLabels('')).toEqual({});
    expect(parseLabels('canary')).toBeUndefined();
  });
});
