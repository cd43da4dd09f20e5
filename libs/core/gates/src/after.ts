import type { ObservedPredecessor } from './observations.js';
import type { Judgement } from './verdicts.js';

/** `after` of an application: waits while one that goes first has an open candidate in the same target, and says what that one waits for. */
export function evaluateAfter(predecessors: readonly ObservedPredecessor[]): Judgement {
  const waiting = predecessors.filter(({ waits }) => waits !== undefined);
  const evidence = Object.fromEntries(predecessors.map(({ application, waits }) => [application, waits === undefined ? 'settled' : 'open']));
  if (waiting.length === 0) return { outcome: 'pass', message: `${namesOf(predecessors)} ${predecessors.length === 1 ? 'has' : 'have'} nothing open here`, evidence };
  const [circle] = waiting.flatMap((predecessor) => (predecessor.circle ? [predecessor.circle] : []));
  if (circle) return inCircle(circle, evidence);
  return {
    outcome: 'wait',
    message: waiting.map(({ application, waits = '' }) => `${application} goes first: ${waits}`).join('; '),
    clearedBy: `${namesOf(waiting)}, when ${waiting.length === 1 ? 'it is' : 'they are'} merged, closed or in sync`,
    evidence,
  };
}

/** None of them goes by itself: whoever closes one lets the others pass. */
function inCircle(circle: NonNullable<ObservedPredecessor['circle']>, evidence: NonNullable<Judgement['evidence']>): Judgement {
  const names = [...circle, ...circle.slice(0, 1)].map((members) => members.join(' and '));
  const [other] = circle[1] ?? circle[0] ?? [];
  return {
    outcome: 'wait',
    message: `they wait for each other in a circle, each to come after the next: ${names.join(' → ')}; it is no circle of the pipeline, but of what moves between applications just now`,
    clearedBy: `somebody who closes one of them (sluice reject), ${other ?? ''} for one, and promotes it when the others have gone`,
    evidence: { ...evidence, circle: names.join(' → ') },
  };
}

function namesOf(predecessors: readonly ObservedPredecessor[]): string {
  return predecessors.map(({ application }) => application).join(', ');
}
