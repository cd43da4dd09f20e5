import type { CommitSha } from '@sluice/kernel';
import type { Hold, LaneCondition, LaneId, Ledger } from '@sluice/promotion';
import type { ContentHead, EnvironmentState, Mirror } from '../ports/index.js';
import type { Composition } from './compose-candidate.js';
import { isBehind } from './find-base.js';
import type { LaneScope, ObservePorts } from './lane-scope.js';
import type { Offer } from './lane-view.js';
import { readLedger } from './read-ledger.js';
import { unreviewedMessage, unreviewedOf } from './unreviewed.js';

export function none(condition: LaneCondition, message: string): Extract<Offer, { kind: 'none' }> {
  return { kind: 'none', condition, message, conflicts: [] };
}

/** What agents of the source do not get goes no further either. */
export async function reviewFirst(ports: ObservePorts, { lane, from }: Pick<LaneScope, 'lane' | 'from'>, sourceState: EnvironmentState): Promise<Extract<Offer, { kind: 'none' }> | undefined> {
  const unreviewed = (await unreviewedOf(ports, from, sourceState)).filter(({ applications }) => applications.includes(lane.application));
  return unreviewed.length > 0 ? none('waiting', `${from.name} has commits that are ${unreviewedMessage(from.name, unreviewed)}`) : undefined;
}

/** The target has the source commit or a newer one; of several sources, its origin or a newer one. */
export async function isThere(mirror: Mirror, ledger: Ledger, { source, origin, ended }: { readonly source: CommitSha; readonly origin?: CommitSha; readonly ended?: Hold }): Promise<boolean> {
  // where the ledger stayed and the content was undone, the same commit is promoted once more
  if (ledger.commit === source || ledger.origin === origin) return !ended;
  return (origin !== undefined && (await isBehind(mirror, origin, ledger.origin))) || isBehind(mirror, source, ledger.commit);
}

/** The commit of the first environment that the source's content comes from. A ledger that came after the content (it was only recorded) knows better than the one that came with it. */
export async function originOf({ mirror, from, lane }: Pick<LaneScope, 'mirror' | 'from' | 'lane'>, { source, newest, origin }: { readonly source: CommitSha; readonly newest?: Pick<ContentHead, 'commit' | 'from'>; readonly origin?: CommitSha }): Promise<CommitSha> {
  if (origin) return origin;
  if (from.from.length === 0) return source;
  if (source === newest?.commit && newest.from) return newest.from.origin;
  const { ledger } = await readLedger(mirror, source, from.name, lane.application);
  return ledger?.origin ?? source;
}

/** What composing has come to where there is nothing to promote. */
export function withoutCandidate(composition: Exclude<Composition, { kind: 'candidate' }>, lane: LaneId, source: CommitSha): Offer {
  switch (composition.kind) {
    case 'in-sync':
      return none('in-sync', `${lane.target} has the content of ${source.slice(0, 10)}`);
    case 'conflict':
      return { ...none('conflicted', `${source.slice(0, 10)} cannot be composed onto ${lane.target}: ${composition.conflicts[0]?.message ?? 'conflict'}`), conflicts: composition.conflicts };
    case 'limit':
      return none('blocked', composition.message);
  }
}
