import { TooLarge } from '@sluice/kernel';
import type { CommitSha } from '@sluice/kernel';
import { isStructured } from '@sluice/manifests';
import type { FileVersion } from '@sluice/manifests';
import type { Pipeline } from '@sluice/pipeline';
import type { Mirror } from '../ports/index.js';

/** A larger file is no manifest that anybody writes. */
const MAX_FILE_BYTES = 1_048_576;
const MAX_TOTAL_BYTES = 24 * 1_048_576;

/** The manifests of all applications at a commit whose text has the last part of an image's name in it: only these are read. @throws TooLarge when there are too many. */
export async function filesNaming(mirror: Mirror, commit: CommitSha, pipeline: Pipeline, images: readonly string[]): Promise<ReadonlyMap<string, FileVersion>> {
  const names = images.map((image) => Buffer.from(image.slice(image.lastIndexOf('/') + 1)));
  const include = pipeline.applications.flatMap(({ paths, uses }) => [...paths, ...uses]);
  const files = new Map<string, FileVersion>();
  let left = MAX_TOTAL_BYTES;
  for (const { path, mode, sha } of await mirror.list(commit, { include, exclude: ['.sluice/**', 'sluice.yaml'] })) {
    if (!mode.startsWith('100') || !isStructured(path)) continue;
    const bytes = await blobOf(mirror, sha);
    if (!bytes || !names.some((name) => Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).includes(name))) continue;
    left -= bytes.byteLength;
    if (left < 0) throw new TooLarge(`the files that name images have more than ${MAX_TOTAL_BYTES} bytes together`);
    files.set(path, { mode, bytes });
  }
  return files;
}

async function blobOf(mirror: Mirror, sha: Parameters<Mirror['blob']>[0]): Promise<Uint8Array | undefined> {
  try {
    return await mirror.blob(sha, MAX_FILE_BYTES);
  } catch (error) {
    if (error instanceof TooLarge) return undefined;
    throw error;
  }
}
