import { createHash } from 'node:crypto';
import { InvalidInput } from '@sluice/kernel';
import type { PreparedTest } from '@sluice/sync';
import type { JsonObject } from '../transport/kube-object.js';

/** An object has at most 1 MiB, and base64 makes a third more. https://kubernetes.io/docs/concepts/configuration/configmap/#motivation */
const MAX_CHUNK_BYTES = 700 * 1024;
const MAX_CHUNKS = 12;

/** Files as the pod of a test sees them: in ConfigMaps that are laid over each other. */
export interface TestFiles {
  readonly maps: readonly JsonObject[];
  /** The volume that has all of them in their folders. */
  readonly volume: JsonObject;
}

interface Chunk {
  readonly data: Record<string, string>;
  readonly items: JsonObject[];
  bytes: number;
}

/** @param names of the ConfigMaps, by their number @throws InvalidInput for files that do not fit, or are no plain files */
export async function testFiles({ files }: PreparedTest, names: (index: number) => string, labels: Readonly<Record<string, string>>): Promise<TestFiles> {
  const chunks: Chunk[] = [];
  for (const { path, mode, read } of files) {
    if (mode !== '100644' && mode !== '100755') throw new InvalidInput(`${path} is a link or a submodule, which a test in a cluster cannot have`);
    const bytes = Buffer.from(await read());
    if (bytes.length > MAX_CHUNK_BYTES) throw new InvalidInput(`${path} has ${bytes.length} bytes, more than the ${MAX_CHUNK_BYTES} that a ConfigMap takes: put it into the test's image`);
    const chunk = roomFor(bytes.length, chunks);
    const key = keyOf(path);
    chunk.data[key] = bytes.toString('base64');
    chunk.items.push({ key, path, mode: mode === '100755' ? 0o555 : 0o444 });
    chunk.bytes += bytes.length;
  }
  if (chunks.length > MAX_CHUNKS) throw new InvalidInput(`the application's files are larger than ${MAX_CHUNKS * MAX_CHUNK_BYTES} bytes, which is too much for ConfigMaps: put what the test needs into its image`);
  return {
    maps: chunks.map(({ data }, index) => ({ apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: names(index), labels }, immutable: true, binaryData: data })),
    volume: { name: 'files', projected: { sources: chunks.map(({ items }, index) => ({ configMap: { name: names(index), items } })) } },
  };
}

function roomFor(bytes: number, chunks: Chunk[]): Chunk {
  const last = chunks.at(-1);
  if (last && last.bytes + bytes <= MAX_CHUNK_BYTES) return last;
  const next: Chunk = { data: {}, items: [], bytes: 0 };
  chunks.push(next);
  return next;
}

function keyOf(path: string): string {
  return createHash('sha256').update(path).digest('hex').slice(0, 32);
}
