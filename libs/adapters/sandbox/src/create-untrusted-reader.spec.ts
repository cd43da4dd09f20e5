import { Unavailable } from '@sluice/kernel';
import { composeFiles, diffObjects, type ComposeFileInput, type FileVersion } from '@sluice/manifests';
import { parsePipeline } from '@sluice/pipeline';
import { evaluatePolicy } from '@sluice/policy';
import { createUntrustedReader, type SandboxedReader, type UntrustedReaderOptions } from './create-untrusted-reader.js';

const readers: SandboxedReader[] = [];
function reader(options: UntrustedReaderOptions = {}): SandboxedReader {
  const made = createUntrustedReader(options);
  readers.push(made);
  return made;
}
afterEach(() => Promise.all(readers.splice(0).map((each) => each.close())));

const file = (text: string): FileVersion => ({ mode: '100644', bytes: Buffer.from(text) });

const ANY_ITEM = Symbol.for('sluice.any-item');
const DEPLOYMENT = `apiVersion: apps/v1
kind: Deployment
metadata: { name: shop }
spec:
  replicas: 1
  template:
    spec:
      containers:
        - name: web
          image: dev.example/shop/web:1
`;
const FILES: readonly ComposeFileInput[] = [
  {
    path: 'apps/shop.yaml',
    base: file(DEPLOYMENT),
    source: file(DEPLOYMENT.replace('web:1', 'web:2').replace('replicas: 1', 'replicas: 2')),
    target: file(DEPLOYMENT.replace('dev.example/', 'prod.example/').replace('replicas: 1', 'replicas: 9 # busy')),
    owned: [
      { kind: 'Deployment', path: ['spec', 'replicas'] },
      { kind: 'Deployment', path: ['spec', 'template', 'spec', 'containers', ANY_ITEM, 'image'], part: 'registry' },
    ],
  },
  { path: 'logo.png', base: file('a\0'), source: file('b\0'), target: file('c\0'), owned: [] },
  { path: 'gone.txt', base: file('a'), target: file('a'), owned: [] },
];

const BOMB = ['a: &a [x, x, x, x, x, x, x, x, x]', ...[...'bcdefghi'].map((name, index) => `${name}: &${name} [${Array(9).fill(`*${'abcdefgh'[index]}`).join(', ')}]`)].join('\n');
const bombed: ComposeFileInput = { path: 'bomb.yaml', base: file('a: 1\n'), source: file(BOMB), target: file('a: 1 # mine\n'), owned: [] };

// thousands of lines that are equal to each other: merging them takes minutes
const SLOW = Array(20_000).fill('x\ny').join('\n');
const slow: ComposeFileInput = { path: 'slow.txt', base: file(SLOW), source: file(`a\n${SLOW}\nb`.replace(/x\ny\nx/g, 'y\nx')), target: file(`c\n${SLOW}\nd`.replace(/y\nx\ny/g, 'y\ny')), owned: [] };

describe('a sandboxed reader', () => {
  test('finds what is rendered, and is stopped by a kustomization that expands without end', async () => {
    const files = new Map([['a/kustomization.yaml', file('resources: [c.yaml]')], ['a/c.yaml', file('a: 1\n')], ['b/kustomization.yaml', file(`${BOMB}\n`)]]);
    expect(await reader().findRoots(files)).toMatchObject([{ folder: 'a', kind: 'kustomize', covers: ['a'] }, { folder: 'b', refused: expect.stringMatching(/cannot be read|not known/) }]);
  });
  test('composes as the direct call does, with the caller’s bytes left alone', async () => {
    const before = FILES.map(({ source }) => source && Buffer.from(source.bytes).toString());
    const composed = await reader().compose(FILES);
    expect(composed).toEqual(composeFiles(FILES).map((outcome) => (outcome.kind === 'write' ? { ...outcome, file: { ...outcome.file, bytes: new Uint8Array(outcome.file.bytes) } } : outcome)));
    expect(composed).toMatchObject([{ kind: 'write' }, { kind: 'conflict' }, { kind: 'delete' }]);
    expect(FILES.map(({ source }) => source && Buffer.from(source.bytes).toString())).toEqual(before);
  });

  it('puts what is live in a cluster into manifests', async () => {
    const file = (text: string) => ({ mode: '100644', bytes: new TextEncoder().encode(text) });
    const text = 'apiVersion: v1\nkind: ConfigMap\nmetadata: { name: a }\ndata: { level: info } # calm\n';
    const captures = [{ path: 'a.yaml', object: 'ConfigMap shop/a', capture: { fields: [{ path: ['data', 'level'], value: '"debug"' }] } }, { path: 'b.yaml', capture: { text: 'kind: Secret' } }];
    const taken = await reader().takeOver(new Map([['a.yaml', file(text)], ['b.yaml', file('a: 1\n')]]), captures);
    expect(taken).toEqual({ edits: [{ path: 'a.yaml', file: file(text.replace('info', 'debug')) }], left: [{ path: 'b.yaml', message: 'it has a Secret, which is never taken over' }] });
  });

  test('puts newer tags into files, and survives those that are made to block it', async () => {
    const wanted = [{ image: 'dev.example/shop/web', policy: { kind: 'glob', pattern: '*' }, tag: '2' }] as const;
    const files = new Map([['a.yaml', file(DEPLOYMENT)], ['bomb.yaml', file(BOMB)]]);
    const updated = await reader().updateImages(files, wanted);
    expect(updated).toMatchObject({ changes: [{ path: 'a.yaml', from: '1', to: '2' }], unreadable: [{ path: 'bomb.yaml', message: expect.any(String) }] });
    expect('edits' in updated && updated.edits.map(({ file: { bytes } }) => Buffer.from(bytes).toString())).toEqual([DEPLOYMENT.replace('web:1', 'web:2')]);
  });

  test('tells differences as the direct call does', async () => {
    const [before, after] = [new Map([['a.yaml', file(DEPLOYMENT)]]), new Map([['a.yaml', file(DEPLOYMENT.replace('web:1', 'web:2'))], ['b.txt', file('x\n')]])];
    const changes = await reader().diff(before, after);
    expect(changes).toEqual(diffObjects(before, after));
    expect(changes).toHaveLength(2);
  });

  test('reads a pipeline as the direct call does', async () => {
    const text = 'apiVersion: sluice.dev/v1\nkind: Pipeline\nmetadata: { name: shop }\nspec:\n  environments:\n    - { name: dev, branch: dev }\n    - { name: prod, branch: prod, from: [dev] }\n';
    const parsed = await reader().parsePipeline(text);
    expect(parsed).toEqual(parsePipeline(text));
    expect(parsed.pipeline?.environments).toHaveLength(2);
  });

  test('composes more files than fit one batch, in their order', async () => {
    const many = Array.from({ length: 120 }, (_, index): ComposeFileInput => ({ path: `${index}.txt`, source: file(String(index)), owned: [] }));
    const outcomes = await reader().compose(many);
    expect(Array.isArray(outcomes) && outcomes.map((outcome) => (outcome.kind === 'write' ? Buffer.from(outcome.file.bytes).toString() : outcome.kind))).toEqual(many.map((_, index) => String(index)));
    expect(await reader().compose([])).toEqual([]);
  });

  test('answers requests in any number with few workers', async () => {
    const sandbox = reader({ workers: 2 });
    const results = await Promise.all(Array.from({ length: 20 }, () => sandbox.compose(FILES)));
    expect(new Set(results.map((result) => JSON.stringify(result))).size).toBe(1);
  });
});

describe('hostile content ends as a limit', () => {
  test('an alias bomb, while this thread goes on', async () => {
    expect(BOMB.length).toBeLessThan(520);
    let ticks = 0;
    const ticking = setInterval(() => ticks++, 1);
    const [outcomes, changes] = await Promise.all([reader().compose([bombed]), reader().diff(new Map(), new Map([['bomb.yaml', file(BOMB)]]))]);
    clearInterval(ticking);
    expect(outcomes).toMatchObject([{ kind: 'conflict', conflicts: [{ reason: 'limit' }] }]);
    expect(changes).toMatchObject([{ path: 'bomb.yaml', change: 'added', fields: [] }]);
    expect(ticks).toBeGreaterThan(0);
  });

  test('an alias bomb as a pipeline', async () => {
    const parsed = await reader().parsePipeline(BOMB);
    expect(parsed.pipeline).toBeUndefined();
    expect(parsed.diagnostics[0]).toMatchObject({ severity: 'error' });
  });

  test('work without an end is terminated, and the next request gets a new worker', async () => {
    const sandbox = reader({ workers: 1, deadline: 1_000 });
    expect(await sandbox.compose([slow])).toMatchObject({ kind: 'limit', message: expect.stringContaining('1000 ms') });
    expect(await sandbox.compose(FILES.slice(2))).toEqual([{ kind: 'delete' }]);
  });

  test('50 MB are refused unread', async () => {
    const big: FileVersion = { mode: '100644', bytes: new Uint8Array(50 * 1024 * 1024) };
    const sandbox = reader({ entry: new URL('file:///no/such/worker.js') });
    expect(await sandbox.compose([{ path: 'big.yaml', source: big, owned: [] }])).toMatchObject({ kind: 'limit' });
    expect(await sandbox.diff(new Map(), new Map([['big.yaml', big]]))).toMatchObject({ kind: 'limit' });
    expect(await sandbox.parsePipeline('x'.repeat(50 * 1024 * 1024))).toMatchObject({ diagnostics: [{ severity: 'error', message: expect.stringContaining('more than') }] });
  });

  test('a worker that runs out of memory is replaced', async () => {
    const sandbox = reader({ workers: 1, heap: 24, deadline: 30_000 });
    const heavy = file(`a: [${'[1, 2, 3, 4],'.repeat(300_000)}]\n`);
    expect(await sandbox.compose([{ path: 'heavy.yaml', base: file('a: 1\n'), source: heavy, target: file('a: 2\n'), owned: [] }])).toMatchObject({ kind: 'limit', message: expect.stringContaining('memory') });
    expect(await sandbox.compose(FILES.slice(2))).toEqual([{ kind: 'delete' }]);
  });
});

describe('a policy', () => {
  const policy = (expression: string): Parameters<SandboxedReader['evaluatePolicy']>[0] => {
    const after = new Map([['a.yaml', file(DEPLOYMENT)]]);
    return { validations: [{ expression, message: 'no' }], before: new Map(), after, changedPaths: ['a.yaml'], application: 'shop', environment: 'prod', source: { environment: 'dev', commit: 'c' } };
  };
  test('is evaluated as by the direct call', async () => {
    const input = policy('objects.all(o, o.spec.replicas > 1)');
    expect(await reader().evaluatePolicy(input)).toEqual(evaluatePolicy(input));
    expect(await reader().evaluatePolicy(input)).toMatchObject({ problems: [{ kind: 'broken', message: 'no' }] });
  });
  test.each([
    ['a regular expression that goes back and forth', `"${'a'.repeat(40)}!".matches("^(a+)+$")`],
    ['loops in loops', `[${Array(99).fill(1).join(',')}].${Array.from('abcde', (name) => `all(${name}, [${Array(99).fill(1).join(',')}].`).join('')}all(f, f == 1)${')'.repeat(5)}`],
  ])('with %s ends at its limit, and the next one is evaluated', async (_, expression) => {
    const sandbox = reader({ workers: 1, deadline: 1_000 });
    expect(await sandbox.evaluatePolicy(policy(expression))).toMatchObject({ kind: 'limit' });
    expect(await sandbox.evaluatePolicy(policy('size(objects) == 1'))).toMatchObject({ problems: [] });
  });
});

describe('faults', () => {
  test('a worker that cannot start is unavailable, which is worth a retry', async () => {
    const sandbox = reader({ entry: new URL('file:///no/such/worker.js') });
    await expect(sandbox.compose(FILES)).rejects.toThrow(Unavailable);
  });
  test('more requests than may wait are turned away', async () => {
    const sandbox = reader({ workers: 1, queue: 1 });
    const results = await Promise.allSettled(Array.from({ length: 5 }, () => sandbox.compose(FILES)));
    expect(results.filter(({ status }) => status === 'fulfilled')).toHaveLength(2);
    expect(results.find((result) => result.status === 'rejected')).toMatchObject({ reason: expect.any(Unavailable) });
  });
  test('closing ends what is being read, and nothing is read afterwards', async () => {
    const sandbox = reader({ workers: 1, deadline: 60_000 });
    const reading = sandbox.compose([slow]);
    const refused = expect(reading).rejects.toThrow(Unavailable);
    await sandbox.close();
    await refused;
    await expect(sandbox.compose(FILES)).rejects.toThrow(/closed/);
  });
});
