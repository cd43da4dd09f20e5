import { mayAct } from '@sluice/gates';
import type { ApplicationName, EnvironmentName } from '@sluice/kernel';
import type { Pipeline, Role } from '@sluice/pipeline';
import type { Person } from '../ports/index.js';

const RANK: Readonly<Record<Role, number>> = { viewer: 0, promoter: 1, approver: 2, admin: 3 };

/**
 * Whether a person has a role for an application in an environment. `roles` of the pipeline bind them; an admin of the server has every role. A pipeline without
 * roles lets everybody who is signed in promote and approve (who of them counts is decided by `approvals`).
 */
export function hasRole(pipeline: Pick<Pipeline, 'roles'>, person: Person, role: Role, place: { readonly application: ApplicationName; readonly environment: EnvironmentName }): boolean {
  if (person.admin) return true;
  if (pipeline.roles.length === 0) return RANK[role] <= RANK.approver;
  return pipeline.roles.some(
    (binding) =>
      RANK[binding.role] >= RANK[role] &&
      mayAct(binding.who, { person: person.name, groups: person.groups }) &&
      covers(binding.applications, place.application) &&
      covers(binding.environments, place.environment),
  );
}

function covers(names: readonly string[], name: string): boolean {
  return names.includes('*') || names.includes(name);
}
