import fc from 'fast-check';
import type { DriftDiff, IgnoreRule } from '../model.js';
import { fileDrift } from './file-drift.js';

function file(text: string, mode = '100644'): { readonly mode: string; readonly bytes: Uint8Array } {
  return { mode, bytes: new TextEncoder().encode(text) };
}

function drift(wanted: string, live: string, { path = 'a.yaml', ignore = [] as readonly IgnoreRule[] } = {}): DriftDiff | undefined {
  return fileDrift({ path, wanted: file(wanted), live: file(live), ignore });
}

const SETTINGS = 'apiVersion: v1\nkind: ConfigMap\nmetadata: { name: a }\ndata: { level: info, mode: fast }\n';
const HAND_MADE = SETTINGS.replace('info', 'debug');

describe('a file that is not as in the commit', () => {
  test('says which fields differ, and has what is there for a capture', () => {
    expect(drift(SETTINGS, HAND_MADE)).toEqual({ fields: [{ field: 'data.level', wanted: '"info"', live: '"debug"' }], capture: { text: HAND_MADE } });
  });
  test('says of which object where it has several', () => {
    expect(drift(`${SETTINGS}---\n${SETTINGS.replace('name: a', 'name: b')}`, `${SETTINGS}---\n${HAND_MADE.replace('name: a', 'name: b')}`)?.fields).toEqual([{ object: 'ConfigMap b', field: 'data.level', wanted: '"info"', live: '"debug"' }]);
  });
  test.each([
    ['is no manifest', 'a\nb\n', 'a\nc\nd\n', 'run.sh', { wanted: 1, live: 2 }],
    ['cannot be read', SETTINGS, 'a: [', 'a.yaml', { wanted: 4, live: 1 }],
    ['differs in comments only', SETTINGS, `# mine\n${SETTINGS}`, 'a.yaml', { wanted: 0, live: 1 }],
  ])('is told by lines when it %s', (...[, wanted, live, path, lines]) => {
    expect(drift(wanted, live, { path })).toMatchObject({ fields: [], lines, capture: { text: live } });
  });
  test('is told as objects when there are others', () => {
    expect(drift(SETTINGS, `${SETTINGS}---\n${SETTINGS.replace('name: a', 'name: b')}`)?.fields).toContainEqual({ object: 'ConfigMap b', field: 'metadata.name', live: '"b"' });
  });
});

describe('what is ignored', () => {
  const ignore = [{ kind: 'ConfigMap', path: ['data', 'level'] }];
  test('is no drift when there is nothing else', () => {
    expect(drift(SETTINGS, HAND_MADE, { ignore })).toBeUndefined();
  });
  test('is left out when there is', () => {
    expect(drift(SETTINGS, HAND_MADE.replace('fast', 'slow'), { ignore })?.fields).toEqual([{ field: 'data.mode', wanted: '"fast"', live: '"slow"' }]);
  });
});

describe('a Secret', () => {
  const secret = 'apiVersion: v1\nkind: Secret\nmetadata: { name: a }\nstringData: { key: hunter2 }\n';
  test.each([
    ['as an object', secret.replace('hunter2', 'other'), secret],
    ['that stands in a list', '{apiVersion: v1, kind: List, items: []}', '{apiVersion: v1, kind: List, items: [{apiVersion: v1, kind: Secret, metadata: {name: a}, stringData: {key: hunter2}}]}'],
    ['that cannot be read', secret.replace('hunter2', 'other'), `${secret}a: [`],
    ['that a kustomization makes', '{secretGenerator: [{name: a, literals: [a=b]}]}', '{secretGenerator: [{name: a, literals: [key=hunter2]}]}'],
    ['that stands in a text', SETTINGS, SETTINGS.replace('{ level: info, mode: fast }', `{ a: ${JSON.stringify(secret)} }`)],
    ['that has come', SETTINGS, `${SETTINGS}---\n${secret}`],
  ])('is neither shown nor captured: %s', (_, wanted, live) => {
    const found = drift(wanted, live);
    expect(found).toBeDefined();
    expect(JSON.stringify(found)).not.toContain('hunter2');
    expect(found?.capture).toBeUndefined();
  });
});

test('whatever is in a file, its drift is told', () => {
  const bytes = fc.oneof(fc.uint8Array({ maxLength: 200 }), fc.string({ unit: 'binary' }).map((text) => new TextEncoder().encode(text)), fc.json().map((text) => new TextEncoder().encode(text)), fc.constantFrom(SETTINGS, HAND_MADE, 'a: &a [*a]', '--- !x\n').map((text) => new TextEncoder().encode(text)));
  fc.assert(
    fc.property(bytes, bytes, fc.constantFrom('a.yaml', 'a.json', 'a.txt'), fc.constantFrom('100644', '120000'), (...[wanted, live, path, mode]) => {
      const found = fileDrift({ path, wanted: { mode: '100644', bytes: wanted }, live: { mode, bytes: live }, ignore: [{ path: ['data'] }] });
      expect(found?.fields.length ?? 0).toBeLessThanOrEqual(20);
    }),
    { numRuns: 1_000 },
  );
});
