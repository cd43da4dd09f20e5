import fc from 'fast-check';
import { composed } from './compose.fixture.js';
import { RUNS } from './property-runs.fixture.js';

/** A map whose keys and values are there once in the file, so that every line can be told. */
type Entries = readonly Entry[];
interface Entry {
  readonly key: string;
  readonly value: string | Entries | readonly string[];
  /** The release adds it: it comes in the release's form. */
  readonly isNew?: true;
}

interface Form {
  /** A YAML file has an indentation, a JSON file has brackets. */
  readonly json: boolean;
  readonly step: number;
  readonly comments: boolean;
  readonly crlf: boolean;
  readonly noEnd: boolean;
}

const form: fc.Arbitrary<Form> = fc.record({ json: fc.boolean(), step: fc.constantFrom(1, 2, 4), comments: fc.boolean(), crlf: fc.boolean(), noEnd: fc.boolean() });
type Shape = null | readonly Shape[] | number;
const { shape } = fc.letrec<{ shape: Shape; map: readonly Shape[] }>((tie) => ({
  shape: fc.oneof({ maxDepth: 3 }, { weight: 3, arbitrary: fc.constant(null) }, { weight: 2, arbitrary: tie('map') }, { weight: 1, arbitrary: fc.integer({ min: 1, max: 3 }) }),
  map: fc.array(tie('shape'), { minLength: 1, maxLength: 4 }),
}));
const file = fc.array(shape, { minLength: 1, maxLength: 4 }).map((shapes) => numbered(shapes, { last: 0 }));

function numbered(shapes: readonly Shape[], count: { last: number }): Entries {
  return shapes.map((each): Entry => {
    const key = `k${++count.last}`;
    if (each === null) return { key, value: `v${++count.last}` };
    return { key, value: typeof each === 'number' ? Array.from({ length: each }, () => `v${++count.last}`) : numbered(each, count) };
  });
}

function isMap(value: Entry['value']): value is Entries {
  return typeof value !== 'string' && typeof value[0] !== 'string';
}

/** What a release does at the entry that a number stands for. */
const edit = fc.record({ at: fc.nat(30), how: fc.constantFrom('change', 'remove', 'add') });
type Edit = typeof edit extends fc.Arbitrary<infer T> ? T : never;

function edited(entries: Entries, { at, how }: Edit, name: string): Entries {
  const keys = allKeys(entries);
  return editedAt(entries, keys[at % keys.length] ?? '', { how, name });
}

function allKeys(entries: Entries): string[] {
  return entries.flatMap(({ key, value }) => [key, ...(isMap(value) ? allKeys(value) : [])]);
}

function editedAt(entries: Entries, at: string, { how, name }: { how: Edit['how']; name: string }): Entries {
  return entries.flatMap((entry): Entries => {
    const { key, value } = entry;
    if (key !== at) return [isMap(value) ? { ...entry, value: editedAt(value, at, { how, name }) } : entry];
    if (how === 'add') return [entry, { key: name, value: name, isNew: true }];
    if (how === 'remove') return entries.length === 1 ? [entry] : [];
    return [{ ...entry, value: typeof value === 'string' ? name : isMap(value) ? value : [...value.slice(0, -1), name] }];
  });
}

function textOf(entries: Entries, { json, crlf, noEnd, ...layout }: Form): string {
  const lines = json ? ['{', ...jsonLines(entries, layout.step, ' '.repeat(layout.step)), '}'] : yamlLines(entries, layout, '');
  return lines.join(crlf ? '\r\n' : '\n') + (noEnd ? '' : crlf ? '\r\n' : '\n');
}

function jsonLines(entries: Entries, step: number, indent: string): string[] {
  return entries.flatMap(({ key, value }, index) => {
    const comma = index < entries.length - 1 ? ',' : '';
    if (!isMap(value)) return [`${indent}"${key}": ${JSON.stringify(value).replaceAll(',', ', ')}${comma}`];
    return [`${indent}"${key}": {`, ...jsonLines(value, step, indent + ' '.repeat(step)), `${indent}}${comma}`];
  });
}

function yamlLines(entries: Entries, layout: Pick<Form, 'step' | 'comments'>, indent: string): string[] {
  return entries.flatMap(({ key, value, isNew }) => {
    const comments = layout.comments && !isNew;
    const behind = (text: string): string => (comments ? ` # behind ${text}` : '');
    const above = comments ? [`${indent}# above ${key}`] : [];
    if (typeof value === 'string') return [...above, `${indent}${key}: ${value}${behind(key)}`];
    const inner = isMap(value) ? yamlLines(value, layout, indent + ' '.repeat(layout.step)) : value.map((item) => `${indent}- ${item}${behind('item')}`);
    return [...above, `${indent}${key}:${behind(key)}`, ...inner];
  });
}

test('nothing but the lines of what the release changed is another in the environment’s text, whatever its form', () => {
  fc.assert(
    fc.property(file, fc.array(edit, { minLength: 1, maxLength: 4 }), form, (base, edits, how) => {
      const plain: Form = { json: how.json, step: how.step, comments: false, crlf: false, noEnd: false };
      const source = edits.reduce((entries, each, index) => edited(entries, each, `new${index}`), base);
      const target = textOf(base, how);
      const wanted = textOf(source, how);
      // one line without an end does not tell its line break
      fc.pre(!how.crlf || target.includes('\r\n'));
      expect(composed({ base: textOf(base, plain), source: textOf(source, plain), target })).toBe(wanted === target ? 'unchanged' : wanted);
    }),
    RUNS,
  );
});
