import { present } from '@sluice/kernel';
import type { CommitSha } from '@sluice/kernel';
import type { Hold } from '@sluice/promotion';
import type { LimitReached, Mirror, UntrustedReader } from '../ports/index.js';
import { composeContent } from './compose-candidate.js';
import type { ContentRequest, Overlay } from './compose-request.js';

type Place = Pick<ContentRequest, 'pipeline' | 'application' | 'target' | 'onto' | 'alsoOwnedBy'>;

/**
 * The target's files with everything that was undone there in place again: what the promotions from each of the hold's bases to its source had brought, where the target still has the earlier value.
 * A node to which the target has given a new value meanwhile keeps it. Without a base (the ledger itself went back) there is nothing to do: composing brings it.
 */
export async function undoneContent(ports: { readonly reader: UntrustedReader }, mirror: Mirror, place: Place, hold: Pick<Hold, 'bases' | 'source'>): Promise<Overlay | LimitReached> {
  const overlay = new Map<string, Overlay extends ReadonlyMap<string, infer File> ? File : never>();
  for (const base of hold.bases) {
    const content = await broughtSince(ports, mirror, { ...place, overlay }, { base, source: hold.source });
    if (content?.kind === 'limit') return content;
    for (const { path, file } of content?.edits ?? []) overlay.set(path, file);
  }
  return overlay;
}

/** What the source's change between two promoted states would bring to the target now. Undefined when that cannot be told: a commit is gone. */
export async function broughtSince(
  ports: { readonly reader: UntrustedReader },
  mirror: Mirror,
  place: Place & Pick<ContentRequest, 'overlay'>,
  { base, source }: { readonly base: CommitSha; readonly source: CommitSha },
): Promise<Extract<Awaited<ReturnType<typeof composeContent>>, { kind: 'content' | 'limit' }> | undefined> {
  if (!(await mirror.has(base)) || !(await mirror.has(source))) return undefined;
  // of the request that it is for only the place counts: its bases and its parts are other changes
  const { pipeline, application, target, onto, alsoOwnedBy, overlay } = place;
  const content = await composeContent(ports, mirror, { pipeline, application, target, onto, ...present({ alsoOwnedBy, overlay }), ledger: { commit: base }, sourceCommit: source });
  return content.kind === 'content' || content.kind === 'limit' ? content : undefined;
}
