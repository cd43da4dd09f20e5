import { approvalObstacle } from '@sluice/gates';
import type { Environment, Pipeline, Principal } from '@sluice/pipeline';
import { membersOf } from '@sluice/promotion';
import type { Promotion } from '@sluice/promotion';
import type { Person } from '../ports/index.js';
import type { ActionName } from './actions.js';
import { sayWhoMay } from './who-may.js';
import type { Wanted } from './who-may.js';

/** What people do with a promotion. */
export type PromotionAction = 'approve' | 'reject' | 'merge' | 'clear' | 'override';

/** What the table of actions is asked when somebody does something with a promotion. */
export function wantedOf(name: PromotionAction, { promotion, target, gate }: { readonly promotion: Promotion; readonly target: Environment; readonly gate?: string | undefined }): Wanted {
  const places = membersOf(promotion).map((application) => ({ application, environment: promotion.target }));
  const ofEmergency = name === 'approve' && promotion.candidate.kind === 'rollback' && target.emergency !== undefined;
  const action: ActionName = ofEmergency ? 'approve-rollback' : name;
  const named = ofEmergency ? undefined : namedBy(name, target, gate);
  return { action, places, ...(named !== undefined && { named }) };
}

/** Who among these people may, said for somebody who may not: without those whose word would not count. */
export function sayWhoElseMay(name: PromotionAction, of: { readonly pipeline: Pipeline; readonly promotion: Promotion; readonly target: Environment; readonly gate?: string | undefined }, people: readonly Person[]): string {
  const policy = name === 'approve' ? of.target.approvals : undefined;
  const counting = policy ? people.filter((person) => approvalObstacle({ ...policy, from: [] }, { person: person.name, groups: person.groups }, of.promotion) === undefined) : people;
  return sayWhoMay(of.pipeline, counting, wantedOf(name, of));
}

function namedBy(name: PromotionAction, target: Environment, gate: string | undefined): readonly Principal[] | undefined {
  if (name === 'approve') return target.approvals?.from;
  if (name !== 'clear') return undefined;
  const manual = target.gates.find((candidate) => candidate.name === gate);
  return manual?.type === 'manual' ? manual.from : undefined;
}
