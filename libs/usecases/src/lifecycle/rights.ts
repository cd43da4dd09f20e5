import { mayAct } from '@sluice/gates';
import type { ApplicationName, EnvironmentName } from '@sluice/kernel';
import type { Pipeline, Role, RoleBinding } from '@sluice/pipeline';
import type { Person } from '../ports/index.js';

const RANK: Readonly<Record<Role, number>> = { viewer: 0, promoter: 1, approver: 2, admin: 3 };

/** Where a right is held or asked for. */
export interface Place {
  readonly application: ApplicationName;
  readonly environment: EnvironmentName;
}

/**
 * Whether a person has a role for an application in an environment. `roles` are those that hold in the repository, of its pipeline file and of the server; an admin of the server has every role. A
 * pipeline without roles lets everybody who is signed in promote and approve (who of them counts is decided by `approvals`). Who was deactivated has none.
 */
export function hasRole(pipeline: Pick<Pipeline, 'roles'>, person: Pick<Person, 'name' | 'groups' | 'admin' | 'deactivated'>, role: Role, place: Place): boolean {
  if (person.deactivated) return false;
  if (person.admin) return true;
  if (pipeline.roles.length === 0) return RANK[role] <= RANK.approver;
  return pipeline.roles.some((binding) => givesRole(binding, role, place) && mayAct(binding.who, { person: person.name, groups: person.groups }));
}

/**
 * Whether a person has a role for everything in a repository, also for what it does not have yet. Before any role is given there everybody has, so that somebody can write the first pipeline file; later no machine has it.
 */
export function hasRoleInWhole({ roles }: Pick<Pipeline, 'roles'>, person: Person, role: Role): boolean {
  if (person.deactivated) return false;
  if (person.admin || roles.length === 0) return true;
  return !person.service && roles.some((binding) => givesRoleInWhole(binding, role) && mayAct(binding.who, { person: person.name, groups: person.groups }));
}

/** Whether a binding gives at least this role for everything, by `*` and no list of names. */
export function givesRoleInWhole({ role: given, applications, environments }: RoleBinding, role: Role): boolean {
  return RANK[given] >= RANK[role] && applications.includes('*') && environments.includes('*');
}

/** Whether a binding gives at least this role in a place. */
export function givesRole(binding: RoleBinding, role: Role, place: Place): boolean {
  return RANK[binding.role] >= RANK[role] && covers(binding.applications, place.application) && covers(binding.environments, place.environment);
}

function covers(names: readonly string[], name: string): boolean {
  return names.includes('*') || names.includes(name);
}
