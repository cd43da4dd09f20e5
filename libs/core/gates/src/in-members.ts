import { present } from '@sluice/kernel';
import type { Instant } from '@sluice/kernel';
import type { TestGate } from '@sluice/pipeline';
import type { Verdict } from '@sluice/promotion';
import { evaluateCheck } from './check-gate.js';
import { evaluateHealth } from './health-gate.js';
import { evaluateHealthInSources } from './health-in-sources.js';
import type { GateObservations, ObservedMember } from './observations.js';
import { joined } from './joined.js';
import { evaluateTest } from './test-gate.js';
import type { Judgement } from './verdicts.js';

type SourceGate = TestGate | ({ readonly name: string } & ({ readonly type: 'check'; readonly context: string } | { readonly type: 'health'; readonly soak: number }));

/** A gate on the source where several applications are promoted together: it passes when it passes for each. What one of them has passed stays passed, as if it were alone. */
export function evaluateInMembers(gate: SourceGate, observed: GateObservations & { readonly members: readonly ObservedMember[] }, now: Instant): Judgement {
  return joined(
    observed.members.map((member) => {
      const { members: _members, statuses: _statuses, tests: _tests, sourceRollout: _rollout, sources: _sources, ...rest } = observed;
      const { statuses, commit, clusters, tests, sourceRollout, sources } = member;
      return { name: member.application, judgement: judge(gate, { ...rest, ...statuses, sourceCommit: commit, clusters, previous: passedBy(member, rest.previous), ...present({ tests, sourceRollout, sources }) }, now) };
    }),
  );
}

/** The verdicts on all of them, of before, as they were on one. */
function passedBy({ application }: ObservedMember, previous: readonly Verdict[]): readonly Verdict[] {
  return previous.map((verdict) => (verdict.outcome !== 'pass' && verdict.evidence[application] === 'pass' ? { ...verdict, outcome: 'pass', message: 'has passed' } : verdict));
}

function judge(gate: SourceGate, observed: GateObservations, now: Instant): Judgement {
  switch (gate.type) {
    case 'check':
      return evaluateCheck(gate, observed);
    case 'health':
      return observed.sources ? evaluateHealthInSources(gate, { ...observed, sources: observed.sources }, now) : evaluateHealth(gate, observed, now);
    case 'test':
      return evaluateTest(gate, observed);
  }
}
