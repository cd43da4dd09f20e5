import type { ObjectChange } from '@sluice/manifests';
import { describeNode, describeNodes, nodesAt, nodesOf, nodesOfBoth } from './held-node.js';
import type { HeldNode } from './held-node.js';

const OBJECT = { group: 'apps', kind: 'Deployment', namespace: '', name: 'checkout' };
const FILE = 'apps/checkout/deployment.yaml';
const at = (field?: string, place: Partial<HeldNode> = { object: OBJECT }): HeldNode => ({ path: FILE, ...place, ...(field !== undefined && { field }) });
const change = (fields: Partial<ObjectChange>): ObjectChange => ({ path: FILE, object: OBJECT, change: 'modified', fields: [], truncated: false, ...fields });

describe('the places of a difference', () => {
  test.each([
    ['a field that changed', change({ fields: [{ field: 'spec.image', before: 'a', after: 'b' }] }), [at('spec.image')]],
    ['an object that came, as a whole', change({ change: 'added', fields: [{ field: 'kind', after: 'Deployment' }] }), [at()]],
    ['more fields than are told, as a whole', change({ truncated: true, fields: [{ field: 'a', after: '1' }] }), [at()]],
    ['a file that is no YAML, as a whole', { path: 'run.sh', change: 'modified', fields: [], lines: { added: 1, removed: 1 }, truncated: false }, [{ path: 'run.sh' }]],
    ['not a comment', { path: FILE, change: 'modified', fields: [], lines: { added: 1, removed: 0 }, truncated: false }, []],
    ['not the file that an object is in', change({ fields: [{ field: '(file)', before: 'a.yaml', after: 'b.yaml' }] }), []],
  ] as readonly (readonly [string, ObjectChange, readonly HeldNode[]])[])('%s', (_name, given, wanted) => {
    expect(nodesOf([given])).toEqual(wanted);
  });

  test('are told object by object when there are too many', () => {
    const fields = Array.from({ length: 90 }, (_, index) => ({ field: `f${index}`, after: 'x' }));
    const many = ['a', 'b', 'c'].map((name) => change({ object: { ...OBJECT, name }, fields }));
    expect(nodesOf(many)).toEqual(['a', 'b', 'c'].map((name) => at(undefined, { object: { ...OBJECT, name } })));
  });
});

describe('nodes meet', () => {
  test.each([
    ['at the same field', at('spec.image'), at('spec.image'), true],
    ['below it', at('spec.containers[web].image'), at('spec.containers[web]'), true],
    ['above it', at('spec'), at('spec.image'), true],
    ['not beside it', at('spec.image'), at('spec.images'), false],
    ['in the whole object', at(), at('spec.image'), true],
    ['in another file, when it is the same object', at('spec.image'), at('spec.image', { path: 'b.yaml', object: { ...OBJECT, group: 'apps.example' } }), true],
    ['not in another object of the file', at('spec.image'), at('spec.image', { object: { ...OBJECT, name: 'cart' } }), false],
    ['in the whole file', at('spec.image'), at(undefined, {}), true],
    ['not in another file', at('a', {}), at('a', { path: 'b.yaml' }), false],
  ] as readonly (readonly [string, HeldNode, HeldNode, boolean])[])('%s', (_name, a, b, wanted) => {
    expect(nodesAt([a], [b])).toEqual(wanted ? [a] : []);
    expect(nodesAt([b], [a])).toEqual(wanted ? [b] : []);
  });

  test('and of both, each place is told once', () => {
    expect(nodesOfBoth([at('a')], [at('a'), at('b')])).toEqual([at('a'), at('b')]);
  });
});

test('a node says field, object and file, and many say how many more there are', () => {
  expect(describeNode(at('spec.image'))).toBe('spec.image of Deployment.apps checkout in apps/checkout/deployment.yaml');
  expect(describeNode({ path: 'run.sh' })).toBe('run.sh');
  expect(describeNodes(['a', 'b', 'c', 'd', 'e', 'f', 'g'].map((field) => at(field, {})))).toMatch(/^a of .*; and 2 more$/);
});
