import { composeFile } from './compose-file.js';
import { ANY_ITEM, compose, composed, conflicts, file, notes, REGISTRY, REPLICAS, SHOP, type Texts } from './compose.fixture.js';

const NEW_TAG = SHOP.replace('web:1.0', 'web:2.0');

describe('a file as a whole', () => {
  test.each([
    ['the source did not change it', { base: SHOP, source: SHOP, target: 'anything' }, 'unchanged'],
    ['the target has the source’s version already', { base: 'a: 1\n', source: 'a: 2\n', target: 'a: 2\n' }, 'unchanged'],
    ['the target has the base’s version', { base: 'a: 1\n', source: '{a:   2}\n', target: 'a: 1\n' }, '{a:   2}\n'],
    ['it is new', { source: SHOP }, SHOP],
    ['both added the same', { source: SHOP, target: SHOP }, 'unchanged'],
    ['the source removed it', { base: SHOP, target: SHOP }, 'delete'],
    ['both removed it', { base: SHOP }, 'unchanged'],
    ['the source removed it and the target changed only comments', { base: SHOP, target: `# ours\n${SHOP}` }, 'delete'],
    ['only the source’s comments changed and the target has its own values', { base: 'a: 1\n', source: '# s\na: 1\n', target: 'a: 2\n' }, 'unchanged'],
    ['the target already has the values in another form', { base: 'a: 1\n', source: 'a: 2\n', target: '{"a": 2}\n' }, 'unchanged'],
    ['it is broken in base and target, and the source mends it', { base: 'a: [\n', source: 'a: 1\n', target: 'a: [\n', owned: [REPLICAS] }, 'a: 1\n'],
    ['it is no YAML and merges by lines', { path: 'run.sh', base: 'a\nb\nc\n', source: 'a\nb\nC\n', target: 'A\r\nb\r\nc\r\n'.replaceAll('\r', '') }, 'A\nb\nC\n'],
    ['it is text with the target’s line breaks', { path: 'run.sh', base: 'a\nb\nc\n', source: 'a\nb\nC\n', target: 'A\r\nb\r\nc\r\n' }, 'A\r\nb\r\nC\r\n'],
    ['it is a template that does not parse, and the lines merge', { template: true, base: 'a: {{ x }}\nb: 1\nc: {{ y }}\n', source: 'a: {{ z }}\nb: 1\nc: {{ y }}\n', target: 'a: {{ x }}\nb: 1\nc: {{ q }}\n' }, 'a: {{ z }}\nb: 1\nc: {{ q }}\n'],
  ])('%s', (_name, texts, wanted) => {
    expect(composed(texts)).toBe(wanted);
  });

  test('a mode that only the source changed comes along, with the target’s own edits', () => {
    const outcome = composeFile({ path: 'run.sh', base: file('a\nb\nc\n'), source: file('a\nb\nC\n', '100755'), target: file('A\nb\nc\n'), owned: [] });
    expect(outcome).toMatchObject({ kind: 'write', file: { mode: '100755' } });
  });
  test('a link is taken or left whole', () => {
    const sides = { base: file('../a', '120000'), source: file('../b', '120000') } as Parameters<typeof composeFile>[0];
    expect(composeFile({ ...sides, path: 'l.yaml', target: file('../a', '120000')!, owned: [REPLICAS] })).toMatchObject({ kind: 'write', file: { mode: '120000' } });
    expect(composeFile({ ...sides, path: 'l.yaml', target: file('../c', '120000')!, owned: [] })).toMatchObject({ kind: 'conflict', conflicts: [{ reason: 'both-changed' }] });
  });
  test.each([
    ['a binary that both changed', { path: 'a.png', base: 'a\0', source: 'b\0', target: 'c\0' }, 'binary'],
    ['a text that both changed in one line', { path: 'a.txt', base: 'a\n', source: 'b\n', target: 'c\n' }, 'both-changed'],
    ['a file that the target changed and the source removed', { base: 'a: 1\n', target: 'a: 2\n' }, 'deleted-and-changed'],
    ['a file that the source changed and the target removed', { base: 'a: 1\n', source: 'a: 2\n' }, 'deleted-and-changed'],
    ['a target that does not parse', { base: 'a: 1\n', source: 'a: 2\n', target: 'a: [1\n' }, 'unparsable'],
    ['duplicate keys in the source', { base: 'a: 1\n', source: 'a: 2\na: 3\n', target: 'a: 1 # x\n' }, 'unparsable'],
    ['objects that share an identity', { base: `${SHOP}---\n${SHOP}`, source: `${NEW_TAG}---\n${SHOP}`, target: `${SHOP}---\n${SHOP}# x\n`, owned: [REPLICAS] }, 'both-changed'],
    ['both added different values', { source: 'a: 1\n', target: 'a: 2\n' }, 'both-changed'],
  ] as readonly (readonly [string, Texts, string])[])('%s is a conflict', (_name, texts, reason) => {
    expect(conflicts(texts)[0]).toMatchObject({ reason, path: texts.path ?? 'app.yaml' });
  });
  test('an unparsable file is told by line and column', () => {
    expect(conflicts({ base: 'a: 1\n', source: 'a: 2\n', target: 'a: 1\nb: 2\n  c: 3\n' })[0]).toMatchObject({ reason: 'unparsable', line: 3, message: expect.stringContaining("the target's version") });
  });
});

describe('what the environment owns stays', () => {
  const replicated = SHOP.replace('replicas: 1 # a start', 'replicas: 5 # for Christmas');
  const ownRegistry = SHOP.replace('dev.example/shop/', 'prod.example/');

  test('replicas, while the tag moves', () => {
    expect(composed({ base: SHOP, source: NEW_TAG.replace('replicas: 1', 'replicas: 2'), target: replicated, owned: [REPLICAS] })).toBe(replicated.replace('web:1.0', 'web:2.0'));
  });
  test('the base’s value, when the target is byte for byte the base', () => {
    const source = NEW_TAG.replace('replicas: 1', 'replicas: 2').replace('# pinned', '# bumped');
    expect(composed({ base: SHOP, source, target: SHOP, owned: [REPLICAS] })).toBe(source.replace('replicas: 2', 'replicas: 1'));
  });
  test('an owned field that the target does not have stays away', () => {
    const target = SHOP.replace('  replicas: 1 # a start\n', '');
    expect(composed({ base: SHOP, source: SHOP.replace('replicas: 1', 'replicas: 2'), target, owned: [REPLICAS] })).toBe('unchanged');
  });
  test('edits of owned fields alone change nothing and never conflict', () => {
    expect(composed({ base: SHOP, source: SHOP.replace('replicas: 1', 'replicas: 2'), target: replicated, owned: [REPLICAS] })).toBe('unchanged');
    expect(composed({ base: SHOP, source: SHOP.replace('dev.example/', 'other.example/'), target: ownRegistry, owned: [REGISTRY] })).toBe('unchanged');
  });
  test('a removed object goes although the target has its own replicas', () => {
    const [, service] = SHOP.split('---\n');
    expect(composed({ base: SHOP, source: service!, target: replicated, owned: [REPLICAS] })).toBe(service);
  });
  test('the registry, while the tag moves', () => {
    expect(composed({ base: SHOP, source: NEW_TAG, target: ownRegistry, owned: [REGISTRY] })).toBe(ownRegistry.replace('web:1.0', 'web:2.0'));
  });
  test('the registry, when the digest of an image without a registry moves', () => {
    const [base, source, target] = ['web@sha256:aa', 'web@sha256:bb', 'prod.example:5000/x/web@sha256:aa'].map((image) => SHOP.replace('dev.example/shop/web:1.0', image));
    expect(composed({ base: base!, source: source!, target: target!, owned: [REGISTRY] })).toBe(target!.replace('sha256:aa', 'sha256:bb'));
  });
  test('two tags in one image are a conflict with whole references', () => {
    expect(conflicts({ base: SHOP, source: NEW_TAG, target: ownRegistry.replace('web:1.0', 'web:1.1'), owned: [REGISTRY] })).toEqual([
      expect.objectContaining({ field: 'spec.template.spec.containers[web].image', base: '"dev.example/shop/web:1.0"', source: '"dev.example/shop/web:2.0"', target: '"prod.example/web:1.1"' }),
    ]);
  });

  const sidecar = '        - name: proxy\n          image: dev.example/mesh/proxy:7\n';
  const withSidecar = SHOP.replace('---\n', `${sidecar}---\n`);
  test('a new sidecar comes on the target’s registry, and the reviewer is told', () => {
    const texts = { base: SHOP, source: withSidecar, target: ownRegistry, owned: [REGISTRY] };
    expect(composed(texts)).toBe(ownRegistry.replace('---\n', `${sidecar.replace('dev.example/mesh/', 'prod.example/')}---\n`));
    expect(notes(texts)).toEqual([expect.objectContaining({ field: 'spec.template.spec.containers[proxy].image', value: '"prod.example/proxy:7"', object: expect.objectContaining({ name: 'shop' }) })]);
  });
  test('a new sidecar keeps its image where the target uses several registries, and the reviewer is told', () => {
    const two = (text: string): string => text.replace('      containers:\n', '      containers:\n        - name: other\n          image: third.example/other:1\n');
    const texts = { base: two(SHOP), source: two(withSidecar), target: two(ownRegistry), owned: [REGISTRY] };
    expect(composed(texts)).toBe(two(ownRegistry).replace('---\n', `${sidecar}---\n`));
    expect(notes(texts)).toHaveLength(1);
  });
  test('a new file comes with its owned fields, each noted', () => {
    expect(notes({ source: SHOP, owned: [REPLICAS, REGISTRY] }).map(({ field, value }) => `${field}=${value}`)).toEqual(['spec.replicas=1', 'spec.template.spec.containers[web].image="dev.example/shop/web:1.0"']);
  });
  test('a host in an atomic list, while its paths change', () => {
    const ingress = (host: string, path: string): string => `apiVersion: networking.k8s.io/v1\nkind: Ingress\nmetadata: { name: shop }\nspec:\n  rules:\n    - host: ${host}\n      http: { paths: [{ path: ${path} }] }\n`;
    const texts = { base: ingress('dev.example', '/'), source: ingress('dev.example', '/shop'), target: ingress('shop.example # ours', '/'), owned: [{ kind: 'Ingress', path: ['spec', 'rules', ANY_ITEM, 'host'] }] };
    expect(composed(texts)).toBe(ingress('shop.example # ours', '/shop'));
  });
  test('a field of a file without a kind', () => {
    expect(composed({ path: 'values.yaml', base: 'ingress:\n  host: dev\n  port: 1\n', source: 'ingress:\n  host: dev2\n  port: 2\n', target: 'ingress:\n  host: prod\n  port: 1\n', owned: [{ path: ['ingress', 'host'] }] })).toBe('ingress:\n  host: prod\n  port: 2\n');
  });
  test('an owned field under a map that the source drops', () => {
    expect(composed({ base: 'a:\n  own: 1\n  other: 2\nb: 1\n', source: 'b: 1\n', target: 'a:\n  own: 9\n  other: 2\nb: 1\n', owned: [{ path: ['a', 'own'] }] })).toBe('a:\n  own: 9\nb: 1\n');
  });
  test('an owned field under a map that the source drops, where the target is the base', () => {
    const base = 'a:\n  own: 1\n  other: 2\nb: 1\n';
    expect(composed({ base, source: 'b: 2\n', target: base, owned: [{ path: ['a', 'own'] }] })).toBe('a:\n  own: 1\nb: 2\n');
  });
  test('replicas of an item of a List, and of an object that changed its API group', () => {
    const list = (replicas: number, image: string): string => `kind: List\napiVersion: v1\nitems:\n- apiVersion: apps/v1\n  kind: Deployment\n  metadata: {name: a}\n  spec:\n    replicas: ${replicas}\n    image: ${image}\n`;
    expect(composed({ base: list(1, 'a'), source: list(2, 'b'), target: list(9, 'a'), owned: [REPLICAS] })).toBe(list(9, 'b'));
    const old = (text: string): string => text.replace('apps/v1', 'extensions/v1beta1');
    expect(composed({ base: old(SHOP), source: SHOP, target: old(replicated), owned: [REPLICAS] })).toBe(replicated);
  });
});

describe('a conflict', () => {
  test('names object, field and three values, and every one in the file', () => {
    const found = conflicts({ base: SHOP, source: NEW_TAG.replace('info', 'debug'), target: SHOP.replace('web:1.0', 'web:1.1').replace('info', 'error') });
    expect(found).toEqual([
      { path: 'app.yaml', reason: 'both-changed', message: expect.any(String), object: { group: 'apps', kind: 'Deployment', namespace: '', name: 'shop' }, field: 'spec.template.spec.containers[web].image', base: '"dev.example/shop/web:1.0"', source: '"dev.example/shop/web:2.0"', target: '"dev.example/shop/web:1.1"' },
      expect.objectContaining({ field: 'spec.template.spec.containers[web].env[LEVEL].value', base: '"info"', source: '"debug"', target: '"error"' }),
    ]);
  });
  test('masks what a Secret keeps', () => {
    const secret = (value: string): string => `apiVersion: v1\nkind: Secret\nmetadata: { name: s }\nstringData: { password: ${value} }\n`;
    const found = conflicts({ base: secret('one'), source: secret('two'), target: secret('three') });
    expect(found).toMatchObject([{ field: 'stringData.password', base: '"(masked)"', source: '"(masked)"', target: '"(masked)"' }]);
    expect(JSON.stringify(conflicts({ path: 'x.tpl', base: secret('one'), source: secret('two'), target: secret('three') }))).not.toMatch(/one|two|three/);
    expect(JSON.stringify(conflicts({ base: secret('one'), target: secret('three') }))).not.toMatch(/one|three/);
  });
  test('masks what a Secret keeps that stands in another object', () => {
    const template = (value: string): string => `apiVersion: example.org/v1\nkind: Template\nmetadata: { name: t }\nspec:\n  object: { apiVersion: v1, kind: Secret, metadata: { name: s }, data: { password: ${value} } }\n`;
    const found = conflicts({ base: template('onesecret'), source: template('twosecret'), target: template('threesecret') });
    expect(found).toMatchObject([{ field: 'spec.object.data.password', base: '(masked)', source: '(masked)', target: '(masked)' }]);
  });
  test('masks what a Secret keeps that is an item of a List', () => {
    const list = (value: string): string => `apiVersion: v1\nkind: List\nitems:\n- apiVersion: v1\n  kind: Secret\n  metadata: { name: s }\n  data: { password: ${value} }\n`;
    const found = conflicts({ base: list('onesecret'), source: list('twosecret'), target: list('threesecret') });
    expect(found).toHaveLength(1);
    expect(JSON.stringify(found)).not.toMatch(/(one|two|three)secret/);
  });
  test('shows long values short and without control characters', () => {
    const [found] = conflicts({ base: 'a: 1\n', source: `a: "\\u001b[31m${'x'.repeat(500)}"\n`, target: 'a: 2\n' });
    expect(found?.source?.length).toBeLessThanOrEqual(200);
    expect(found?.source).not.toContain('\u001b');
  });
  test('is what both made of an item that one removed', () => {
    const without = SHOP.replace(/            # the log's detail\n.*LEVEL\n.*info\n/, '');
    expect(conflicts({ base: SHOP, source: without, target: SHOP.replace('info', 'error') })).toMatchObject([{ reason: 'deleted-and-changed', field: 'spec.template.spec.containers[web].env[LEVEL]' }]);
  });
  test('is a list without map keys that both changed, and one that both re-ordered', () => {
    expect(conflicts({ base: 'a: [1]\n', source: 'a: [1, 2]\n', target: 'a: [1, 3]\n' })).toMatchObject([{ field: 'a', base: '[1]', source: '[1, 2]', target: '[1, 3]' }]);
    const pod = (order: string): string => `apiVersion: v1\nkind: Pod\nmetadata: { name: p }\nspec:\n  initContainers:\n${[...order].map((name) => `  - name: ${name}\n`).join('')}`;
    expect(conflicts({ base: pod('abc'), source: pod('bac'), target: pod('acb') })).toMatchObject([{ reason: 'both-changed', field: 'spec.initContainers' }]);
    expect(composed({ base: pod('abc'), source: pod('cab'), target: pod('abcd') })).toBe(pod('cdab'));
  });
});

test('the same input gives the same outcome, and notes ride on the write only', () => {
  const texts = { base: SHOP, source: NEW_TAG, target: `# ours\n${SHOP}` };
  expect(compose(texts)).toEqual(compose(texts));
  expect(compose(texts)).toMatchObject({ kind: 'write', notes: [] });
});
