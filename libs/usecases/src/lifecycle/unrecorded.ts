import type { ContentHead } from '../ports/index.js';
import type { LaneScope, ObservePorts } from './lane-scope.js';

/**
 * Whether the source's content is about to be recorded there: what it comes from is part of what the next environment records, so that a version has one name from the beginning. Content that
 * somebody put there by hand is recorded nowhere, and waits for nothing.
 */
export async function isUnrecorded(ports: Pick<ObservePorts, 'promotions' | 'environments'>, { lane, from }: LaneScope, newest: Pick<ContentHead, 'from'>): Promise<boolean> {
  if (from.from.length === 0 || newest.from) return false;
  const before = { ...lane, target: from.name };
  if (!(await ports.promotions.lane(before))) return true;
  const [last] = (await ports.promotions.list({ ...before, limit: 1 })).items;
  if (last?.candidate.kind !== 'record-only') return false;
  return last.mergedAs === undefined ? last.state !== 'superseded' && last.state !== 'rejected' : (await ports.environments.position(lane.repository, from.name, last.mergedAs)) === undefined;
}
