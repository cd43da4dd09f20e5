import { mayAct } from '@sluice/gates';
import type { Pipeline, RoleBinding } from '@sluice/pipeline';
import type { Person } from '../ports/index.js';
import { isPermitted, sayWhoMay } from '../rights/who-may.js';

/** What decides who may push where: the roles that hold in a repository, the branches of its environments, and the one that its pipeline file is on. */
export interface BranchRights extends Pick<Pipeline, 'roles' | 'environments'> {
  readonly configBranch: string;
}

/** Whether somebody may push and work on change requests: everybody who has more than a viewer's role anywhere; without roles in the pipeline file, everybody. */
export function mayWrite(pipeline: Pick<Pipeline, 'roles'> | undefined, person: Person): boolean {
  if (person.deactivated) return false;
  return person.admin || !pipeline || pipeline.roles.length === 0 || isMoreThanViewer(pipeline.roles, person);
}

function isMoreThanViewer(roles: readonly RoleBinding[], person: Person): boolean {
  return roles.some(({ role, who }) => role !== 'viewer' && mayAct(who, { person: person.name, groups: person.groups }));
}

/**
 * Why somebody may not bring commits to a branch past the promotions, by a push or by merging a request of their own; undefined when they may. What runs in an environment takes more than a viewer's role there, for
 * any of its applications. A first environment is where changes are made: a role anywhere is enough, as on every other branch but that of the pipeline file, which gives roles. `people`: for the refusal, which says who may.
 */
export function bringObstacle(rights: BranchRights, person: Person, branch: string, people: readonly Person[]): string | undefined {
  if (!mayWrite(rights, person)) return 'you are a viewer here: ask for the role of a promoter';
  return branch === rights.configBranch ? configureObstacle(rights, person, people) : environmentObstacle(rights, person, branch);
}

function configureObstacle(rights: BranchRights, person: Person, people: readonly Person[]): string | undefined {
  const wanted = { action: 'configure', places: [] } as const;
  return isPermitted(rights, person, wanted) ? undefined : `the pipeline file is on ${rights.configBranch}: ${sayWhoMay(rights, people, wanted)}`;
}

function environmentObstacle({ roles, environments: all }: BranchRights, person: Person, branch: string): string | undefined {
  const environment = all.find((candidate) => candidate.branch === branch && candidate.from.length > 0);
  if (!environment || person.admin || roles.length === 0) return undefined;
  const there = roles.filter(({ environments }) => environments.includes('*') || environments.includes(environment.name));
  return isMoreThanViewer(there, person) ? undefined : `you have no role in ${environment.name}: bring the change by promotion, or ask for the role of a promoter there`;
}

/** Branches of requests on which people resolve conflicts. */
const OPEN_TO_PEOPLE = ['refs/heads/sluice/promote/', 'refs/heads/sluice/backflow/'];

/** Why somebody may not push to a ref; undefined when they may. */
export function pushObstacle(rights: BranchRights, person: Person, ref: string, people: readonly Person[]): string | undefined {
  if (!ref.startsWith('refs/heads/') && !ref.startsWith('refs/tags/')) return 'only branches and tags can be pushed';
  if (ref.startsWith('refs/heads/sluice/') && !OPEN_TO_PEOPLE.some((prefix) => ref.startsWith(prefix))) return 'branches under sluice/ are Sluice’s own';
  const obstacle = bringObstacle(rights, person, ref.replace(/^refs\/heads\//, ''), people);
  if (obstacle !== undefined) return obstacle;
  const denied = rights.environments.find(({ branch, directPush }) => directPush === 'deny' && ref === `refs/heads/${branch}`);
  return denied && `${denied.branch} takes no direct pushes (directPush: deny): bring the change by promotion or change request`;
}
