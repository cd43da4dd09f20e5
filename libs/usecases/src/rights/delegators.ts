import type { Delegator, Standing } from '@sluice/gates';
import type { ApplicationName, EnvironmentName, PersonName, RepositoryId } from '@sluice/kernel';
import type { Pipeline } from '@sluice/pipeline';
import { membersOf } from '@sluice/promotion';
import type { Promotion } from '@sluice/promotion';
import type { LifecyclePorts } from '../lifecycle/ports.js';
import { hasRole } from '../lifecycle/rights.js';
import { decides } from '../people/decides.js';
import type { Person, TemporaryRight } from '../ports/index.js';
import { isInForce } from './broken-glass.js';
import { glassOf, withoutGlass } from './effective-roles.js';

/** What is promoted, and into what. */
export interface Promoted {
  readonly repository: RepositoryId;
  readonly target: EnvironmentName;
  readonly applications: readonly ApplicationName[];
}

/** By the person who got it: everybody whose approver's right is delegated to them now, for all of this. */
export async function delegatorsIn(ports: Pick<LifecyclePorts, 'clock' | 'rights' | 'people'>, pipeline: Pipeline, promoted: Promoted): Promise<ReadonlyMap<PersonName, readonly Delegator[]>> {
  const now = ports.clock();
  const rights = (await ports.rights.temporary(promoted.repository, now)).filter((right) => right.kind === 'delegation' && isInForce(right, now) && isFor(right, promoted));
  const found = new Map<PersonName, readonly Delegator[]>();
  for (const { giver, person, reason, until } of rights) {
    const somebody = giver === undefined ? undefined : await ports.people.get(giver);
    // who has become a service account, or was deactivated, decides nothing, by nobody's mouth
    if (somebody && decides(somebody)) found.set(person, [...(found.get(person) ?? []), { ...delegatorStanding(pipeline, somebody, promoted), delegation: { reason, until } }]);
  }
  return found;
}

/** How somebody stands as an approver of all that is promoted. */
export function standingIn(pipeline: Pick<Pipeline, 'roles'>, person: Person, { target, applications }: Promoted): Standing & { readonly approver: boolean } {
  const isApprover = (roles: Pipeline['roles']): boolean => applications.every((application) => hasRole({ roles }, person, 'approver', { application, environment: target }));
  const approver = isApprover(pipeline.roles);
  const glass = approver && !isApprover(withoutGlass(pipeline.roles)) ? pipeline.roles.map(glassOf).find((one) => one?.person === person.name) : undefined;
  return { person: person.name, groups: person.groups, approver, ...(glass && { glass: { reason: glass.reason, until: glass.until } }) };
}

/** A right that is held by break-glass is not passed on. */
function delegatorStanding(pipeline: Pipeline, person: Person, promoted: Promoted): Standing {
  return standingIn({ roles: withoutGlass(pipeline.roles) }, person, promoted);
}

function isFor({ environment, application }: TemporaryRight, { target, applications }: Promoted): boolean {
  return (environment === undefined || environment === target) && (application === undefined || applications.every((one) => one === application));
}

/** Who has delegated an approver's right to a person, for all that a promotion brings. */
export async function delegatorsFor(ports: Pick<LifecyclePorts, 'clock' | 'rights' | 'people'>, pipeline: Pipeline, promotion: Promotion, person: Person): Promise<readonly Delegator[]> {
  const { repository, target } = promotion;
  return (await delegatorsIn(ports, pipeline, { repository, target, applications: membersOf(promotion) })).get(person.name) ?? [];
}
