import type { ComposeFileInput, FileVersion } from '../model.js';
import { composeFiles } from './compose-files.js';
import { composed, conflicts, REGISTRY, rest, type Texts } from './compose.fixture.js';

const yaml = (colour: string, size: string, extra = 'x') => `kind: ConfigMap
apiVersion: v1
metadata: { name: a }
data:
  colour: ${colour} # why
  size: ${size}
  extra: ${extra}
`;
const SIDES = { base: yaml('red', 'small'), source: yaml('blue', 'large', 'y'), target: yaml('green', 'medium') };

describe('what is left of a file that conflicts', () => {
  test('has everything that does not conflict, and the target’s version of what does', () => {
    expect(rest(SIDES)).toBe(yaml('green', 'medium', 'y'));
  });
  test('lines too, without any marker', () => {
    expect(rest({ path: 'run.sh', base: 'a\nb\nc\n', source: 'A\nb\nX\n', target: 'a\nb\nY\n' })).toBe('A\nb\nY\n');
  });
  test('is the target’s file where it conflicts as a whole', () => {
    expect(rest({ path: 'a.png', base: 'a\0', source: 'b\0', target: 'c\0' })).toBeUndefined();
  });
});

describe('a resolution', () => {
  const answered = (answer: string, fields: Partial<NonNullable<Texts['resolved']>> = {}): Texts => ({ ...SIDES, resolved: { ...SIDES, answer, ...fields } });

  test('is taken at the nodes that conflict, and nowhere else', () => {
    expect(composed(answered(yaml('teal', 'huge', 'sneaked in')))).toBe(yaml('teal', 'huge', 'y'));
  });
  test('that says nothing of a conflict leaves it', () => {
    expect(conflicts(answered(yaml('teal', 'medium', 'y'))).map(({ field }) => field)).toEqual(['data.size']);
    expect(rest(answered(yaml('teal', 'medium', 'y')))).toBe(yaml('teal', 'medium', 'y'));
  });
  test('that is complete keeps the target’s value where it has it', () => {
    expect(composed(answered(yaml('teal', 'medium', 'y'), { isComplete: true }))).toBe(yaml('teal', 'medium', 'y'));
  });
  test('may take the node away', () => {
    expect(composed(answered(yaml('teal', 'huge').replace('  size: huge\n', '')))).toBe(yaml('teal', 'huge', 'y').replace('  size: huge\n', ''));
  });
  test('counts where the three values are still the same, when the rest has moved on', () => {
    const moved = { ...SIDES, source: yaml('blue', 'enormous', 'z') };
    const texts = { ...moved, resolved: { ...SIDES, answer: yaml('teal', 'huge'), isComplete: true } };
    expect(conflicts(texts)).toMatchObject([{ field: 'data.size', base: '"small"', source: '"enormous"', target: '"medium"' }]);
    expect(rest(texts)).toBe(yaml('teal', 'medium', 'z'));
  });
  test('of an image keeps the registry of the environment', () => {
    const image = (reference: string) => `apiVersion: apps/v1\nkind: Deployment\nmetadata: { name: a }\nspec: { template: { spec: { containers: [{ name: a, image: "${reference}" }] } } }\n`;
    const sides = { base: image('dev/a:1'), source: image('dev/a:2'), target: image('prod/a:1-fix'), owned: [REGISTRY] };
    expect(composed({ ...sides, resolved: { ...sides, answer: image('dev/a:2-fix') } })).toBe(image('prod/a:2-fix'));
  });
  test.each([
    ['of a binary is the whole file', { path: 'a.png', base: 'a\0', source: 'b\0', target: 'c\0', resolved: { base: 'a\0', source: 'b\0', target: 'c\0', answer: 'd\0' } }, 'd\0'],
    ['of a file that the source removed keeps it', { base: 'a: 1\n', target: 'a: 2\n', resolved: { base: 'a: 1\n', target: 'a: 2\n', answer: 'a: 2\n', isComplete: true } }, 'unchanged'],
    ['of a file that the source removed takes it away', { path: 'run.sh', base: 'a\n', target: 'b\n', resolved: { base: 'a\n', target: 'b\n' } }, 'delete'],
    ['of lines is the whole file', { path: 'run.sh', base: 'a\n', source: 'b\n', target: 'c\n', resolved: { base: 'a\n', source: 'b\n', target: 'c\n', answer: 'bc\n' } }, 'bc\n'],
    ['of a file that cannot be read mends it', { base: 'a: 1\n', source: 'a: 2\n', target: 'a: [\n', resolved: { base: 'a: 1\n', source: 'a: 2\n', target: 'a: [\n', answer: 'a: 2\n' } }, 'a: 2\n'],
  ] as readonly (readonly [string, Texts, string])[])('%s', (_name, texts, wanted) => {
    expect(composed(texts)).toBe(wanted);
  });
  test('of a whole file does not count for other versions of it', () => {
    expect(conflicts({ path: 'a.png', base: 'a\0', source: 'B\0', target: 'c\0', resolved: { base: 'a\0', source: 'b\0', target: 'c\0', answer: 'd\0', isComplete: true } })).toHaveLength(1);
  });
  test('of an object that the source has moved counts where it is now', () => {
    const file = (text: string): FileVersion => ({ mode: '100644', bytes: new TextEncoder().encode(text) });
    const [base, source, target, answer] = [SIDES.base, SIDES.source, SIDES.target, yaml('teal', 'huge', 'y')].map(file) as [FileVersion, FileVersion, FileVersion, FileVersion];
    const inputs: readonly ComposeFileInput[] = [
      { path: 'new.yaml', owned: [], source },
      { path: 'old.yaml', owned: [], base, target },
    ];
    expect(composeFiles(inputs).map(({ kind }) => kind)).toEqual(['conflict', 'delete']);
    const [moved, left] = inputs as [ComposeFileInput, ComposeFileInput];
    const resolved = [
      { ...moved, resolved: { source, answer, isComplete: false } },
      { ...left, resolved: { base, target, isComplete: false } },
    ];
    expect(composeFiles(resolved)).toMatchObject([{ kind: 'write', file: answer }, { kind: 'delete' }]);
  });
  test('that cannot be read itself is none', () => {
    expect(conflicts({ base: 'a: 1\n', source: 'a: 2\n', target: 'a: [\n', resolved: { base: 'a: 1\n', source: 'a: 2\n', target: 'a: [\n', answer: 'b: [\n' } }).at(-1)?.message).toContain('on the branch of the request');
  });
});
