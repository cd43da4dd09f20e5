import { decodeDocuments } from '../decode/decode-documents.js';
import { formatIdentity, identityOf } from './identity.js';
import { itemLabels } from './map-keys.js';
import { formatPath, type Path } from './path.js';
import { printValue } from './redact.js';
import { valuesEqual } from './values-equal.js';

const read = (text: string) => decodeDocuments(text)[0] ?? null;

describe('the identity of an object', () => {
  test('is group, kind, namespace and name', () => {
    const identity = identityOf(read('{apiVersion: apps/v1, kind: Deployment, metadata: {name: web, namespace: shop}}'));
    expect(identity).toEqual({ group: 'apps', kind: 'Deployment', namespace: 'shop', name: 'web' });
    expect(identity && formatIdentity(identity)).toBe('Deployment.apps shop/web');
    expect(formatIdentity({ group: '', kind: 'Node', namespace: '', name: 'n1' })).toBe('Node n1');
  });
  test.each(['{kind: A, metadata: {name: a}}', '{apiVersion: v1, kind: A}', '{apiVersion: v1, kind: A, metadata: {generateName: a-}}', '{apiVersion: v1, kind: A, metadata: {name: 1}}', '[1]', 'a'])('is not there in %s', (text) => {
    expect(identityOf(read(text))).toBeUndefined();
  });
});

describe('the items of a list are told apart', () => {
  const template: Path = ['spec', 'template', 'spec'];
  const web = { item: 'web' };
  test.each([
    ['containers by name', ['Deployment', [...template, 'containers']], '[{name: a}, {name: b}]', ['a', 'b']],
    ['environment variables by name', ['StatefulSet', [...template, 'initContainers', web, 'env']], '[{name: A}]', ['A']],
    ['container ports by port and protocol, which is TCP by default', ['Pod', ['spec', 'containers', web, 'ports']], '[{containerPort: 53}, {containerPort: 53, protocol: UDP}]', ['53/TCP', '53/UDP']],
    ['service ports', ['Service', ['spec', 'ports']], '[{port: 80}]', ['80/TCP']],
    ['mounts by path', ['CronJob', ['spec', 'jobTemplate', 'spec', 'template', 'spec', 'containers', web, 'volumeMounts']], '[{mountPath: /a, name: x}]', ['/a']],
    ['spread constraints by two keys', ['Deployment', [...template, 'topologySpreadConstraints']], '[{topologyKey: zone, whenUnsatisfiable: DoNotSchedule}]', ['zone/DoNotSchedule']],
    ['conditions by type', ['Anything', ['status', 'conditions']], '[{type: Ready}]', ['Ready']],
    ['items of a List by identity', ['List', ['items']], '[{apiVersion: v1, kind: A, metadata: {name: a}}]', ['A a']],
  ] as const)('%s', (_name, [kind, path], list, labels) => {
    expect(itemLabels({ kind, file: 'a.yaml' }, path, read(list) as never)).toEqual(labels);
  });
  test('kustomize images by name, without a kind', () => {
    expect(itemLabels({ kind: undefined, file: 'apps/kustomization.yaml' }, ['images'], read('[{name: a}]') as never)).toEqual(['a']);
  });
  test.each([
    ['tolerations are one value', 'Deployment', [...template, 'tolerations'], '[{key: a}]'],
    ['an item lacks its key', 'Service', ['spec', 'ports'], '[{port: 80}, {name: b}]'],
    ['two items share a key', 'Deployment', [...template, 'containers'], '[{name: a}, {name: a}]'],
    ['an unknown kind has no containers', 'Shop', [...template, 'containers'], '[{name: a}]'],
  ] as const)('but not when %s', (_name, kind, path, list) => {
    expect(itemLabels({ kind, file: 'a.yaml' }, path, read(list) as never)).toBeUndefined();
  });
});

test('a path is written as people write it', () => {
  expect(formatPath(['metadata', 'annotations', 'a.b/c'])).toBe('metadata.annotations["a.b/c"]');
  expect(formatPath(['a b', { item: '0' }, 'c'])).toBe('["a b"][0].c');
  expect(formatPath([])).toBe('');
});

test('values are equal when they are the same JSON', () => {
  expect(valuesEqual(read('{a: 1, b: [yes, 0x10]}'), read('{b: [true, 16], a: 1.0}'))).toBe(true);
  expect(valuesEqual(read('9007199254740993'), read('9007199254740992'))).toBe(false);
  expect(valuesEqual(read('{a: null}'), read('{}'))).toBe(false);
  expect(valuesEqual(null, undefined)).toBe(false);
  expect(valuesEqual(1, 1n)).toBe(true);
});

test('a Secret as a whole is printed without what it keeps', () => {
  expect(printValue('Secret', [], read('{kind: Secret, data: {a: aGk=}, stringData: x, type: Opaque}'))).toBe('{"kind": "Secret", "data": {"a": "(masked)"}, "stringData": "(masked)", "type": "Opaque"}');
  expect(printValue('ConfigMap', ['data', 'a'], 'x')).toBe('"x"');
});
