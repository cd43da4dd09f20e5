import { present } from '@sluice/kernel';
import type { Instant } from '@sluice/kernel';
import type { Verdict } from '@sluice/promotion';
import type { GateObservations, ObservedMember } from './observations.js';
import { joined } from './joined.js';
import { judgeSource } from './judge-source.js';
import type { SourceGate } from './judge-source.js';
import type { Judgement } from './verdicts.js';

/** A gate on the source where several applications are promoted together: it passes when it passes for each. What one of them has passed stays passed, as if it were alone. */
export function evaluateInMembers(gate: SourceGate, observed: GateObservations & { readonly members: readonly ObservedMember[] }, now: Instant): Judgement {
  return joined(
    observed.members.map((member) => {
      const { members: _members, statuses: _statuses, tests: _tests, sourceRollout: _rollout, sources: _sources, ...rest } = observed;
      const { statuses, commit, clusters, tests, sourceRollout, sources } = member;
      return { name: member.application, judgement: judgeSource(gate, { ...rest, ...statuses, sourceCommit: commit, clusters, previous: passedBy(member, rest.previous), ...present({ tests, sourceRollout, sources }) }, now) };
    }),
  );
}

/** The verdicts on all of them, of before, as they were on one. */
function passedBy({ application }: ObservedMember, previous: readonly Verdict[]): readonly Verdict[] {
  return previous.map((verdict) => (verdict.outcome !== 'pass' && verdict.evidence[application] === 'pass' ? { ...verdict, outcome: 'pass', message: 'has passed' } : verdict));
}
