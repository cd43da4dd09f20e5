import type { ObservedPredecessor } from './observations.js';
import type { Judgement } from './verdicts.js';

/** `after` of an application: waits while one that goes first has an open candidate in the same target, and says what that one waits for. */
export function evaluateAfter(predecessors: readonly ObservedPredecessor[]): Judgement {
  const waiting = predecessors.filter(({ waits }) => waits !== undefined);
  const evidence = Object.fromEntries(predecessors.map(({ application, waits }) => [application, waits === undefined ? 'settled' : 'open']));
  if (waiting.length === 0) return { outcome: 'pass', message: `${namesOf(predecessors)} ${predecessors.length === 1 ? 'has' : 'have'} nothing open here`, evidence };
  return {
    outcome: 'wait',
    message: waiting.map(({ application, waits = '' }) => `${application} goes first: ${waits}`).join('; '),
    clearedBy: `${namesOf(waiting)}, when ${waiting.length === 1 ? 'it is' : 'they are'} merged, closed or in sync`,
    evidence,
  };
}

function namesOf(predecessors: readonly ObservedPredecessor[]): string {
  return predecessors.map(({ application }) => application).join(', ');
}
