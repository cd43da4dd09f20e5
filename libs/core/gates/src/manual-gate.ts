import { principalText, mayAct } from './principals.js';
import type { Principal } from '@sluice/pipeline';
import type { GateObservations } from './observations.js';
import type { Judgement } from './verdicts.js';

/** `manual`: waits until somebody named (or anybody, when nobody is) clears it for this candidate, with a reason. */
export function evaluateManual(gate: { readonly name: string; readonly from: readonly Principal[] }, observed: GateObservations): Judgement {
  const cleared = observed.decisions.find((decision) => decision.decision === 'cleared' && decision.gate === gate.name && mayAct(gate.from, decision));
  if (cleared) return { outcome: 'pass', message: `cleared by ${cleared.person}: ${cleared.comment}`, evidence: { by: cleared.person, at: cleared.at } };
  return { outcome: 'wait', message: 'nobody has cleared it yet', clearedBy: `${principalText(gate.from)}, in the dashboard` };
}

/** The rule of an adoption: a person looks at the whole difference and approves it. */
export function evaluateAdoption(observed: GateObservations): Judgement {
  const approved = observed.decisions.find((decision) => (decision.decision === 'approved' && decision.approver !== false) || (decision.decision === 'cleared' && decision.gate === 'adoption'));
  if (approved) return { outcome: 'pass', message: `adopted by ${approved.person}`, evidence: { by: approved.person, at: approved.at } };
  return { outcome: 'wait', message: 'nobody has approved the whole difference yet, and there is no usable record of an earlier promotion', clearedBy: 'an approver, with sluice approve or in the dashboard' };
}
