import { mkdtemp, readFile, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { findRoots } from '@sluice/manifests';
import type { FileVersion, RenderRoot } from '@sluice/manifests';
import { describeWithProgram, programOnPath } from '@sluice/testing';
import type { Rendered } from '@sluice/usecases';
import { createRenderer, type OwnedRenderer, type RendererOptions } from './create-renderer.js';

type Files = ReadonlyMap<string, FileVersion>;

const tree = (files: Readonly<Record<string, string | { readonly link: string }>>): Files =>
  new Map(Object.entries(files).map(([path, text]) => [path, typeof text === 'string' ? { mode: '100644', bytes: Buffer.from(text) } : { mode: '120000', bytes: Buffer.from(text.link) }]));
const CONFIG = 'apiVersion: v1\nkind: ConfigMap\nmetadata: { name: shop }\ndata: { a: "1" }\n';
const textOf = (rendered: Rendered): string => (rendered.kind === 'rendered' ? Buffer.from(rendered.text).toString() : `failed: ${rendered.message}`);
/** Where files are put; other suites have theirs elsewhere. */
let place: string;
beforeAll(async () => (place = await mkdtemp(join(tmpdir(), 'sluice-place-'))));
afterAll(() => rm(place, { recursive: true, force: true }));
const temporary = (): Promise<readonly string[]> => readdir(place);

function rootOf(files: Files): RenderRoot {
  const [root] = findRoots(files);
  if (!root) throw new Error('there is no root');
  return root;
}

describeWithProgram('kubectl', 'rendering with kubectl kustomize', () => {
  let renderer: OwnedRenderer;
  beforeAll(() => {
    renderer = createRenderer({ folder: place });
  });
  afterAll(() => renderer.close());
  const render = async (files: Files): Promise<string> => textOf(await renderer.render(rootOf(files), files));

  it('says what it renders with', async () => {
    expect(await renderer.program('kustomize')).toMatch(/^(kubectl )?kustomize v\d+\.\d+\.\d+/);
  });

  it('gives the objects of an overlay', async () => {
    const files = tree({ 'apps/base/kustomization.yaml': 'resources: [c.yaml]', 'apps/base/c.yaml': CONFIG, 'apps/prod/kustomization.yaml': 'bases: [../base]\nnamePrefix: prod-\n' });
    expect(await render(files)).toMatch(/name: prod-shop/);
    expect(await temporary()).toEqual([]);
  });

  it('says why one does not render, and not where', async () => {
    const files = tree({ 'a/kustomization.yaml': 'resources: [c.yaml]', 'a/c.yaml': 'kind: [\n' });
    const said = await render(files);
    expect(said).toMatch(/^failed: .*c\.yaml/);
    expect(said).not.toContain(place);
    expect(await temporary()).toEqual([]);
  });

  it('runs nothing for a refused root', async () => {
    expect(await render(tree({ 'a/kustomization.yaml': 'resources: ["https://example.org/x"]' }))).toMatch(/^failed: resources: .*nothing is fetched/);
  });

  // were the check before it not there
  it.each([
    ['fetches no address', { 'a/kustomization.yaml': 'resources: ["http://127.0.0.1:9/x.yaml"]' }],
    ['clones no repository', { 'a/kustomization.yaml': 'resources: ["https://127.0.0.1:9/x.git"]' }],
    ['reads no file of the machine', { 'a/kustomization.yaml': 'resources: [/etc/hostname]' }],
    ['follows no link', { 'a/kustomization.yaml': 'configMapGenerator: [{ name: x, files: [link] }]', 'a/link': { link: '/etc/hostname' } }],
    ['runs no plug-in', { 'a/kustomization.yaml': 'generators: [g.yaml]', 'a/g.yaml': 'apiVersion: example.org/v1\nkind: Run\nmetadata:\n  name: run\n  annotations:\n    config.kubernetes.io/function: |\n      exec: { path: /bin/true }\n' }],
  ])('%s', async (_, files) => {
    const { refused: _refused, ...root } = rootOf(tree(files));
    expect(textOf(await renderer.render(root, tree(files)))).toMatch(/^failed: /);
  });
});

describe('a program that renders', () => {
  let folder: string;
  let renderer: OwnedRenderer | undefined;
  beforeEach(async () => (folder = await mkdtemp(join(tmpdir(), 'sluice-program-'))));
  afterEach(async () => {
    await renderer?.close();
    await rm(folder, { recursive: true, force: true });
  });
  /** A kustomize of our own, which says its version and then does this. */
  async function program(script: string, options: RendererOptions = {}): Promise<OwnedRenderer> {
    await writeFile(join(folder, 'kustomize'), `#!/bin/sh\nif [ "$1" = version ]; then echo v9.9.9; exit; fi\necho run >> ${folder}/runs\n${script}\n`, { mode: 0o755 });
    return (renderer = createRenderer({ searchPath: folder, folder: place, ...options }));
  }
  const files = tree({ 'kustomization.yaml': 'resources: [c.yaml]', 'c.yaml': CONFIG });
  const render = async (from: OwnedRenderer, of = files): Promise<string> => textOf(await from.render(rootOf(of), of));
  const runs = async (): Promise<number> => (await readdir(folder)).includes('runs') ? (await readFile(join(folder, 'runs'), 'utf8')).split('\n').length - 1 : 0;

  it('has nothing of our environment', async () => {
    process.env['SLUICE_SECRET_OF_OURS'] = 'secret';
    const seen = await render(await program('/usr/bin/env'));
    delete process.env['SLUICE_SECRET_OF_OURS'];
    expect(seen).not.toMatch(/secret|SLUICE/);
    expect(seen).toMatch(/^PATH=$/m);
    expect(seen).toMatch(/^HTTPS_PROXY=http:\/\/127\.0\.0\.1:9$/m);
  });

  it('is ended at its deadline, with all that it started', async () => {
    const slow = await program(`/bin/sleep 61.375 & /bin/sleep 61.375`, { deadline: 300 });
    expect(await render(slow)).toBe('failed: it takes longer than 300 ms');
    const pids = (await readdir('/proc')).filter((name) => /^\d+$/.test(name));
    const lines = await Promise.all(pids.map((pid) => readFile(`/proc/${pid}/cmdline`, 'utf8').catch(() => '')));
    expect(lines.filter((line) => line.includes('61.375'))).toEqual([]);
    expect(await temporary()).toEqual([]);
  });

  it('is ended when it writes too much', async () => {
    expect(await render(await program('while :; do echo aaaaaaaaaaaaaaaaaaaaaaaaaaaaa; done', { maxBytes: 10_000 }))).toBe('failed: it comes to more than 10000 bytes');
  });

  it('is run once for the same files, and again for others', async () => {
    const one = await program('echo "a: 1"');
    expect([await render(one), await render(one), await runs()]).toEqual(['a: 1\n', 'a: 1\n', 1]);
    await render(one, tree({ 'kustomization.yaml': 'resources: [c.yaml]', 'c.yaml': `${CONFIG}# other\n` }));
    expect(await runs()).toBe(2);
  });

  it('gets files that are not to be run, and nothing outside of its folder', async () => {
    const odd = new Map([...files, ['run.sh', { mode: '100755', bytes: Buffer.from('#!/bin/sh\n') }], ['../outside', { mode: '100644', bytes: Buffer.from('x') }]]);
    const seen = await render(await program('cd "$2" && /bin/ls -l . ..'), odd);
    expect(seen).toMatch(/-rw------- .* run\.sh/);
    expect(seen).not.toMatch(/outside/);
  });

  it('loses control characters of what it says', async () => {
    expect(await render(await program('printf "a\\033[31mb\\n" >&2; exit 1'))).not.toContain('\u001b');
  });

  it('is missing where it is not installed', async () => {
    renderer = createRenderer({ searchPath: folder });
    expect([await renderer.program('kustomize'), await renderer.program('helm')]).toEqual([undefined, undefined]);
  });
});

/** No Debian package has it, so CI has none either: README says so. */
function describeWithHelm(title: string, suite: () => void): void {
  if (programOnPath('helm') !== undefined) return describe(title, suite);
  process.stderr.write(`\nNOT COVERED: "${title}", because helm is missing.\n`);
  describe(title, () => it.skip('runs where helm is', () => undefined));
}

describeWithHelm('rendering with helm', () => {
  it('gives the objects of a chart, by its values', async () => {
    const renderer = createRenderer();
    const files = tree({ 'shop/Chart.yaml': 'apiVersion: v2\nname: shop\nversion: 1.0.0\n', 'shop/values.yaml': 'tag: "2.0"\n', 'shop/templates/c.yaml': 'apiVersion: v1\nkind: ConfigMap\nmetadata: { name: {{ .Release.Name }} }\ndata: { tag: {{ .Values.tag | quote }} }\n' });
    expect(textOf(await renderer.render(rootOf(files), files))).toMatch(/name: shop[^]*tag: "2\.0"/);
    expect(await renderer.program('helm')).toMatch(/^helm v\d/);
    await renderer.close();
  });
});
