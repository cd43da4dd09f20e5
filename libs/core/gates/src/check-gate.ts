import type { GateObservations } from './observations.js';
import type { Judgement } from './verdicts.js';

/** `check`: a status with this context on the source commit. */
export function evaluateCheck(gate: { readonly context: string }, observed: GateObservations): Judgement {
  const commit = observed.sourceCommit.slice(0, 10);
  if (!observed.statuses) {
    return { outcome: 'wait', message: observed.statusesMessage ?? 'the forge could not be asked for statuses', clearedBy: 'the forge, when it answers again' };
  }
  const status = observed.statuses.find((candidate) => candidate.context === gate.context);
  const clearedBy = `whoever reports the status ${gate.context} on ${commit}`;
  if (!status) return { outcome: 'wait', message: `no status ${gate.context} on ${commit} yet`, clearedBy };
  const evidence = { context: status.context, state: status.state, description: status.description, url: status.url ?? null, at: status.at };
  switch (status.state) {
    case 'success':
      return { outcome: 'pass', message: `${gate.context} succeeded on ${commit}`, evidence };
    case 'pending':
      return { outcome: 'wait', message: `${gate.context} is running on ${commit}`, clearedBy, evidence };
    default:
      return { outcome: 'fail', message: `${gate.context} failed on ${commit}: ${status.description || status.state}`, clearedBy: `a later success of ${gate.context}, or a new commit`, evidence };
  }
}
