import { describeNode, promotionBranch } from '@sluice/promotion';
import type { Hold, LaneCondition, LaneStatus, Verdict } from '@sluice/promotion';

const CLEARED_BY: Readonly<Record<LaneCondition, string>> = {
  'in-sync': '',
  promoting: '',
  'no-content': 'a commit that brings this application to the source environment',
  waiting: 'the source environment: it has to be healthy and its checks have to pass',
  conflicted: 'a commit in the source or the target that settles the conflict',
  closed: 'new content in the source, or somebody who asks for it with `sluice promote`',
  held: 'a commit in the source that changes what was undone, or a promoter with `sluice promote`',
  adopt: 'a person, who approves the first promotion',
  blocked: 'a commit that removes the cause',
};

const MAX_NODES_SHOWN = 50;

/** The verdict that a lane's own condition amounts to, so that every wait has an answer. `hold`: what was undone in its target, if anything. */
export function laneVerdict(lane: LaneStatus, hold?: Hold): Verdict | undefined {
  if (lane.condition === 'in-sync' || lane.condition === 'promoting') return undefined;
  const outcome = lane.condition === 'conflicted' || lane.condition === 'blocked' ? 'fail' : 'wait';
  return { gate: lane.condition, type: 'lane', outcome, message: lane.message, clearedBy: clearedBy(lane), since: lane.since, evidence: { ...laneEvidence(lane), ...(lane.condition === 'held' && hold && holdEvidence(hold)) } };
}

function clearedBy(lane: LaneStatus): string {
  const { application, target } = lane;
  if (lane.goesWith !== undefined && lane.condition === 'waiting') return `what clears ${lane.goesWith} in ${target}: \`sluice why ${lane.goesWith} ${target}\``;
  if (lane.draft?.change) return `somebody who pushes what is wanted there to branch ${promotionBranch(target, application)} (request ${lane.draft.change.number}), and \`sluice resolve ${application} ${target}\` where ${target} is to keep what it has`;
  return lane.condition === 'held' ? `a commit in the source that changes what was undone, or a promoter with \`sluice promote ${application} ${target}\`` : CLEARED_BY[lane.condition];
}

function laneEvidence(lane: LaneStatus): Verdict['evidence'] {
  return { attempt: lane.attempt, ...(lane.candidate && { candidate: lane.candidate }) };
}

/** Who undid what, and every object and field that is held. */
function holdEvidence({ source, by, undoneBy, undoneAt, nodes }: Hold): Verdict['evidence'] {
  const shown = nodes.slice(0, MAX_NODES_SHOWN).map((node, index) => [`held ${index + 1}`, describeNode(node)] as const);
  return { source, undoneIn: by, undoneBy, undoneAt: new Date(undoneAt).toISOString(), nodes: nodes.length, ...Object.fromEntries(shown) };
}
