import { isOverrideOf, mayAct, overrideObstacle, principalText } from '@sluice/gates';
import type { Environment } from '@sluice/pipeline';
import type { Promotion } from '@sluice/promotion';
import type { Approval, Person } from '../ports/index.js';

interface Context {
  readonly promotion: Promotion;
  readonly person: Person;
  readonly approvals: readonly Approval[];
}

/** Why a person cannot override a gate of a promotion now; undefined when they can. */
export function obstacleOfOverride({ promotion, person, approvals }: Context, target: Environment, gate: string): string | undefined {
  const verdict = promotion.verdicts.find((candidate) => candidate.gate === gate);
  if (!verdict) return `it has no gate ${gate}; its gates are ${promotion.verdicts.map((candidate) => candidate.gate).join(', ') || 'none'}`;
  const impossible = overrideObstacle(target, gate);
  if (impossible !== undefined || !target.emergency) return impossible;
  if (!mayAct(target.emergency.from, { person: person.name, groups: person.groups })) return `only ${principalText(target.emergency.from)} may override it, in an emergency`;
  if (verdict.outcome === 'pass') return 'it passes';
  return approvals.some((approval) => approval.person === person.name && isOverrideOf(approval, verdict)) ? 'you have overridden it' : undefined;
}
