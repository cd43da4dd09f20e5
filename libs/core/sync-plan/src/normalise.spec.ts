import { formatIdentity } from '@sluice/manifests';
import { contentHash } from './content-hash.js';
import { plainOf, writeJson } from './json.js';
import { normalise } from './normalise.js';
import { OWNER, documents, read, value } from './objects.fixture.js';
import { readObjects } from './read-objects.js';

function normal(text: string, options: { namespaced?: boolean; application?: string } = {}): unknown {
  const done = normalise(read(text)[0]!, { namespaced: true, defaultNamespace: 'default', owner: OWNER, ...options });
  return done.ok ? plainOf(done.value.value) : done.error.message;
}

describe('an object as it is applied', () => {
  test('has no status, nothing that only the server sets, and the labels that say whose it is', () => {
    const text = `
      apiVersion: apps/v1
      kind: Deployment
      metadata:
        name: web
        namespace: shop
        uid: 0c1
        resourceVersion: "12"
        generation: 3
        creationTimestamp: "2026-01-01T00:00:00Z"
        selfLink: /x
        managedFields: [{ manager: kubectl }]
        labels: { app: web }
        annotations: { note: hi }
      spec: { template: { metadata: { creationTimestamp: null, labels: { app: web } } } }
      status: { replicas: 3 }`;
    expect(normal(text, { application: 'checkout' })).toEqual({
      apiVersion: 'apps/v1',
      kind: 'Deployment',
      metadata: { name: 'web', namespace: 'shop', labels: { app: 'web', 'sluice.dev/cluster': 'prod-eu', 'sluice.dev/environment': 'prod' }, annotations: { note: 'hi', 'sluice.dev/application': 'checkout' } },
      spec: { template: { metadata: { labels: { app: 'web' } } } },
    });
  });

  test.each([
    ['gets the default namespace', '{apiVersion: v1, kind: ConfigMap, metadata: {name: a}}', true, 'default'],
    ['keeps its own', '{apiVersion: v1, kind: ConfigMap, metadata: {name: a, namespace: b}}', true, 'b'],
    ['has none where its kind has none', '{apiVersion: v1, kind: Namespace, metadata: {name: a, namespace: b}}', false, ''],
  ])('%s', (_, text, namespaced, namespace) => {
    const done = normalise(read(text)[0]!, { namespaced, defaultNamespace: 'default', owner: OWNER });
    expect(done).toMatchObject({ ok: true, value: { identity: { namespace } } });
    expect((plainOf(done.ok ? done.value.value : null) as { metadata: { namespace?: string } }).metadata.namespace ?? '').toBe(namespace);
  });

  test('leaves the rules of an aggregated ClusterRole to the control plane, and no others', () => {
    const role = '{apiVersion: rbac.authorization.k8s.io/v1, kind: ClusterRole, metadata: {name: a}, rules: [], aggregationRule: {clusterRoleSelectors: []}}';
    expect(normal(role, { namespaced: false })).not.toHaveProperty('rules');
    expect(normal(role.replace(/, aggregationRule.*/, '}'), { namespaced: false })).toHaveProperty('rules', []);
  });

  test('has a Secret\'s texts as the server would keep them', () => {
    expect(normal('{apiVersion: v1, kind: Secret, metadata: {name: a}, data: {a: eA==, b: eQ==}, stringData: {b: "zß", c: ""}}')).toMatchObject({ data: { a: 'eA==', b: 'esOf', c: '' } });
    expect(normal('{apiVersion: v1, kind: Secret, metadata: {name: a}, stringData: {b: z}}')).not.toHaveProperty('stringData');
    expect(normal('{apiVersion: example.com/v1, kind: Secret, metadata: {name: a}, stringData: {b: z}}')).toHaveProperty('stringData');
  });

  test('is refused with labels that are no map', () => {
    expect(normal('{apiVersion: v1, kind: ConfigMap, metadata: {name: a, labels: [b]}}')).toBe('ConfigMap default/a has metadata.labels that is no map');
    expect(normal('{apiVersion: v1, kind: ConfigMap, metadata: {name: a, labels: null}}')).toMatchObject({ metadata: { labels: { 'sluice.dev/cluster': 'prod-eu' } } });
  });
});

describe('the documents of a file', () => {
  const names = (text: string): string[] => read(text).map(({ identity }) => formatIdentity(identity));
  const problems = (text: string): string[] => {
    const found = readObjects('a.yaml', documents(text));
    return found.ok ? [] : found.error.map(({ message }) => message);
  };

  test('are objects, those of lists each on its own', () => {
    expect(names('{apiVersion: v1, kind: List, items: [{apiVersion: v1, kind: ConfigMap, metadata: {name: a}}]}\n---\n---\n{apiVersion: v1, kind: SecretList, items: [{metadata: {name: b}}]}')).toEqual(['ConfigMap a', 'Secret b']);
    expect(names('{apiVersion: example.com/v1, kind: AllowList, metadata: {name: a}}')).toEqual(['AllowList.example.com a']);
  });
  test.each([
    ['[1]', 'a.yaml: a document is no Kubernetes object: it is no map'],
    ['{a: 1}', '"apiVersion" and "kind" are missing'],
    ['{apiVersion: v1, kind: Pod}', 'a Pod has no "metadata.name"'],
    ['{apiVersion: v1, kind: Pod, metadata: {name: y}}', 'a Pod has a "metadata.name" that is no text: put it in quotes'],
    ['{apiVersion: v1, kind: Pod, metadata: {generateName: a-}}', 'it would be another object at every sync'],
    ['{apiVersion: v1, kind: Pod, metadata: {name: a/b}}', '"a/b" cannot be a kind, namespace or name'],
  ])('are refused when they are none: %s', (text, message) => {
    expect(problems(text)).toEqual([expect.stringContaining(message)]);
  });
});

test('equal content has equal hashes, whatever the order of its keys, and large numbers count to the last digit', () => {
  expect(contentHash(value('{a: 1, b: {c: 2, d: [1]}}'))).toBe(contentHash(value('{b: {d: [1], c: 2}, a: 1}')));
  expect(contentHash(value('{a: 9007199254740993}'))).not.toBe(contentHash(value('{a: 9007199254740992}')));
  expect(writeJson(value('{b: 9007199254740993, a: "x"}'))).toBe('{"a":"x","b":9007199254740993}');
});
