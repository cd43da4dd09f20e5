import type { Instant } from '@sluice/kernel';
import { evaluateCheck } from './check-gate.js';
import { evaluateHealth } from './health-gate.js';
import type { GateObservations, ObservedMember } from './observations.js';
import { joined } from './joined.js';
import type { Judgement } from './verdicts.js';

type SourceGate = { readonly name: string } & ({ readonly type: 'check'; readonly context: string } | { readonly type: 'health'; readonly soak: number });

/** A gate on the source where several applications are promoted together: it passes when it passes for each. What all have passed stays passed, as for one. */
export function evaluateInMembers(gate: SourceGate, observed: GateObservations & { readonly members: readonly ObservedMember[] }, now: Instant): Judgement {
  return joined(
    observed.members.map((member) => {
      const { members: _members, statuses: _statuses, ...rest } = observed;
      const one: GateObservations = { ...rest, ...member.statuses, sourceCommit: member.commit, clusters: member.clusters };
      return { name: member.application, judgement: gate.type === 'check' ? evaluateCheck(gate, one) : evaluateHealth(gate, one, now) };
    }),
  );
}
