import { printableLine } from '@sluice/kernel';
import type { Asking } from './asking.js';
import { askedEvidence, pauseAfter } from './asking.js';
import type { Judgement } from './verdicts.js';

export interface ObservedImage {
  readonly image: string;
  /** `Deployment checkout`: the first that runs it. */
  readonly usedBy: string;
  readonly state: 'there' | 'missing' | 'unknown';
  /** Why nobody knows. */
  readonly message?: string;
}

export interface ImagesFinding {
  readonly kind: 'images';
  readonly images: readonly ObservedImage[];
  readonly unreadable: readonly string[];
  readonly asked: Asking;
  readonly boundTo: string;
}

const SHOWN = 3;

/** `images`: every image that the target would run is in its registry. One that is not there may be pushed: it is looked for again. */
export function evaluateImagesGate({ images, unreadable, asked, boundTo }: ImagesFinding): Judgement {
  const missing = images.filter(({ state }) => state === 'missing');
  const unknown = images.filter(({ state }) => state === 'unknown');
  const again = pauseAfter(asked, boundTo);
  const evidence = { images: images.length, missing: missing.length, unknown: unknown.length, ...askedEvidence(asked) };
  if (unreadable.length > 0) {
    return { outcome: 'fail', message: `${listed(unreadable)} cannot be read, so nobody can tell which images it runs`, clearedBy: 'a change that makes it readable', evidence };
  }
  if (missing.length > 0) {
    const names = missing.map(({ image, usedBy }) => `${image} (${usedBy})`);
    return { outcome: 'fail', message: `not in the registry: ${listed(names)}`, clearedBy: 'whoever pushes the image, which is looked for again, or a change to one that is there', evidence: { ...evidence, askAgainAt: again } };
  }
  const [first] = unknown;
  if (first) {
    const others = unknown.length > 1 ? ` (and ${unknown.length - 1} more)` : '';
    return { outcome: 'wait', message: printableLine(`nobody knows whether ${first.image} is there: ${first.message ?? 'no answer'}${others}`, 400), clearedBy: 'its registry, which is asked again', until: again, evidence: { ...evidence, askAgainAt: again } };
  }
  return { outcome: 'pass', message: images.length === 1 ? 'its image is in the registry' : `all ${images.length} images are in their registries`, evidence };
}

function listed(names: readonly string[]): string {
  const more = names.length > SHOWN ? ` and ${names.length - SHOWN} more` : '';
  return printableLine(`${names.slice(0, SHOWN).join(', ')}${more}`, 500);
}
