import { dueAsking } from '@sluice/gates';
import type { Finding, ObservedImage } from '@sluice/gates';
import type { ImagesResult } from '@sluice/policy';
import type { Candidate, Verdict } from '@sluice/promotion';
import type { ImageRegistry } from '../ports/index.js';
import type { FindingPorts, FindingScope } from './finding-scope.js';
import { readComposed } from './read-composed.js';

/** More than a cluster runs of one application. */
const MAX_IMAGES = 200;
const AT_ONCE = 8;

/** Asks registries for every image that the target would run, when it is time to. Undefined: not yet, or never, where nobody is to be asked. */
export async function observeImages(ports: FindingPorts, scope: FindingScope, gate: { readonly name: string }, judged: { readonly candidate: Candidate; readonly boundTo: string; readonly previous: readonly Verdict[] }): Promise<Finding | undefined> {
  const { candidate, boundTo, previous } = judged;
  const asked = dueAsking(gate, boundTo, previous, ports.clock());
  if (!ports.images || !asked) return undefined;
  const files = await readComposed(scope.mirror, scope.application, candidate);
  if (files.kind === 'unfound') return files;
  const found = await ports.reader.findImages(files.after);
  if ('kind' in found) return { kind: 'unfound', message: `nobody can tell which images it runs: ${found.message}`, final: true };
  if (found.images.length > MAX_IMAGES) return { kind: 'unfound', message: `the application runs ${found.images.length} images, more than the ${MAX_IMAGES} that are looked for`, final: true };
  return { kind: 'images', images: await lookFor(ports.images, found.images), unreadable: found.unreadable, asked, boundTo };
}

async function lookFor(registry: ImageRegistry, images: ImagesResult['images']): Promise<readonly ObservedImage[]> {
  const observed: ObservedImage[] = [];
  for (let at = 0; at < images.length; at += AT_ONCE) {
    const some = images.slice(at, at + AT_ONCE).map(async ({ image, usedBy }): Promise<ObservedImage> => {
      const state = await registry.find(image);
      return { image, usedBy, state: state.kind, ...(state.kind === 'unknown' && { message: state.message }) };
    });
    observed.push(...(await Promise.all(some)));
  }
  return observed;
}
