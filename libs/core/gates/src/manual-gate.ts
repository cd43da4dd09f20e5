import { sayVoice } from './approvals.js';
import { sayForATime } from './for-a-time.js';
import { principalText, mayAct } from './principals.js';
import type { Principal } from '@sluice/pipeline';
import type { GateObservations, ObservedDecision } from './observations.js';
import { inWhoseRight } from './standing.js';
import type { Delegator } from './standing.js';
import type { Judgement } from './verdicts.js';

/** `manual`: waits until somebody named (or anybody, when nobody is) clears it for this candidate, with a reason. */
export function evaluateManual(gate: { readonly name: string; readonly from: readonly Principal[] }, observed: GateObservations): Judgement {
  const cleared = observed.decisions.find((decision) => decision.decision === 'cleared' && decision.gate === gate.name && mayAct(gate.from, decision));
  if (cleared) return { outcome: 'pass', message: `cleared by ${cleared.person}: ${cleared.comment}`, evidence: { by: cleared.person, at: cleared.at } };
  return { outcome: 'wait', message: 'nobody has cleared it yet', clearedBy: `${principalText(gate.from)}, in the dashboard` };
}

/** The rule of an adoption: a person looks at the whole difference and approves it, in their own right or in that of somebody who has delegated theirs. */
export function evaluateAdoption(observed: Pick<GateObservations, 'decisions' | 'authors'>): Judgement {
  const [first] = observed.decisions.flatMap((decision) => adopted(decision, observed));
  if (!first) return { outcome: 'wait', message: 'nobody has approved the whole difference yet, and there is no usable record of an earlier promotion', clearedBy: 'an approver, with sluice approve or in the dashboard' };
  const { decision, right } = first;
  const { loud, evidence, ...ends } = sayForATime([{ person: decision.person, right }]);
  return { outcome: 'pass', message: `${loud}adopted by ${sayVoice(decision.person, right.person)}`, evidence: { by: decision.person, at: decision.at, ...evidence }, ...ends };
}

/** Whoever is an approver will do; what else the environment asks of approvals is a verdict of its own. */
const ANY_APPROVER = { required: 1, from: [], excludeAuthors: false, excludeRequester: false };

function adopted(decision: ObservedDecision, facts: Pick<GateObservations, 'authors'>): readonly { readonly decision: ObservedDecision; readonly right: Delegator }[] {
  const right = decision.decision === 'approved' ? inWhoseRight(ANY_APPROVER, decision, facts) : undefined;
  return right === undefined || typeof right === 'string' ? [] : [{ decision, right }];
}
