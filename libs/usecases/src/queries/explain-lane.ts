import type { LaneCondition, LaneStatus, Verdict } from '@sluice/promotion';

const CLEARED_BY: Readonly<Record<LaneCondition, string>> = {
  'in-sync': '',
  promoting: '',
  'no-content': 'a commit that brings this application to the source environment',
  waiting: 'the source environment: it has to be healthy and its checks have to pass',
  conflicted: 'a commit in the source or the target that settles the conflict',
  closed: 'new content in the source, or somebody who asks for it with `sluice promote`',
  held: 'a new change of what is held in the source, or somebody who asks for it with `sluice promote`',
  adopt: 'a person, who approves the first promotion',
  blocked: 'a commit that removes the cause',
};

/** The verdict that a lane's own condition amounts to, so that every wait has an answer. */
export function laneVerdict(lane: LaneStatus): Verdict | undefined {
  if (lane.condition === 'in-sync' || lane.condition === 'promoting') return undefined;
  const outcome = lane.condition === 'conflicted' || lane.condition === 'blocked' ? 'fail' : 'wait';
  return { gate: lane.condition, type: 'lane', outcome, message: lane.message, clearedBy: CLEARED_BY[lane.condition], since: lane.since, evidence: laneEvidence(lane) };
}

function laneEvidence(lane: LaneStatus): Verdict['evidence'] {
  return { attempt: lane.attempt, ...(lane.candidate && { candidate: lane.candidate }) };
}
