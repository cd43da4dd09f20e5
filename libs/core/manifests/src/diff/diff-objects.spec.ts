import type { FileVersion, ObjectChange } from '../model.js';
import { diffObjects } from './diff-objects.js';

const files = (texts: Readonly<Record<string, string>>): ReadonlyMap<string, FileVersion> => new Map(Object.entries(texts).map(([path, text]) => [path, { mode: '100644', bytes: new TextEncoder().encode(text) }]));
const diff = (before: Readonly<Record<string, string>>, after: Readonly<Record<string, string>>): ObjectChange[] => diffObjects(files(before), files(after));

const service = (name: string, rest: string, group = 'v1'): string => `apiVersion: ${group}\nkind: Service\nmetadata: { name: ${name}, namespace: shop }\nspec:\n  ports: [{ port: 80, name: ${rest} }]\n`;
const deployment = (containers: string): string => `apiVersion: apps/v1\nkind: Deployment\nmetadata: { name: web }\nspec: { template: { spec: { containers: ${containers} } } }\n`;

describe('an object that changed is told field by field', () => {
  test('with lists matched by their keys, whatever their order', () => {
    const before = deployment('[{name: a, image: "x:1", env: [{name: P, value: "1"}]}, {name: b, image: "y:1"}]');
    const after = deployment('[{name: b, image: "y:1"}, {name: a, image: "x:2", env: [{name: Q, value: "1"}]}]');
    expect(diff({ 'a.yaml': before }, { 'a.yaml': after })).toEqual([
      {
        path: 'a.yaml',
        object: { group: 'apps', kind: 'Deployment', namespace: '', name: 'web' },
        change: 'modified',
        truncated: false,
        fields: [
          { field: 'spec.template.spec.containers[a].image', before: '"x:1"', after: '"x:2"' },
          { field: 'spec.template.spec.containers[a].env[P].name', before: '"P"' },
          { field: 'spec.template.spec.containers[a].env[P].value', before: '"1"' },
          { field: 'spec.template.spec.containers[a].env[Q].name', after: '"Q"' },
          { field: 'spec.template.spec.containers[a].env[Q].value', after: '"1"' },
          { field: 'spec.template.spec.containers', before: '["a", "b"]', after: '["b", "a"]' },
        ],
      },
    ]);
  });
  test('with other lists of maps by their place, and of texts as one value', () => {
    const [change] = diff({ 'values.yaml': 'rules: [{a: 1}, {a: 2}]\nargs: [x]\nempty: {a: 1}\n' }, { 'values.yaml': 'rules: [{a: 0}, {a: 1}, {a: 3}]\nargs: [x, z]\nempty: {}\n' });
    expect(change?.fields).toEqual([
      { field: 'rules[0].a', after: '0' },
      { field: 'rules[1].a', after: '1' },
      { field: 'rules[2].a', after: '3' },
      { field: 'rules[0].a', before: '1' },
      { field: 'rules[1].a', before: '2' },
      { field: 'args', before: '["x"]', after: '["x", "z"]' },
      { field: 'empty.a', before: '1' },
    ]);
    expect(change?.object).toBeUndefined();
  });
  test('up to a bound', () => {
    const data = (value: string): string => `a:\n${Array.from({ length: 300 }, (_, index) => `  k${index}: ${value}\n`).join('')}`;
    const [change] = diff({ 'a.yaml': data('x') }, { 'a.yaml': data('z') });
    expect(change).toMatchObject({ truncated: true });
    expect(change?.fields).toHaveLength(100);
  });
  test('with long values cut and control characters taken out', () => {
    const [change] = diff({ 'a.yaml': 'a: 1\n' }, { 'a.yaml': `a: "\\u202e${'x'.repeat(10_000)}"\n` });
    expect(change?.fields[0]?.after?.length).toBeLessThanOrEqual(200);
    expect(change?.fields[0]?.after).not.toContain('\u202e');
  });
});

describe('a Secret never shows what it keeps', () => {
  const secret = (data: string): string => `apiVersion: v1\nkind: Secret\nmetadata: { name: s, annotations: { kubectl.kubernetes.io/last-applied-configuration: '{"data":"${data}"}' } }\ndata: { key: ${data}, same: x }\nstringData: ${data}\n`;
  test('when it changes, comes or goes', () => {
    const changes = [...diff({ 'a.yaml': secret('one') }, { 'a.yaml': secret('two') }), ...diff({}, { 'a.yaml': secret('one') }), ...diff({ 'a.yaml': secret('two') }, {})];
    expect(changes[0]?.fields).toContainEqual({ field: 'data.key', before: '"(masked)"', after: '"(masked)"' });
    expect(JSON.stringify(changes)).not.toMatch(/one|two/);
  });
  test('when it is made by a kustomization, or an item of a SecretList', () => {
    const made = (value: string): string => `resources: [a.yaml]\nsecretGenerator:\n- name: db\n  literals: [password=${value}]\n`;
    const list = (value: string): string => `apiVersion: v1\nkind: SecretList\nitems:\n- metadata: { name: s }\n  stringData: { password: ${value} }\n`;
    const changes = [made, list].flatMap((text) => [...diff({ 'kustomization.yaml': text('one') }, { 'kustomization.yaml': text('two') }), ...diff({}, { 'a.yaml': text('one') })]);
    expect(changes.map(({ change }) => change)).toEqual(['modified', 'added', 'modified', 'added']);
    expect(JSON.stringify(changes)).not.toMatch(/one|two/);
  });
  test('in a List', () => {
    const list = (data: string): string => `apiVersion: v1\nkind: List\nitems:\n- ${secret(data).replaceAll('\n', '\n  ')}\n`;
    const changes = diff({ 'a.yaml': list('one') }, { 'a.yaml': list('two') });
    expect(changes).toMatchObject([{ object: { kind: 'Secret' }, change: 'modified' }]);
    expect(JSON.stringify(changes)).not.toMatch(/one|two/);
  });
});

describe('a Secret that stands in another object never shows what it keeps', () => {
  const inside = (data: string): string => `{ apiVersion: v1, kind: Secret, metadata: { name: s }, data: { key: ${data} }, stringData: { key: ${data} } }`;
  const other = (fields: string): string => `apiVersion: example.org/v1\nkind: Template\nmetadata: { name: t }\n${fields}\n`;
  test.each([
    ['as a field', (data: string) => other(`spec: { template: ${inside(data)} }`)],
    ['as an item', (data: string) => other(`spec:\n  objects: [${inside(data)}]`)],
    ['deep in a list of lists', (data: string) => other(`spec: { a: [[${inside(data)}]] }`)],
    ['in a list of lists of a List', (data: string) => `apiVersion: v1\nkind: List\nitems: [{ apiVersion: v1, kind: List, items: [${inside(data)}] }]\n`],
    ['in a list that is not named so', (data: string) => `apiVersion: v1\nkind: ConfigMapList\nitems: [${inside(data)}]\n`],
    ['without a kind of its own, as stringData', (data: string) => other(`spec: { secret: { stringData: { key: ${data} } } }`)],
    ['as text', (data: string) => `apiVersion: v1\nkind: ConfigMap\nmetadata: { name: c }\ndata:\n  secret.yaml: |\n    apiVersion: v1\n    kind: Secret\n    data: { key: ${data} }\n`],
    ['as JSON text', (data: string) => `apiVersion: v1\nkind: ConfigMap\nmetadata: { name: c }\ndata:\n  secret.json: '{"kind": "Secret", "stringData": {"key": "${data}"}}'\n`],
  ])('%s', (_, text) => {
    const changes = [...diff({ 'a.yaml': text('onesecret') }, { 'a.yaml': text('twosecret') }), ...diff({}, { 'a.yaml': text('onesecret') }), ...diff({ 'a.yaml': text('onesecret') }, {})];
    expect(changes.map(({ change }) => change)).toEqual(['modified', 'added', 'removed']);
    expect(changes.every(({ fields }) => fields.length > 0)).toBe(true);
    expect(JSON.stringify(changes)).not.toMatch(/onesecret|twosecret/);
  });
  test('and what is no Secret is shown', () => {
    const shown = (text: string): string => JSON.stringify(diff({ 'a.yaml': other(text.replace('VALUE', 'one')) }, { 'a.yaml': other(text.replace('VALUE', 'two')) }));
    expect(shown('spec: { secretRef: { kind: Secret, name: VALUE } }')).toContain('two');
    expect(shown('spec: { x: { apiVersion: other.example.org/v1, kind: Secret, data: { key: VALUE } } }')).toContain('two');
    expect(shown('spec: { template: { kind: Secret, metadata: { labels: { tier: VALUE } } } }')).toContain('two');
    expect(shown('spec: { text: "kind: Secrets of the trade, data: VALUE" }')).toContain('two');
  });
});

describe('objects are matched', () => {
  test('by identity in a file, in any order', () => {
    expect(diff({ 'a.yaml': `${service('a', 'x')}---\n${service('b', 'x')}` }, { 'a.yaml': `${service('b', 'z')}---\n${service('a', 'x')}` })).toMatchObject([{ object: { name: 'b' }, change: 'modified' }]);
  });
  test('in another file, where they are there once', () => {
    expect(diff({ 'a.yaml': service('a', 'x') }, { 'b.yaml': service('a', 'z') })).toMatchObject([{ path: 'b.yaml', change: 'modified', fields: [{ field: '(file)', before: 'a.yaml', after: 'b.yaml' }, { before: '"x"', after: '"z"' }] }]);
  });
  test('under another API group', () => {
    expect(diff({ 'a.yaml': service('a', 'x') }, { 'a.yaml': service('a', 'x', 'serving.example/v1') })).toMatchObject([{ change: 'modified', fields: [{ field: 'apiVersion', before: '"v1"', after: '"serving.example/v1"' }] }]);
  });
  test('or else came and went', () => {
    expect(diff({ 'a.yaml': service('a', 'x') }, { 'a.yaml': service('b', 'x') })).toMatchObject([{ object: { name: 'b' }, change: 'added' }, { object: { name: 'a' }, change: 'removed' }]);
  });
});

describe('a file that is not told object by object is told by its lines', () => {
  test.each([
    ['a text', 'a.txt', 'a\nb\nc\n', 'a\nB\nc\nd\n', { added: 2, removed: 1 }],
    ['YAML that does not parse', 'a.yaml', 'a: 1\n', 'a: [\n', { added: 1, removed: 1 }],
    ['YAML with other comments', 'a.yaml', 'a: 1\n', '# note\na: 1\n', { added: 1, removed: 0 }],
    ['a text without a last line break', 'a.txt', 'a', 'a\nb', { added: 1, removed: 0 }],
  ])('%s', (_name, ...[path, before, after, lines]) => {
    expect(diff({ [path]: before }, { [path]: after })).toEqual([{ path, change: 'modified', fields: [], lines, truncated: false }]);
  });
  test('a binary has none', () => {
    expect(diff({ 'a.png': 'a\0' }, { 'a.png': 'b\0' })).toEqual([{ path: 'a.png', change: 'modified', fields: [], truncated: false }]);
  });
  test('a new mode is told', () => {
    const [bytes] = [new TextEncoder().encode('a\n')];
    expect(diffObjects(new Map([['a.sh', { mode: '100644', bytes }]]), new Map([['a.sh', { mode: '100755', bytes }]]))).toMatchObject([{ fields: [{ field: '(mode)', before: '100644', after: '100755' }] }]);
  });
});

test('files that are the same are not told, and the order is that of the paths', () => {
  expect(diff({ 'same.yaml': 'a: 1\n', 'z.txt': 'a', 'b.txt': 'a' }, { 'same.yaml': 'a: 1\n', 'a.txt': 'x' }).map(({ path, change }) => [path, change])).toEqual([['a.txt', 'added'], ['b.txt', 'removed'], ['z.txt', 'removed']]);
});
