import { createHash } from 'node:crypto';
import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startSupervised } from './services-supervised.js';
import { programOnPath } from './services.js';

export interface RunningRegistry {
  /** `127.0.0.1:5000`: how images in it are named. */
  readonly host: string;
  /** Puts an image there, which has no layers and runs nothing. @returns its digest. */
  push(repository: string, tag: string): Promise<string>;
  stop(): Promise<void>;
}

const CONFIG = 'application/vnd.oci.image.config.v1+json';
const MANIFEST = 'application/vnd.oci.image.manifest.v1+json';

/** Starts an empty registry for images, Debian's docker-registry. It ends with this process. @throws Error when it is not installed. */
export async function startRegistry(): Promise<RunningRegistry> {
  const program = programOnPath('docker-registry');
  if (program === undefined) throw new Error('docker-registry is not installed: run the tests with SLUICE_SETUP=1, or install the package docker-registry');
  const folder = mkdtempSync(join(tmpdir(), 'sluice-registry-'));
  writeFileSync(join(folder, 'config.yml'), `version: 0.1\nlog: { level: error }\nstorage: { filesystem: { rootdirectory: ${join(folder, 'data')} } }\nhttp: { addr: "127.0.0.1:0" }\n`);
  const server = await startSupervised({
    name: 'docker-registry',
    folder,
    argv: (port) => ['env', `REGISTRY_HTTP_ADDR=127.0.0.1:${port}`, program, 'serve', join(folder, 'config.yml')],
    signal: 'TERM',
    probe: async (port) => void (await fetch(`http://127.0.0.1:${port}/v2/`)),
  });
  const host = `127.0.0.1:${server.port}`;
  return { host, push: (repository, tag) => push(`http://${host}/v2/${repository}`, tag), stop: () => server.stop() };
}

async function push(base: string, tag: string): Promise<string> {
  const config = JSON.stringify({ architecture: 'amd64', os: 'linux', rootfs: { type: 'layers', diff_ids: [] }, config: { Labels: { tag } } });
  const started = await expectStatus(await fetch(`${base}/blobs/uploads/`, { method: 'POST' }), 202);
  const upload = new URL(started.headers.get('location') ?? '', base);
  upload.searchParams.set('digest', digestOf(config));
  await expectStatus(await fetch(upload, { method: 'PUT', body: config, headers: { 'content-type': 'application/octet-stream' } }), 201);
  const manifest = JSON.stringify({ schemaVersion: 2, mediaType: MANIFEST, config: { mediaType: CONFIG, size: Buffer.byteLength(config), digest: digestOf(config) }, layers: [] });
  await expectStatus(await fetch(`${base}/manifests/${tag}`, { method: 'PUT', body: manifest, headers: { 'content-type': MANIFEST } }), 201);
  return digestOf(manifest);
}

function digestOf(text: string): string {
  return `sha256:${createHash('sha256').update(text).digest('hex')}`;
}

async function expectStatus(response: Response, status: number): Promise<Response> {
  if (response.status !== status) throw new Error(`the registry answers with status ${response.status}: ${await response.text()}`);
  return response;
}
