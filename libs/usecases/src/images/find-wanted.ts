import type { Instant } from '@sluice/kernel';
import type { ImageUpdate } from '@sluice/pipeline';
import { chooseTag, sayPolicy } from '@sluice/policy';
import type { WantedImage } from '@sluice/policy';
import type { ImageTags } from '../ports/index.js';

/** What the registries said. */
export interface FoundTags {
  readonly wanted: readonly WantedImage[];
  readonly troubles: readonly { readonly image: string; readonly message: string }[];
  /** A registry did not answer. */
  readonly unanswered: boolean;
  /** When a registry wants to be asked again at the earliest. */
  readonly retryAt?: Instant;
}

/** Asks the registry of each image, one after the other, which tag is the newest that its policy follows. */
export async function findWanted(tags: ImageTags, updates: readonly ImageUpdate[]): Promise<FoundTags> {
  const wanted: WantedImage[] = [];
  const troubles: FoundTags['troubles'][number][] = [];
  const retries: Instant[] = [];
  let unanswered = false;
  for (const update of updates) {
    const answer = await newestOf(tags, update);
    if (answer.kind === 'wanted') wanted.push(answer.wanted);
    else troubles.push({ image: update.image, message: answer.message });
    if (answer.kind === 'unknown') unanswered = true;
    if (answer.kind === 'unknown' && answer.retryAt !== undefined) retries.push(answer.retryAt);
  }
  return { wanted, troubles, unanswered, ...(retries.length > 0 && { retryAt: Math.max(...retries) as Instant }) };
}

type Newest = { readonly kind: 'wanted'; readonly wanted: WantedImage } | { readonly kind: 'none'; readonly message: string } | Extract<Awaited<ReturnType<ImageTags['list']>>, { readonly kind: 'unknown' }>;

async function newestOf(tags: ImageTags, { image, policy, pin }: ImageUpdate): Promise<Newest> {
  const listed = await tags.list(image);
  if (listed.kind === 'unknown') return listed;
  if (listed.kind === 'missing') return { kind: 'none', message: `the registry has no ${image}` };
  const tag = chooseTag(policy, listed.tags);
  if (tag === undefined) return { kind: 'none', message: `none of the ${listed.tags.length} tags of ${image} is what ${sayPolicy(policy)} follows` };
  if (pin === 'tag') return { kind: 'wanted', wanted: { image, policy, tag } };
  const found = await tags.digest(image, tag);
  if (found.kind === 'unknown') return found;
  if (found.kind === 'missing') return { kind: 'none', message: `the registry lists ${image}:${tag}, but does not have it` };
  return { kind: 'wanted', wanted: { image, policy, tag, digest: found.digest } };
}
