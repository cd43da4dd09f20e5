import type { FileVersion } from '@sluice/manifests';
import fc from 'fast-check';
import type { CapturedField, DriftCapture } from '../model.js';
import { takeOver, type TakenOver } from './take-over.js';

const WEB = `# the shop
apiVersion: apps/v1
kind: Deployment
metadata:
  name: web # in its own namespace
spec:
  replicas: 2
  template:
    spec:
      containers:
        - name: web
          image: web:1
          args: [serve, fast]
---
apiVersion: v1
kind: ConfigMap
metadata: { name: web, namespace: shop }
data: { level: info }
`;

function file(text: string, mode = '100644'): FileVersion {
  return { mode, bytes: new TextEncoder().encode(text) };
}

function taken(capture: DriftCapture, { path = 'web.yaml', object = 'Deployment.apps shop/web', text = WEB } = {}): TakenOver {
  return takeOver(new Map([['web.yaml', file(text)]]), [{ path, object, capture }]);
}

function edited(fields: readonly CapturedField[], object?: string): string {
  const { edits, left } = taken({ fields }, { ...(object !== undefined && { object }) });
  return left[0]?.message ?? new TextDecoder().decode(edits[0]?.file.bytes);
}

describe('what is live is put into git', () => {
  test.each([
    ['a value', [{ path: ['spec', 'replicas'], value: '5' }], WEB.replace('replicas: 2', 'replicas: 5')],
    ['a value in an item of a list', [{ path: ['spec', 'template', 'spec', 'containers', { item: 'web' }, 'image'], value: '"web:2"' }], WEB.replace('web:1', 'web:2')],
    ['several', [{ path: ['spec', 'replicas'], value: '5' }, { path: ['spec', 'paused'], value: 'true' }], WEB.replace('replicas: 2\n', 'replicas: 5\n').replace(/( {8}- name: web\n.*\n.*\n)/, '$1  paused: true\n')],
    ['a list of the same length', [{ path: ['spec', 'template', 'spec', 'containers', { item: 'web' }, 'args'], value: '["serve","slow"]' }], WEB.replace('fast', 'slow')],
    ['a field that is gone', [{ path: ['spec', 'replicas'] }], WEB.replace('  replicas: 2\n', '')],
  ] as const)('%s, and all around it stays', (_, fields, text) => {
    expect(edited(fields)).toBe(text);
  });

  test('in the document that is meant', () => {
    expect(edited([{ path: ['data', 'level'], value: '"debug"' }], 'ConfigMap shop/web')).toBe(WEB.replace('info', 'debug'));
  });
  test('one place after the other of a file', () => {
    const { edits } = takeOver(new Map([['web.yaml', file(WEB)]]), [
      { path: 'web.yaml', object: 'Deployment.apps shop/web', capture: { fields: [{ path: ['spec', 'replicas'], value: '5' }] } },
      { path: 'web.yaml', object: 'ConfigMap shop/web', capture: { fields: [{ path: ['data', 'level'], value: '"debug"' }] } },
    ]);
    expect(new TextDecoder().decode(edits[0]?.file.bytes)).toBe(WEB.replace('replicas: 2', 'replicas: 5').replace('info', 'debug'));
  });
  test('as a whole file, with the mode that it has in git', () => {
    const { edits } = takeOver(new Map([['run.sh', file('a', '100755')]]), [{ path: 'run.sh', capture: { text: 'b' } }]);
    expect(edits).toEqual([{ path: 'run.sh', file: file('b', '100755') }]);
    expect(taken({ text: WEB })).toEqual({ edits: [], left: [] });
  });
});

describe('what cannot be taken over is said', () => {
  test.each([
    ['an item that has come', [{ path: ['spec', 'template', 'spec', 'containers', { item: 'proxy' }], value: '{"name":"proxy"}' }], 'an item of a list has come or gone (proxy)'],
    ['an item that has gone', [{ path: ['spec', 'template', 'spec', 'containers', { item: 'web' }] }], 'an item of a list has come or gone (web)'],
    ['a list of another length', [{ path: ['spec', 'template', 'spec', 'containers', { item: 'web' }, 'args'], value: '[]' }], 'a list has another length'],
    ['a field below a text', [{ path: ['spec', 'replicas', 'x'], value: '1' }], 'stands in something that is no map'],
    ['a value that is no JSON', [{ path: ['spec', 'replicas'], value: '{' }], 'no JSON'],
    ['a Secret in an object', [{ path: ['spec', 'x'], value: '{"kind":"Secret","apiVersion":"v1","data":{"a":"b"}}' }], 'Secret'],
  ] as const)('%s', (_, fields, message) => {
    expect(edited(fields)).toContain(message);
  });
  test.each([
    ['an object that is not in the file', taken({ fields: [{ path: ['a'], value: '1' }] }, { object: 'Job.batch shop/web' }), 'the file has no document of this object'],
    ['an object twice in the file', taken({ fields: [{ path: ['a'], value: '1' }] }, { text: `${WEB}---\n${WEB}` }), 'several documents'],
    ['a file that is not in the commit', taken({ text: 'a' }, { path: 'other.yaml' }), 'no file of this name is in the commit'],
    ['a Secret', taken({ fields: [{ path: ['data', 'a'], value: '"eA=="' }] }, { object: 'Secret shop/web', text: 'apiVersion: v1\nkind: Secret\nmetadata: { name: web }\ndata: { a: "" }\n' }), 'never taken over'],
    ['a text with a Secret', taken({ text: 'apiVersion: v1\nkind: Secret\nmetadata: { name: a }\n' }), 'never taken over'],
    ['a text that makes a Secret', taken({ text: 'secretGenerator: [{ name: a, literals: [a=b] }]\n' }), 'never taken over'],
    ['a text with a Secret in JSON', taken({ text: '{"apiVersion":"v1","kind":"Secret"}' }), 'never taken over'],
  ])('%s', (_, { edits, left }, message) => {
    expect(edits).toEqual([]);
    expect(left).toEqual([expect.objectContaining({ message: expect.stringContaining(message) })]);
  });

  test('whatever a capture has', () => {
    const step = fc.oneof(fc.constantFrom('spec', 'replicas', 'template', 'a', '__proto__'), fc.record({ item: fc.constantFrom('web', 'x') }), fc.string());
    const field = fc.record({ path: fc.array(step, { minLength: 1, maxLength: 5 }), value: fc.oneof(fc.json(), fc.string(), fc.constant(undefined)) });
    fc.assert(
      fc.property(fc.array(field, { minLength: 1, maxLength: 3 }), (fields) => {
        const { edits, left } = taken({ fields: fields.map(({ path, value }) => ({ path, ...(value !== undefined && { value }) })) });
        expect(edits.length + left.length).toBeLessThanOrEqual(1);
      }),
      { numRuns: 500 },
    );
  });
});
