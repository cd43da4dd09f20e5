import type { LaneId, LaneStatus } from '@sluice/promotion';
import type { Promotions } from '../ports/index.js';

/** A lane and those that are promoted together with it, as they were looked at last; the one that composes for all comes first. */
export async function lanesTogether(promotions: Pick<Promotions, 'lane' | 'lanes'>, lane: LaneId): Promise<readonly LaneId[]> {
  const leader = (await promotions.lane(lane))?.goesWith ?? lane.application;
  const all = await promotions.lanes(lane.repository);
  const others = all.filter((status: LaneStatus) => status.target === lane.target && status.goesWith === leader && status.application !== leader);
  return [{ ...lane, application: leader }, ...others.map(({ application }) => ({ ...lane, application }))];
}
