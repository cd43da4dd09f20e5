import type { CommitSha, Instant } from '@sluice/kernel';
import { transition } from '@sluice/promotion';
import type { LaneStatus, Promotion, PromotionState } from '@sluice/promotion';
import type { Mirror, Mirrors, Promotions } from '../ports/index.js';
import type { LanePlan } from './lane-plan.js';

interface Ports {
  readonly mirrors: Mirrors;
  readonly promotions: Pick<Promotions, 'list' | 'get'>;
}

interface Place {
  readonly branch: string;
  readonly now: Instant;
}

type Inserting = LanePlan & { readonly insert: Promotion };

/** Of what was merged, all that is not known to be undone. */
const IN_FORCE: readonly PromotionState[] = ['rolling-out', 'degraded', 'live', 'tampered'];
/** Merges that were taken off a branch at once, which are noted. */
const MAX_TAKEN_BACK = 50;

/**
 * What to do where a candidate was merged before. The index may not have read that merge yet: then nothing is begun again. Or the merge was there, and somebody has set the branch back by force: that is an undoing which
 * git keeps no trace of, so it counts like a request that somebody closes. A mere record is made again.
 */
export async function mergedBefore(ports: Ports, plan: Inserting, at: Place): Promise<LanePlan> {
  const { insert } = plan;
  const before = await ports.promotions.get(insert.repository, insert.id);
  if (before && before.state !== 'superseded') return (await isGone(ports, before, at)) ? takenBack(plan, [before], at) : { status: plan.status, effects: [], events: [] };
  const gone = await goneOf(ports, insert, at);
  return gone.length > 0 ? takenBack(plan, gone, at) : plan;
}

/** Set back further than the newest merge, the same content is another candidate: it has another base. Newest first; none where it is another content. */
async function goneOf(ports: Ports, { repository, application, target, candidate }: Promotion, at: Place): Promise<readonly Promotion[]> {
  const { items } = await ports.promotions.list({ repository, application, target, states: IN_FORCE, limit: MAX_TAKEN_BACK });
  const own = items.filter((promotion) => promotion.application === application);
  if (own[0]?.candidate.source !== candidate.source) return [];
  const gone: Promotion[] = [];
  for (const promotion of own) {
    if (!(await isGone(ports, promotion, at))) break;
    gone.push(promotion);
  }
  return gone;
}

/** What is said of a lane whose newest merge was taken off its branch. */
function takenBackMessage({ mergedAs }: Pick<Promotion, 'mergedAs'>, branch: string): string {
  return `the merge ${(mergedAs ?? '').slice(0, 10)} was taken off branch ${branch} by force; offered again when the content changes or somebody promotes it`;
}

function takenBack({ status, insert }: Inserting, gone: readonly Promotion[], { branch, now }: Place): LanePlan {
  const [newest] = gone as readonly [Promotion];
  const message = takenBackMessage(newest, branch);
  const { repository, application, target: environment, id } = newest;
  const anew: LaneStatus = { ...status, attempt: status.attempt + 1 };
  const isRecord = insert.candidate.kind === 'record-only';
  const [update, ...others] = gone.map((promotion) => transition(promotion, { kind: 'taken-back', message: takenBackMessage(promotion, branch) }, now));
  return {
    status: isRecord ? anew : { ...anew, condition: 'closed', message, closed: insert.candidate.fingerprint, since: now },
    ...(update && { update }),
    ...(others.length > 0 && { alsoUpdated: others }),
    effects: [],
    events: [{ type: 'promotion.taken-back', repository, application, environment, promotion: id, message }],
  };
}

async function isGone({ mirrors }: Pick<Ports, 'mirrors'>, promotion: Promotion, { branch, now }: Place): Promise<boolean> {
  const mirror = await mirrors.open(promotion.repository);
  const head = (await mirror.refresh()).get(branch);
  return isTakenOff(mirror, promotion, { head, now });
}

/** Milliseconds after which a merge that its forge does not give out any more is not on its way. */
const ON_ITS_WAY = 600_000;

/** The branch had the merge and has it no more: `head`, as it was read since. One that was never fetched may still be on its way. */
export async function isTakenOff(mirror: Mirror, { mergedAs, mergedAt, updatedAt }: Promotion, { head, now }: { readonly head: CommitSha | undefined; readonly now: Instant }): Promise<boolean> {
  if (mergedAs === undefined || head === undefined) return false;
  return (await mirror.has(mergedAs)) ? !(await mirror.isAncestor(mergedAs, head)) : now - (mergedAt ?? updatedAt) > ON_ITS_WAY;
}
