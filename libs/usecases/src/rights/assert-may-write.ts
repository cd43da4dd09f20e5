import { Forbidden, NotFound } from '@sluice/kernel';
import type { RepositoryId } from '@sluice/kernel';
import { bringObstacle, mayWrite } from '../people/may-write.js';
import type { BranchRights } from '../people/may-write.js';
import type { Person } from '../ports/index.js';
import { branchRights } from './effective-roles.js';
import type { EffectivePorts } from './effective-roles.js';

/** Whether somebody may work on change requests and set statuses in a repository. @throws Forbidden, which says who may. */
export async function assertMayWrite(ports: EffectivePorts, repository: RepositoryId, person: Person): Promise<void> {
  const rights = await rightsIn(ports, repository);
  if (mayWrite(rights, person)) return;
  const may = (await ports.people.list()).filter((candidate) => mayWrite(rights, candidate)).map(({ name }) => name);
  throw new Forbidden(`you are a viewer here: ask for the role of a promoter. Those who may write are ${may.slice(0, 5).join(', ')}${may.length > 5 ? ` and ${may.length - 5} more` : ''}`);
}

/** Whether somebody may merge a request of their own into a branch. @throws Forbidden, which says who may, or what to do instead. */
export async function assertMayBring(ports: EffectivePorts, repository: RepositoryId, person: Person, branch: string): Promise<void> {
  const obstacle = bringObstacle(await rightsIn(ports, repository), person, branch, await ports.people.list());
  if (obstacle !== undefined) throw new Forbidden(obstacle);
}

async function rightsIn(ports: EffectivePorts, repository: RepositoryId): Promise<BranchRights> {
  const rights = await branchRights(ports, repository);
  if (!rights) throw new NotFound(`there is no repository ${repository}`);
  return rights;
}
