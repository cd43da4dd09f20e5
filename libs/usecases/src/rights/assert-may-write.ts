import { Forbidden } from '@sluice/kernel';
import type { RepositoryId } from '@sluice/kernel';
import { bringObstacle, mayWrite } from '../people/may-write.js';
import type { Person } from '../ports/index.js';
import { effectivePipeline } from './effective-roles.js';
import type { EffectivePorts } from './effective-roles.js';

/** Whether somebody may work on change requests and set statuses in a repository. @throws Forbidden, which says who may. */
export async function assertMayWrite(ports: EffectivePorts, repository: RepositoryId, person: Person): Promise<void> {
  const pipeline = await effectivePipeline(ports, repository);
  if (mayWrite(pipeline, person)) return;
  const may = (await ports.people.list()).filter((candidate) => mayWrite(pipeline, candidate)).map(({ name }) => name);
  throw new Forbidden(`you are a viewer here: ask for the role of a promoter. Those who may write are ${may.slice(0, 5).join(', ')}${may.length > 5 ? ` and ${may.length - 5} more` : ''}`);
}

/** Whether somebody may merge a request of their own into a branch. @throws Forbidden, which says what to do instead. */
export async function assertMayBring(ports: EffectivePorts, repository: RepositoryId, person: Person, branch: string): Promise<void> {
  const obstacle = bringObstacle(await effectivePipeline(ports, repository), person, branch);
  if (obstacle !== undefined) throw new Forbidden(obstacle);
}
