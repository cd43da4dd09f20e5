import type { ApplicationName } from '@sluice/kernel';
import type { Candidate, Promotion } from './model.js';

type About = Pick<Promotion, 'application'> & { readonly candidate: Pick<Candidate, 'members'> };

/** The applications that a promotion is about. */
export function membersOf({ application, candidate }: About): readonly ApplicationName[] {
  return candidate.members?.map((member) => member.application) ?? [application];
}

/** Those of them whose content it changes in the target: what is not changed need not come up again. */
export function changedMembersOf(promotion: About): readonly ApplicationName[] {
  const { members } = promotion.candidate;
  return members ? members.filter(({ targetContent, resultContent }) => targetContent !== resultContent).map(({ application }) => application) : [promotion.application];
}

/** What several applications are called together: `shop-release (checkout, payment)`, `checkout and payment`. */
export function sayTogether(applications: readonly ApplicationName[], set?: string): string {
  if (set !== undefined) return `${set} (${applications.join(', ')})`;
  return applications.length < 2 ? applications.join('') : `${applications.slice(0, -1).join(', ')} and ${applications.at(-1) ?? ''}`;
}
