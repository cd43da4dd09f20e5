import { Forbidden } from '@sluice/kernel';
import type { PersonName, RepositoryId } from '@sluice/kernel';
import type { Pipeline } from '@sluice/pipeline';
import type { LifecyclePorts } from '../lifecycle/ports.js';
import type { Person, TemporaryRight } from '../ports/index.js';
import { ruleOf } from './actions.js';
import { glassOf, withoutGlass } from './effective-roles.js';
import { isPermitted, sayWhoMay } from './who-may.js';
import type { Wanted } from './who-may.js';

export type PermitPorts = Pick<LifecyclePorts, 'people' | 'events'>;

/** Something that somebody wants to do in a repository. `pipeline` has the roles that hold there now. */
export interface Act extends Wanted {
  readonly repository: RepositoryId;
  readonly pipeline: Pipeline;
  readonly person: PersonName;
  /** What a refusal begins with. */
  readonly refusal: string;
}

/** Asks the table of actions. What is done by break-glass alone is told to everybody. @throws Forbidden, which says who may. */
export async function permit(ports: PermitPorts, act: Act): Promise<Person> {
  const person = await ports.people.get(act.person);
  if (!person || !isPermitted(act.pipeline, person, act)) throw new Forbidden(`${act.refusal}: ${sayWhoMay(act.pipeline, await ports.people.list(), act)}`);
  await markGlass(ports, act, person);
  return person;
}

/** Tells of what only break-glass lets a person do. */
export async function markGlass(ports: Pick<PermitPorts, 'events'>, { repository, pipeline, ...wanted }: Pick<Act, 'repository' | 'pipeline' | keyof Wanted>, person: Person): Promise<void> {
  const glass = glassUsed(pipeline, person, wanted);
  if (!glass) return;
  const [place] = wanted.places;
  const message = `${person.name} may ${ruleOf(wanted.action).says} by break-glass only: ${glass.reason}`;
  await ports.events.append({ type: 'break-glass.used', repository, ...(place && { environment: place.environment, application: place.application }), message, by: person.name });
}

/** The break-glass without which a person might not do this; undefined when they might all the same. */
function glassUsed(pipeline: Pipeline, person: Person, wanted: Wanted): TemporaryRight | undefined {
  if (isPermitted({ ...pipeline, roles: withoutGlass(pipeline.roles) }, person, wanted)) return undefined;
  return pipeline.roles.map(glassOf).find((glass) => glass?.person === person.name);
}

/** The same for several places, where a refusal names those applications that are missing. */
export async function permitAll(ports: PermitPorts, act: Omit<Act, 'refusal'>, refusal: (missing: string) => string): Promise<Person> {
  const person = await ports.people.get(act.person);
  const missing = act.places.filter((place) => !person || !isPermitted(act.pipeline, person, { ...act, places: [place] })).map(({ application }) => application);
  return permit(ports, { ...act, refusal: refusal(missing.join(', ')) });
}
