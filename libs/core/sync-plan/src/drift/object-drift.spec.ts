import { decodeDocuments, type Value } from '@sluice/manifests';
import fc from 'fast-check';
import type { IgnoreRule } from '../model.js';
import { plainOf, readJson } from '../json.js';
import { keepIgnored } from './ignore-rules.js';
import { DRIFT_LIMITS, objectDrift } from './object-drift.js';

function value(text: string): Value {
  return decodeDocuments(text)[0] ?? null;
}

const drift = (live: string | undefined, dryRun: string, ignore: readonly IgnoreRule[] = []): ReturnType<typeof objectDrift> => objectDrift({ ...(live !== undefined && { live: value(live) }), dryRun: value(dryRun), manager: 'sluice', ignore });

/** A Deployment with containers, as managedFields of the API server tell of it. */
function deployment({ replicas = 2, image = 'web:1', extra = '', managers = '' } = {}): string {
  return `
    apiVersion: apps/v1
    kind: Deployment
    metadata:
      name: web
      resourceVersion: "${replicas}${image}"
      generation: ${replicas}
      managedFields:
        - manager: sluice
          operation: Apply
          fieldsV1: { "f:spec": { "f:replicas": {}, "f:template": { "f:spec": { "f:containers": { 'k:{"name":"web"}': { ".": {}, "f:name": {}, "f:image": {} } } } } } }
${managers}
    spec:
      replicas: ${replicas}
      template: { spec: { containers: [{ name: web, image: "${image}" }${extra}] } }
    status: { replicas: ${replicas} }`;
}

const manager = (name: string, fields: string, more = ''): string => `        - { manager: ${name}, operation: Update, fieldsV1: ${fields}${more} }\n`;

describe('an object that is not as wanted', () => {
  test('says which fields differ, from what to what, and who has changed them', () => {
    const managers = manager('kubectl-edit', '{ "f:spec": { "f:replicas": {}, "f:template": { "f:spec": { "f:containers": { \'k:{"name":"web"}\': { "f:image": {} } } } } } }');
    expect(drift(deployment({ replicas: 5, image: 'web:hack', managers }), deployment())).toEqual({
      kind: 'modified',
      fields: [
        { field: 'spec.replicas', wanted: '2', live: '5', by: 'kubectl-edit' },
        { field: 'spec.template.spec.containers[web].image', wanted: '"web:1"', live: '"web:hack"', by: 'kubectl-edit' },
      ],
      capture: { fields: [{ path: ['spec', 'replicas'], value: '5' }, { path: ['spec', 'template', 'spec', 'containers', { item: 'web' }, 'image'], value: '"web:hack"' }] },
    });
  });
  test('is missing when it is not there', () => {
    expect(drift(undefined, deployment())).toEqual({ kind: 'missing', fields: [] });
  });
  test('has no drift in what only the server sets', () => {
    expect(drift(deployment(), deployment().replace('resourceVersion: "2web:1"', 'resourceVersion: "9"'))).toMatchObject({ kind: 'none', fields: [] });
  });
  test('says what was taken away, and what was put there', () => {
    expect(drift('{kind: ConfigMap, data: {b: "2"}}', '{kind: ConfigMap, data: {a: "1"}}').fields).toEqual([{ field: 'data.a', wanted: '"1"' }, { field: 'data.b', live: '"2"' }]);
    expect(drift('{kind: ConfigMap}', '{kind: ConfigMap, data: {a: "1"}}').fields).toEqual([{ field: 'data', wanted: '{"a": "1"}' }]);
  });
  test('says in one place that a list without keys differs', () => {
    expect(drift('{kind: Deployment, spec: {template: {spec: {containers: [{name: a, args: [x]}]}}}}', '{kind: Deployment, spec: {template: {spec: {containers: [{name: a, args: [z, x]}]}}}}').fields).toEqual([{ field: 'spec.template.spec.containers[a].args', wanted: '["z", "x"]', live: '["x"]' }]);
  });
  test('shows nothing that a Secret keeps', () => {
    const found = drift('{apiVersion: v1, kind: Secret, data: {a: aHVudGVyMg==}, type: x}', '{apiVersion: v1, kind: Secret, data: {a: c2VjcmV0, b: bW9yZQ==}, type: z}');
    expect(found.fields).toEqual([{ field: 'data.a', wanted: '"(masked)"', live: '"(masked)"' }, { field: 'data.b', wanted: '"(masked)"' }, { field: 'type', wanted: '"z"', live: '"x"' }]);
    expect(found.capture).toBeUndefined();
    expect(JSON.stringify(drift('{apiVersion: v1, kind: Secret}', '{apiVersion: v1, kind: Secret, data: {a: c2VjcmV0}}'))).not.toContain('c2VjcmV0');
  });
  test('has nothing for a capture where a Secret stands in a text', () => {
    const found = drift('{kind: ConfigMap, data: {a: "kind: Secret\\nstringData: {k: hunter2}"}}', '{kind: ConfigMap, data: {a: ""}}');
    expect(JSON.stringify(found)).not.toContain('hunter2');
    expect(found).toEqual({ kind: 'modified', fields: [{ field: 'data.a', wanted: '""', live: '"(masked)"' }] });
  });
  test('is told within bounds', () => {
    const keys = Array.from({ length: 300 }, (_, index) => `k${index}: "${'x'.repeat(5_000)}"`).join(', ');
    const found = drift('{kind: ConfigMap, data: {}}', `{kind: ConfigMap, data: {${keys}}}`);
    expect(found.fields).toHaveLength(DRIFT_LIMITS.fields);
    expect(found.truncated).toBe(true);
    expect(JSON.stringify(found).length).toBeLessThan(10_000);
  });
});

describe('a field that is ignored', () => {
  test.each([
    ['itself', ['spec', 'replicas']],
    ['with all around it', ['spec']],
    ['in every item', ['spec', 'template', 'spec', 'containers', '*', 'image']],
  ])('is no drift: %s', (_, path) => {
    expect(drift(deployment({ replicas: path.includes('replicas') || path.length === 1 ? 7 : 2, image: path.includes('image') || path.length === 1 ? 'b' : 'web:1' }), deployment(), [{ path }])).toMatchObject({ kind: 'none' });
  });
  test('is drift in an object of another kind', () => {
    expect(drift(deployment({ replicas: 7 }), deployment(), [{ kind: 'StatefulSet', path: ['spec', 'replicas'] }])).toMatchObject({ kind: 'modified' });
    expect(drift(deployment({ replicas: 7 }), deployment(), [{ kind: 'Deployment', path: ['spec', 'replicas'] }])).toMatchObject({ kind: 'none' });
  });

  const kept = (desired: string, live: string, ...path: string[]): unknown => plainOf(keepIgnored(value(desired) as never, value(live), [{ path }]));
  test.each([
    ['with its live value', '{kind: A, spec: {replicas: 2, x: 1}}', '{spec: {replicas: 9, y: 3}}', ['spec', 'replicas'], { kind: 'A', spec: { replicas: 9, x: 1 } }],
    ['not at all where it is not there', '{kind: A, spec: {replicas: 2, x: 1}}', '{spec: {x: 3}}', ['spec', 'replicas'], { kind: 'A', spec: { x: 1 } }],
    ['as wanted where all around it is missing', '{kind: A, spec: {replicas: 2}}', '{}', ['spec', 'replicas'], { kind: 'A', spec: { replicas: 2 } }],
    ['not at all where the commit says nothing of it', '{kind: A, spec: {x: 1}}', '{spec: {replicas: 9}}', ['spec', 'replicas'], { kind: 'A', spec: { x: 1 } }],
    ['by item', '{kind: Pod, spec: {containers: [{name: a, image: a1}, {name: b, image: b1}]}}', '{spec: {containers: [{name: b, image: b2}]}}', ['spec', 'containers', '*', 'image'], { kind: 'Pod', spec: { containers: [{ name: 'a', image: 'a1' }, { name: 'b', image: 'b2' }] } }],
    ['by item of a template', '{kind: Deployment, spec: {template: {spec: {containers: [{name: a, image: a1}, {name: b, image: b1}]}}}}', '{spec: {template: {spec: {containers: [{name: b, image: b2}]}}}}', ['spec', 'template', 'spec', 'containers', '*', 'image'], { kind: 'Deployment', spec: { template: { spec: { containers: [{ name: 'a', image: 'a1' }, { name: 'b', image: 'b2' }] } } } }],
    ['in every value', '{kind: ConfigMap, data: {a: "1", b: "2"}}', '{data: {a: x, c: z}}', ['data', '*'], { kind: 'ConfigMap', data: { a: 'x' } }],
  ] as const)('is applied %s', (...[, desired, live, path, expected]) => {
    expect(kept(desired, live, ...path)).toEqual(expected);
  });
});

describe('fields that others have set', () => {
  test('are told with who has set them, an item of a list as one', () => {
    const managers = manager('injector', '{ "f:metadata": { "f:annotations": { ".": {}, "f:mesh/injected": {} } }, "f:spec": { "f:template": { "f:spec": { "f:containers": { \'k:{"name":"proxy"}\': { ".": {}, "f:name": {}, "f:image": {} } } } } } }');
    const live = deployment({ extra: ', { name: proxy, image: "mesh:3" }', managers }).replace('name: web\n', 'name: web\n      annotations: { mesh/injected: "yes" }\n');
    expect(drift(live, live)).toMatchObject({
      kind: 'none',
      foreign: [
        { field: 'metadata.annotations["mesh/injected"]', live: '"yes"', by: 'injector' },
        { field: expect.stringContaining('spec.template.spec.containers[proxy]'), by: 'injector' },
      ],
    });
  });
  test.each([
    ['the cluster\'s own controllers', manager('kube-controller-manager', '{ "f:spec": { "f:paused": {} } }')],
    ['status', manager('someone', '{ "f:status": { "f:replicas": {} } }', ', subresource: status')],
    ['what is shared with us', manager('someone', '{ "f:spec": { "f:replicas": {} } }')],
    ['what is not there', manager('someone', '{ "f:spec": { "f:strategy": {} } }')],
    ['kubectl\'s copy of all', manager('kubectl', '{ "f:metadata": { "f:annotations": { "f:kubectl.kubernetes.io/last-applied-configuration": {} } } }')],
    ['what is no set of fields', manager('someone', '"all"')],
  ])('are not told of %s', (_, managers) => {
    const live = deployment({ managers }).replace('spec:\n      replicas', 'spec:\n      paused: true\n      replicas').replace('name: web\n', 'name: web\n      annotations: { kubectl.kubernetes.io/last-applied-configuration: "{}" }\n');
    expect(drift(live, live).foreign).toBeUndefined();
  });
  test('are not told of what is ours to set, and was taken from us', () => {
    const managers = manager('kubectl-edit', '{ "f:spec": { "f:replicas": {} } }');
    const live = deployment({ replicas: 7, managers }).replace('"f:replicas": {}, "f:template"', '"f:template"');
    expect(drift(live, deployment({ managers }))).toMatchObject({ kind: 'modified', fields: [{ field: 'spec.replicas', by: 'kubectl-edit' }] });
    expect(drift(live, deployment({ managers })).foreign).toBeUndefined();
  });
  test('are not told where the pipeline ignores them', () => {
    const live = deployment({ managers: manager('someone', '{ "f:spec": { "f:paused": {} } }') }).replace('spec:\n      replicas', 'spec:\n      paused: true\n      replicas');
    expect(drift(live, live).foreign).toEqual([{ field: 'spec.paused', live: 'true', by: 'someone' }]);
    expect(drift(live, live, [{ path: ['spec', 'paused'] }]).foreign).toBeUndefined();
  });
});

test('whatever a cluster sends, drift is told within bounds and without an exception', () => {
  const fields = fc.letrec<{ node: unknown }>((tie) => ({ node: fc.dictionary(fc.oneof(fc.constantFrom('.', 'f:spec', 'f:a', 'k:{"name":"web"}', 'k:{', 'v:1', 'i:0', 'i:x', 'f:containers'), fc.string()), fc.oneof({ maxDepth: 4 }, fc.constant({}), tie('node'), fc.jsonValue()), { maxKeys: 4 }) })).node;
  const entry = fc.oneof(fc.jsonValue(), fc.record({ manager: fc.oneof(fc.constantFrom('sluice', 'x'), fc.jsonValue()), fieldsV1: fc.oneof(fields, fc.jsonValue()), subresource: fc.constantFrom('', 'status') }, { requiredKeys: [] }));
  const object = fc.oneof(fc.jsonValue(), fc.record({ kind: fc.constantFrom('Deployment', 'Secret', 'List', 1), metadata: fc.oneof(fc.jsonValue(), fc.record({ managedFields: fc.oneof(fc.array(entry, { maxLength: 4 }), fc.jsonValue()) })), spec: fc.oneof(fc.jsonValue(), fc.record({ a: fc.jsonValue(), containers: fc.array(fc.record({ name: fc.constantFrom('web', 'b') }), { maxLength: 3 }) })) }, { requiredKeys: [] }));
  const rule = fc.record({ kind: fc.constantFrom(undefined, 'Deployment'), path: fc.array(fc.constantFrom('*', 'spec', 'a', 'containers'), { maxLength: 3 }) });
  fc.assert(
    fc.property(object, object, fc.array(rule, { maxLength: 2 }), (live, dryRun, ignore) => {
      const [a, b] = [live, dryRun].map((each) => readJson(JSON.stringify(each))) as [Value, Value];
      const found = objectDrift({ live: a, dryRun: b, manager: 'sluice', ignore });
      expect(found.fields.length).toBeLessThanOrEqual(DRIFT_LIMITS.fields);
      expect(found.foreign?.length ?? 0).toBeLessThanOrEqual(DRIFT_LIMITS.foreign);
      expect(objectDrift({ live: a, dryRun: a, manager: 'sluice', ignore }).kind).toBe('none');
      if (b instanceof Map) keepIgnored(b, a, ignore);
    }),
    { numRuns: 2_000 },
  );
});
