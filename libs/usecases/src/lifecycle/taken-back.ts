import type { Instant } from '@sluice/kernel';
import { transition } from '@sluice/promotion';
import type { LaneStatus, Promotion } from '@sluice/promotion';
import type { Mirrors } from '../ports/index.js';
import type { LanePlan } from './lane-plan.js';

/**
 * What to do where a candidate was merged before. The index may not have read that merge yet: then nothing is begun again. Or the merge was there, and somebody has set the branch back by force: that is an undoing which
 * git keeps no trace of, so it counts like a request that somebody closes. A mere record is made again.
 */
export async function mergedBefore(ports: { readonly mirrors: Mirrors }, plan: LanePlan & { readonly insert: Promotion }, before: Promotion, at: { readonly branch: string; readonly now: Instant }): Promise<LanePlan> {
  const { status, insert } = plan;
  if (!(await isGone(ports, before, at.branch))) return { status, effects: [], events: [] };
  const message = `the merge ${(before.mergedAs ?? '').slice(0, 10)} was taken off branch ${at.branch} by force; offered again when the content changes or somebody promotes it`;
  const { repository, application, target: environment, id } = before;
  const anew: LaneStatus = { ...status, attempt: status.attempt + 1 };
  const isRecord = insert.candidate.kind === 'record-only';
  return {
    status: isRecord ? anew : { ...anew, condition: 'closed', message, closed: insert.candidate.fingerprint, since: at.now },
    update: transition(before, { kind: 'taken-back', message }, at.now),
    effects: [],
    events: [{ type: 'promotion.taken-back', repository, application, environment, promotion: id, message }],
  };
}

/** The branch had the merge and has it no more. One that was never fetched may still be on its way. */
async function isGone({ mirrors }: { readonly mirrors: Mirrors }, { repository, mergedAs }: Promotion, branch: string): Promise<boolean> {
  const mirror = await mirrors.open(repository);
  if (mergedAs === undefined || !(await mirror.has(mergedAs))) return false;
  const head = (await mirror.refresh()).get(branch);
  return head !== undefined && !(await mirror.isAncestor(mergedAs, head));
}
