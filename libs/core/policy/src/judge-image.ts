import { compareTags, followsTag, sayPolicy } from './choose-tag.js';
import type { ImagePolicy } from './choose-tag.js';
import type { ImageParts } from './image-name.js';

/** An image that manifests should name by its newest tag. */
export interface WantedImage {
  /** Registry and repository. */
  readonly image: string;
  readonly policy: ImagePolicy;
  /** The newest tag that the policy follows. */
  readonly tag: string;
  /** Of that tag; present where manifests pin the digest as well. */
  readonly digest?: string;
}

/** What becomes of one place where a manifest names the image. */
export type Judgement =
  | { readonly kind: 'same' }
  | { readonly kind: 'update' }
  /** Somebody has put there what the policy does not follow, and means it. */
  | { readonly kind: 'left'; readonly reason: string };

/** Never a step back: a tag that is newer than the newest (which the registry has lost) stays, and what the policy does not follow is a person's word. */
export function judgeImage({ policy, tag, digest }: WantedImage, current: Omit<ImageParts, 'name'>): Judgement {
  if (current.tag === undefined) return { kind: 'left', reason: current.digest === undefined ? 'has no tag to go on from' : 'is pinned by a digest alone, which does not say how new it is' };
  if (!followsTag(policy, current.tag)) return { kind: 'left', reason: `has the tag ${current.tag}, which ${sayPolicy(policy)} does not follow` };
  const order = compareTags(policy, tag, current.tag);
  if (order > 0) return { kind: 'update' };
  const moved = tag === current.tag && digest !== undefined && digest !== current.digest;
  return { kind: moved ? 'update' : 'same' };
}
