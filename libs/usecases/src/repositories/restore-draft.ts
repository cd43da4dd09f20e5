import { parseDraftMessage } from '@sluice/promotion';
import type { ConflictDraft } from '@sluice/promotion';
import { mappedAuthors } from '../lifecycle/collect-authors.js';
import { SLUICE_IDENTITY } from '../lifecycle/ports.js';
import type { ChangeRequest, CommitEntry, Mirror } from '../ports/index.js';

/** Commits on a draft's branch that are looked through for the one that Sluice put there. */
const MAX_PUSHED = 100;
/** Larger messages are none of ours. */
const MAX_COMMIT_BYTES = 262_144;

/** The text of a commit of ours. @throws TooLarge */
export async function messageOfCommit(mirror: Mirror, commit: CommitEntry['sha']): Promise<string> {
  const text = new TextDecoder().decode(await mirror.commitObject(commit, MAX_COMMIT_BYTES));
  return text.slice(text.indexOf('\n\n') + 2);
}

/** The draft that an open request is, with what somebody may have pushed to its branch since: nothing of that is to be lost. Undefined where it is none. */
export async function restoreDraft(ports: Parameters<typeof mappedAuthors>[0], mirror: Mirror, change: ChangeRequest): Promise<ConflictDraft | undefined> {
  if (change.state !== 'open' || !(await mirror.has(change.head))) return undefined;
  for (const { sha, parents, authorEmail } of await mirror.firstParent(change.head, { limit: MAX_PUSHED })) {
    const [onto] = parents;
    const recorded = authorEmail === SLUICE_IDENTITY.email && onto !== undefined ? parseDraftMessage(await messageOfCommit(mirror, sha)) : undefined;
    // composed again at the next look, with what the branch has
    if (recorded && onto !== undefined) return { ...recorded, head: sha, onto, inputsKey: '', resolvers: await mappedAuthors(ports, recorded.resolvers), change: { number: change.number, url: change.url } };
  }
  return undefined;
}
