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

/** Characters of names that a title has room for. */
const MAX_NAMES = 100;

/** What several applications are called together: `shop-release (checkout, payment)`, `checkout and payment`. Of very many only the first are named. */
export function sayTogether(applications: readonly ApplicationName[], set?: string): string {
  let room = MAX_NAMES;
  const named: string[] = applications.filter((name, at) => (room -= name.length) >= 0 || at === 0);
  if (named.length < applications.length) named.push(`${applications.length - named.length} more`);
  if (set !== undefined) return `${set} (${named.join(', ')})`;
  return named.length < 2 ? named.join('') : `${named.slice(0, -1).join(', ')} and ${named.at(-1) ?? ''}`;
}
