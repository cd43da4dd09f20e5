import type { ApplicationName } from '@sluice/kernel';
import { membersOf } from '@sluice/promotion';
import type { Promotion } from '@sluice/promotion';
import type { WakeTarget } from '../ports/index.js';
import { waitsFor } from '../queries/waits-for.js';
import type { LaneScope, ObservePorts } from './lane-scope.js';
import type { Observed } from './lane-view.js';
import { readLedger } from './read-ledger.js';
import { none } from './source-facts.js';

type Place = Pick<LaneScope, 'lane' | 'mirror' | 'current'>;

/** What was promoted together goes back together, in the lane of one of them: until that is merged or rejected, nothing newer of the others lands, which would be in its way. */
export async function withoutReturning(ports: Pick<ObservePorts, 'promotions'>, scope: Place, observed: Observed): Promise<Observed> {
  const { offer } = observed;
  if (offer.kind !== 'candidate' || offer.candidate.kind === 'rollback' || scope.current?.state === 'merging') return observed;
  const rollback = await rollbackElsewhere(ports, scope, offer.candidate);
  if (!rollback) return observed;
  const { supersedes: _supersedes, ...rest } = observed;
  return { ...rest, offer: none('waiting', `is to be rolled back together with ${rollback.application}: ${rollback.id} waits for ${waitsFor(rollback) ?? 'nothing'}`) };
}

async function rollbackElsewhere({ promotions }: Pick<ObservePorts, 'promotions'>, place: Place, { onto, members }: Pick<Promotion['candidate'], 'onto' | 'members'>): Promise<Promotion | undefined> {
  const { lane, mirror } = place;
  for (const application of members?.map((member) => member.application) ?? [lane.application]) {
    const { ledger } = await readLedger(mirror, onto, lane.target, application);
    const newest = ledger && (await promotions.get(lane.repository, ledger.promotion));
    const found = newest && (await rollbackOf(promotions, place, { application, newest }));
    if (found) return found;
  }
  return undefined;
}

/** Only who was in an application's newest promotion can take it back as well. */
async function rollbackOf(promotions: ObservePorts['promotions'], { lane }: Place, { application, newest }: { readonly application: ApplicationName; readonly newest: Promotion }): Promise<Promotion | undefined> {
  for (const other of membersOf(newest).filter((name) => name !== lane.application)) {
    const open = await promotions.current({ ...lane, application: other });
    if (open?.candidate.kind === 'rollback' && membersOf(open).includes(application)) return open;
  }
  return undefined;
}

/** Those whose lanes are to hear of a rollback. */
export function returningWith({ lane, current }: Place, { offer }: Observed): readonly WakeTarget[] {
  const all = new Set([...(offer.kind === 'candidate' ? membersOf({ ...lane, candidate: offer.candidate }) : []), ...(current ? membersOf(current) : [])]);
  all.delete(lane.application);
  return [...all].map((application): WakeTarget => ({ kind: 'lane', ...lane, application }));
}
