import { mayAct } from '@sluice/gates';
import type { Pipeline } from '@sluice/pipeline';
import type { Person } from '../ports/index.js';

/** Whether somebody may push and work on change requests: everybody who has more than a viewer's role anywhere; without roles in the pipeline file, everybody. */
export function mayWrite(pipeline: Pick<Pipeline, 'roles'> | undefined, person: Person): boolean {
  if (person.deactivated) return false;
  if (person.admin || !pipeline || pipeline.roles.length === 0) return true;
  return pipeline.roles.some(({ role, who }) => role !== 'viewer' && mayAct(who, { person: person.name, groups: person.groups }));
}

/** Branches of requests on which people resolve conflicts. */
const OPEN_TO_PEOPLE = ['refs/heads/sluice/promote/', 'refs/heads/sluice/backflow/'];

/** Why somebody may not push to a ref; undefined when they may. */
export function pushObstacle(pipeline: Pipeline | undefined, person: Person, ref: string): string | undefined {
  if (!ref.startsWith('refs/heads/') && !ref.startsWith('refs/tags/')) return 'only branches and tags can be pushed';
  if (ref.startsWith('refs/heads/sluice/') && !OPEN_TO_PEOPLE.some((prefix) => ref.startsWith(prefix))) return 'branches under sluice/ are Sluice’s own';
  if (!mayWrite(pipeline, person)) return 'you are a viewer here: ask for the role of a promoter';
  const denied = pipeline?.environments.find(({ branch, directPush }) => directPush === 'deny' && ref === `refs/heads/${branch}`);
  return denied && `${denied.branch} takes no direct pushes (directPush: deny): bring the change by promotion or change request`;
}
