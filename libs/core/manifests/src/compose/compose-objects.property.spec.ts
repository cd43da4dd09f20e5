import fc from 'fast-check';
import { compose, composed } from './compose.fixture.js';
import { edit, edited, FORMS, inOwnForm, objects, own, type Edit, type Form, type Objects } from './compose-objects.fixture.js';
import { RUNS } from './property-runs.fixture.js';

const CONFLICT = Symbol('conflict');
type Fields = ReadonlyMap<string, string>;

/** The rule of three for one field, one object, one file; what the environment owns is its own. */
function mergeField(base: string | undefined, source: string | undefined, target: string | undefined): string | undefined | typeof CONFLICT {
  if (source === base || source === target) return target;
  return target === base ? source : CONFLICT;
}

function without(fields: Fields | undefined, owns: boolean): string {
  return fields === undefined ? '-' : JSON.stringify([...fields].filter(([key]) => !owns || key !== 'own').sort());
}

function mergeObject(base: Fields | undefined, source: Fields | undefined, target: Fields | undefined, owns: boolean): Fields | undefined | typeof CONFLICT {
  if (source !== undefined && target !== undefined) return mergeFields(base, source, target, owns);
  const left = source ?? target;
  if (base === undefined || left === undefined) return left;
  return without(left, owns) === without(base, owns) ? undefined : CONFLICT;
}

function mergeFields(base: Fields | undefined, source: Fields, target: Fields, owns: boolean): Fields | typeof CONFLICT {
  const merged = new Map<string, string>();
  for (const key of new Set([...source.keys(), ...target.keys()])) {
    const value = owns && key === 'own' ? target.get(key) : mergeField(base?.get(key), source.get(key), target.get(key));
    if (value === CONFLICT) return CONFLICT;
    if (value !== undefined) merged.set(key, value);
  }
  return merged;
}

function mergeAll(base: Objects, source: Objects, target: Objects, owns: boolean): Objects | typeof CONFLICT {
  const merged = new Map<string, Fields>();
  for (const name of new Set([...source.keys(), ...target.keys()])) {
    const object = mergeObject(base.get(name), source.get(name), target.get(name), owns);
    if (object === CONFLICT) return CONFLICT;
    if (object !== undefined) merged.set(name, object);
  }
  return merged;
}

function read({ read: objectsIn }: Form, text: string | undefined): unknown {
  return Object.fromEntries([...(text === undefined ? [] : objectsIn(text))].map(([name, fields]) => [name, Object.fromEntries(fields)]));
}

function plain(all: Objects): unknown {
  return Object.fromEntries([...all].map(([name, fields]) => [name, Object.fromEntries(fields)]));
}

function after(all: Objects, edits: readonly Edit[]): Objects {
  return edits.reduce(edited, all);
}

/** The text that the environment has then; `undefined` when there is no file. */
function result(form: Form, texts: { base: string | undefined; source: string | undefined; target: string | undefined }, owns: boolean): string | undefined {
  const output = composed(given(form, texts, owns));
  return output === 'unchanged' ? texts.target : output === 'delete' ? undefined : output;
}

function given({ path, owned }: Form, texts: { base: string | undefined; source: string | undefined; target: string | undefined }, owns: boolean) {
  return { path, ...(owns && { owned }), ...Object.fromEntries(Object.entries(texts).filter(([, text]) => text !== undefined)) };
}

const edits = fc.array(edit, { maxLength: 4 });

describe.each(Object.entries(FORMS))('%s', (_name, form) => {
  const { path, write } = form;

  test('are merged one by one and field by field, and a second time there is nothing to do', () => {
    fc.assert(
      fc.property(objects, fc.tuple(edits, edits), own, fc.boolean(), (base, [theirs, ours], how, owns) => {
        const [source, target] = [after(base, theirs), after(base, ours)];
        const wanted = mergeAll(base, source, target, owns);
        const targetText = write(target);
        const texts = { base: write(base), source: write(source), target: targetText && inOwnForm(targetText, path, how) };
        if (wanted === CONFLICT) return expect(compose(given(form, texts, owns))).toMatchObject({ kind: 'conflict', conflicts: expect.arrayContaining([expect.objectContaining({ reason: expect.stringMatching(/both-changed|deleted-and-changed/) })]) });
        const text = result(form, texts, owns);
        expect(read(form, text)).toEqual(plain(wanted));
        return expect(result(form, { ...texts, target: text }, owns)).toBe(text);
      }),
      RUNS,
    );
  });

  test('keep the line breaks and the end of the environment’s file', () => {
    fc.assert(
      fc.property(objects, edits, own, (base, theirs, how) => {
        const target = write(base);
        fc.pre(target !== undefined && write(after(base, theirs)) !== undefined);
        const texts = { base: target, source: write(after(base, theirs)), target: inOwnForm(target ?? '', path, { ...how, comments: true }) };
        fc.pre(texts.target !== target && texts.target.includes('\n'));
        const text = result(form, texts, false) ?? '';
        expect(text.replace(/\r\n/g, '').includes(how.crlf ? '\n' : '\r')).toBe(false);
        expect(text.endsWith('\n')).toBe(!how.noEnd);
      }),
      RUNS,
    );
  });

  test('come to the same, whoever of two that did different things was first', () => {
    fc.assert(
      fc.property(objects, edits, edits, (base, first, second) => {
        const [one, two] = [after(base, first), after(base, second)];
        const both = mergeAll(base, one, two, false);
        fc.pre(both !== CONFLICT);
        const there = result(form, { base: write(base), source: write(one), target: write(two) }, false);
        const back = result(form, { base: write(base), source: write(two), target: write(one) }, false);
        expect(read(form, there)).toEqual(read(form, back));
      }),
      RUNS,
    );
  });

  test('may all be owned in a field: the environment’s is never another after a release', () => {
    fc.assert(
      fc.property(objects, edits, edits, own, (base, theirs, ours, how) => {
        const target = after(base, ours);
        const text = write(target);
        const texts = { base: write(base), source: write(after(base, theirs)), target: text && inOwnForm(text, path, how) };
        fc.pre(compose(given(form, texts, true)).kind !== 'conflict');
        const then = result(form, texts, true);
        const fields = then === undefined ? new Map<string, Fields>() : form.read(then);
        for (const [name, before] of target) if (fields.has(name)) expect(fields.get(name)?.get('own')).toBe(before.get('own'));
      }),
      RUNS,
    );
  });

  test('stay when the release has another form and the same values; become the release’s bytes where the environment is the base', () => {
    fc.assert(
      fc.property(objects, objects, own, (base, other, how) => {
        const [before, theirs] = [write(base), write(other)];
        const reformed = before && inOwnForm(before, path, how);
        expect(read(form, result(form, { base: before, source: reformed, target: theirs }, false))).toEqual(plain(other));
        expect(result(form, { base: reformed, source: theirs, target: reformed }, false)).toBe(theirs);
      }),
      RUNS,
    );
  });
});
