import type { ApplicationName, CommitSha } from '@sluice/kernel';
import type { Candidate } from '@sluice/promotion';
import { sourcesOf } from './choose-common.js';
import type { LaneScope, ObservePorts } from './lane-scope.js';
import type { Observed } from './lane-view.js';
import { none } from './source-facts.js';
import { sourceScopes } from './union-scopes.js';
import { UnionSearch, exchangedBetween } from './unions.js';

interface Brought {
  readonly application: ApplicationName;
  readonly origin: CommitSha;
}

/**
 * Where all of several sources are asked, one application can be ahead of another: what has been live everywhere of the first has an object that moves, and of the other not yet. Then the first waits, else
 * the target would have two copies of it or none. `search`: what has been live everywhere.
 */
export async function withoutTorn(ports: ObservePorts, scope: LaneScope, search: UnionSearch, observed: Observed): Promise<Observed> {
  const { lane, target, current } = scope;
  const { offer } = observed;
  if (offer.kind !== 'candidate' || offer.candidate.kind === 'record-only' || current?.state === 'merging') return observed;
  const torn = await tornBy(ports, scope, search, broughtBy(lane.application, offer.candidate));
  if (torn === undefined) return observed;
  const { supersedes: _supersedes, ...rest } = observed;
  return { ...rest, offer: none('waiting', `${torn}, which has not been live with it in all of ${target.from.join(', ')} yet: both are promoted as one`) };
}

function broughtBy(application: ApplicationName, { members, origin }: Candidate): readonly Brought[] {
  return members ?? [{ application, origin }];
}

/** What would be left behind, in words. */
async function tornBy(ports: ObservePorts, scope: LaneScope, search: UnionSearch, brought: readonly Brought[]): Promise<string | undefined> {
  const names = new Set(brought.map(({ application }) => application));
  let ahead: readonly UnionSearch[] | undefined;
  for (const { application, origin } of brought) {
    const commit = await commitIn(ports, scope, search, { application, origin });
    const moved = commit && (await search.movedBy(application, commit));
    if (!moved || moved.removed.size + moved.added.size === 0) continue;
    ahead ??= (await sourceScopes(ports, scope)).map((found) => new UnionSearch(ports, found));
    for (const there of ahead) {
      for (const { name } of await there.partners(application, moved)) {
        const [torn] = names.has(name) ? [] : exchangedBetween({ name: application, ...moved }, { name, ...(await there.movedIn(name)) });
        if (torn) return `${torn[1]}: ${application} would be promoted without ${name}`;
      }
    }
  }
  return undefined;
}

/** The commit that has an origin where it is composed from. */
async function commitIn(ports: ObservePorts, { lane, ...scope }: LaneScope, search: UnionSearch, { application, origin }: Brought): Promise<CommitSha | undefined> {
  const sources = await sourcesOf(ports, { ...scope, lane: { ...lane, application } }, origin);
  return sources?.find(({ environment }) => environment === search.scope.from.name)?.commit;
}
