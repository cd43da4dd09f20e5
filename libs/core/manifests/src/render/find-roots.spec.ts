import type { FileVersion } from '../model.js';
import { findRoots, mayRender } from './find-roots.js';

const tree = (files: Readonly<Record<string, string | { readonly link: string }>>): ReadonlyMap<string, FileVersion> =>
  new Map(Object.entries(files).map(([path, text]) => [path, typeof text === 'string' ? { mode: '100644', bytes: Buffer.from(text) } : { mode: '120000', bytes: Buffer.from(text.link) }]));
const roots = (files: Parameters<typeof tree>[0]): readonly string[] => findRoots(tree(files)).map(({ folder, kind }) => `${kind} ${folder}`);
const refused = (kustomization: string, others: Parameters<typeof tree>[0] = {}): string | undefined => findRoots(tree({ 'a/kustomization.yaml': kustomization, ...others }))[0]?.refused;
const DEPLOYMENT = 'kind: Deployment\n';

describe('what is rendered', () => {
  it('is each kustomization that no other one builds on', () => {
    const files = {
      'a/base/kustomization.yaml': 'resources: [d.yaml, ../common]',
      'a/base/d.yaml': DEPLOYMENT,
      'a/common/kustomization.yml': 'resources: []',
      'a/part/Kustomization': 'kind: Component',
      'a/prod/kustomization.yaml': 'resources: [../base]\ncomponents: [../part/]',
      'a/qa/kustomization.yaml': 'bases: [./../base]',
      'b/d.yaml': DEPLOYMENT,
    };
    expect(roots(files)).toEqual(['kustomize a/prod', 'kustomize a/qa']);
    expect(findRoots(tree(files)).map(({ covers }) => [...covers].sort())).toEqual([['a/base', 'a/common', 'a/part', 'a/prod'], ['a/base', 'a/common', 'a/qa']]);
    expect(findRoots(tree(files)).map((root) => root.refused)).toEqual([undefined, undefined]);
  });

  it('is each chart that is no part of another, and no library', () => {
    expect(roots({ 'shop/Chart.yaml': 'name: shop', 'shop/charts/db/Chart.yaml': 'name: db', 'lib/Chart.yaml': 'name: lib\ntype: library', 'shop/templates/kustomization.yaml': 'resources: []' })).toEqual(['helm shop']);
  });

  it('may also be the top', () => {
    expect(roots({ 'kustomization.yaml': 'resources: [a.yaml]', 'a.yaml': DEPLOYMENT, 'Chart.yaml.md': '' })).toEqual(['kustomize ']);
  });

  it('is nothing where there is neither', () => {
    expect([mayRender(['a/d.yaml', 'a/my-kustomization.yaml', 'a/kustomization.json']), roots({ 'a/d.yaml': DEPLOYMENT })]).toEqual([false, []]);
    expect([mayRender(['a/kustomization.yml']), mayRender(['Chart.yaml'])]).toEqual([true, true]);
  });

  it('goes round in no circle', () => {
    expect(roots({ 'a/kustomization.yaml': 'resources: [../b]', 'b/kustomization.yaml': 'resources: [../a]' })).toEqual([]);
    expect(findRoots(tree({ 'c/kustomization.yaml': 'resources: [../a]', 'a/kustomization.yaml': 'resources: [../b]', 'b/kustomization.yaml': 'resources: [../a]' }))[0]?.covers).toEqual(['c', 'a', 'b']);
  });
});

describe('a kustomization', () => {
  it('is rendered when it names only what is there', () => {
    const everything = `
apiVersion: kustomize.config.k8s.io/v1beta1
kind: Kustomization
namespace: shop
commonAnnotations: { docs: "https://example.org/docs" }
resources: [d.yaml, ./sub/e.yaml]
patches:
  - path: p.yaml
  - patch: |-
      - op: replace
        path: /spec/replicas
        value: 3
    target: { kind: Deployment }
patchesStrategicMerge: [p.yaml, "kind: Deployment\\nmetadata: { name: https://example.org }\\n", '{"kind": "Deployment"}']
configMapGenerator:
  - { name: c, files: [app.properties, key=app.properties], envs: [app.env], literals: ["URL=https://example.org"] }
images: [{ name: registry.example.org/x, newTag: "2" }]
replacements: [{ path: p.yaml }, { source: { kind: X }, targets: [] }]
crds: []
`;
    expect(refused(everything, { 'a/d.yaml': '', 'a/sub/e.yaml': '', 'a/p.yaml': '', 'a/app.properties': '', 'a/app.env': '' })).toBeUndefined();
  });

  it.each([
    ['resources: ["https://example.org/all.yaml"]', /https:\/\/example\.org\/all\.yaml is not in the repository, and nothing is fetched/],
    ['resources: [github.com/example/shop]', /nothing is fetched/],
    ['resources: ["github.com/example/shop//base?ref=v1"]', /nothing is fetched/],
    ['bases: ["git@github.com:example/shop.git"]', /nothing is fetched/],
    ['components: ["git::https://example.org/x"]', /nothing is fetched/],
    ['resources: ["ssh://git@example.org/x"]', /nothing is fetched/],
    ['resources: ["file:///etc"]', /nothing is fetched/],
    ['resources: ["http:/example.org"]', /nothing is fetched/],
    ['configMapGenerator: [{ name: a, files: ["x=https://example.org/a"] }]', /nothing is fetched/],
    ['secretGenerator: [{ name: a, envs: ["https://example.org/a"] }]', /nothing is fetched/],
    ['secretGenerator: [{ name: a, env: "https://example.org/a" }]', /nothing is fetched/],
    ['patches: [{ path: "https://example.org/a" }]', /nothing is fetched/],
    ['patchesStrategicMerge: ["https://example.org/a"]', /nothing is fetched/],
    ['patchesStrategicMerge: ["https://example.org/a\\n"]', /nothing is fetched/],
    ['openapi: { path: "https://example.org/a" }', /nothing is fetched/],
    ['crds: ["https://example.org/a"]', /nothing is fetched/],
    ['replacements: [{ path: "https://example.org/a" }]', /nothing is fetched/],
    ['resources: [/etc/passwd]', /leads out of the repository/],
    ['resources: [../../../etc/passwd]', /leads out of the repository/],
    ['resources: [link.yaml]', /neither in the application's paths nor in what it uses/],
    ['resources: [../../platform/base]', /leads out|neither in/],
    ['resources: [../platform]', /neither in the application's paths nor in what it uses/],
    ['generators: [g.yaml]', /plug-ins are not run/],
    ['transformers: [g.yaml]', /plug-ins are not run/],
    ['validators: [g.yaml]', /plug-ins are not run/],
    ['helmCharts: [{ name: a, repo: "https://example.org" }]', /are not inflated/],
    ['somethingNew: [a]', /this field is not known/],
    ['resources: d.yaml', /is no list/],
    ['resources: [1]', /no name of a file/],
    ['resources: [a.yaml', /cannot be read/],
    ['a: 1\n---\nb: 1', /has several documents/],
    ['resources: []\nresources: [github.com/x/y]', /cannot be read/],
  ])('is refused: %s', (text, message) => {
    expect(refused(text, { 'a/link.yaml': { link: '/etc/passwd' }, 'a/g.yaml': '' })).toMatch(message);
  });

  it('is refused for what it builds on', () => {
    expect(refused('resources: [../b]', { 'b/kustomization.yaml': 'resources: [../c]', 'c/kustomization.yaml': 'resources: ["https://example.org/x"]' })).toMatch(/nothing is fetched/);
  });
});

describe('a chart', () => {
  it.each([
    [{ 'c/templates/a.yaml': '{{ getHostByName "example.org" }}' }, /asks for the address of a host/],
    [{ 'c/charts/db.tgz': '' }, /is packed/],
    [{ 'c/values.schema.json': '{"$ref": "https://example.org/schema.json"}' }, /refers to another schema/],
  ])('is refused with %j', (others, message) => {
    expect(findRoots(tree({ 'c/Chart.yaml': 'name: c', ...others }))[0]?.refused).toMatch(message);
  });

  it('is rendered otherwise', () => {
    expect(findRoots(tree({ 'c/Chart.yaml': 'name: c', 'c/values.schema.json': '{"$schema": "https://json-schema.org/x", "$ref": "#/a"}', 'd/x.tgz': '' }))[0]?.refused).toBeUndefined();
  });
});
