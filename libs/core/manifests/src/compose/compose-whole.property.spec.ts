import fc from 'fast-check';
import type { ComposeFileInput, ComposeFileOutcome, FileVersion } from '../model.js';
import { composeFile } from './compose-file.js';
import { composed, file } from './compose.fixture.js';
import { sameFile } from './file-version.js';
import { RUNS } from './property-runs.fixture.js';

type Sides = Pick<ComposeFileInput, 'base' | 'source' | 'target'>;

function sidesOf(...[base, source, target]: readonly (FileVersion | undefined)[]): Sides {
  return Object.fromEntries(Object.entries({ base, source, target }).filter(([, side]) => side !== undefined));
}

/** What the target has then; `undefined`: no file. */
function after({ target }: Sides, outcome: ComposeFileOutcome): FileVersion | undefined | 'conflict' {
  if (outcome.kind === 'write') return outcome.file;
  return outcome.kind === 'conflict' ? 'conflict' : outcome.kind === 'delete' ? undefined : target;
}

const REGULAR = ['100644', '100755'];

describe('what is taken or left as a whole', () => {
  const bytes = fc.uint8Array({ maxLength: 2 });
  const binary = fc.record({ mode: fc.constantFrom(...REGULAR), bytes: bytes.map((some) => Uint8Array.of(0, ...some)) });
  const link = fc.record({ mode: fc.constantFrom('120000', '160000'), bytes });
  const version = fc.option(fc.oneof(binary, link), { nil: undefined });

  test('is the release’s where the environment has the base’s, the environment’s where the release changed nothing, else a conflict', () => {
    fc.assert(
      fc.property(fc.array(version, { minLength: 1, maxLength: 3 }), fc.nat(2), fc.nat(2), fc.constantFrom('logo.png', 'app.yaml', 'data.json'), (some, a, b, path) => {
        const sides = sidesOf(some[0], some[a % some.length], some[b % some.length]);
        const result = after(sides, composeFile({ ...sides, path, owned: [{ path: ['own'] }] }));
        if (sameFile(sides.source, sides.base) || sameFile(sides.source, sides.target)) return expect(result).toEqual(sides.target);
        return expect(result).toEqual(sameFile(sides.target, sides.base) ? sides.source : 'conflict');
      }),
      RUNS,
    );
  });
});

describe('the mode', () => {
  const mode = fc.constantFrom(...REGULAR);
  const texts = { 'run.sh': ['a\nb\nc\n', 'a\nb\nC\n', 'A\nb\nc\n', 'A\nb\nC\n'], 'app.yaml': ['a: 1\nb: 1\n', 'a: 1\nb: 2\n', 'a: 2\nb: 1\n', 'a: 2\nb: 2\n'] };

  test('of a text goes its own way: who changed it gives it, whatever happens to the lines', () => {
    fc.assert(
      fc.property(fc.constantFrom('run.sh', 'app.yaml'), fc.tuple(mode, mode, mode), fc.boolean(), fc.boolean(), (path, [base, source, target], theirs, ours) => {
        const versions = texts[path];
        const sides = sidesOf(file(versions[0], base), file(versions[theirs ? 1 : 0], source), file(versions[ours ? 2 : 0], target));
        const result = after(sides, composeFile({ ...sides, path, owned: [] }));
        expect(result).toEqual(file(versions[(theirs ? 1 : 0) + (ours ? 2 : 0)], source === base ? target : source));
      }),
      RUNS,
    );
  });
});

describe('a text that is no YAML', () => {
  /** Each line is kept, changed, removed, or followed by a new one. */
  const what = fc.constantFrom('keep', 'change', 'remove', 'add');
  // three lines that nobody touches between any two that somebody does
  const places = fc.array(fc.record({ who: fc.constantFrom('source', 'target', 'both'), what }), { minLength: 1, maxLength: 5 });
  type Places = typeof places extends fc.Arbitrary<infer T> ? T : never;

  function lines(at: Places, ...by: readonly string[]): string[] {
    return at.flatMap(({ who, what: how }, index) => [`first ${index}`, `second ${index}`, ...(by.includes(who) ? changedLine(index, how) : [`line ${index}`]), `third ${index}`]);
  }

  function changedLine(index: number, how: string): string[] {
    if (how === 'remove') return [];
    if (how === 'add') return [`line ${index}`, `new ${index}`];
    return [how === 'keep' ? `line ${index}` : `LINE ${index}`];
  }

  test('gets the release’s lines beside the environment’s own, with its line breaks and its end', () => {
    fc.assert(
      fc.property(places, fc.boolean(), fc.boolean(), (at, crlf, noEnd) => {
        const form = (some: readonly string[]): string => some.join(crlf ? '\r\n' : '\n') + (noEnd ? '' : crlf ? '\r\n' : '\n');
        const text = (...by: readonly string[]): string => `${lines(at, ...by).join('\n')}\n`;
        const target = form(lines(at, 'target', 'both'));
        const wanted = form(lines(at, 'source', 'target', 'both'));
        const output = composed({ path: 'notes.txt', base: text(), source: text('source', 'both'), target });
        expect(output === 'unchanged' ? target : output).toBe(wanted);
      }),
      RUNS,
    );
  });
});
