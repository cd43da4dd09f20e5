import type { PersonName } from '@sluice/kernel';
import type { LifecyclePorts } from '../lifecycle/ports.js';
import { placeOf, sayRight, sayScope } from './give-rights.js';

/** Ends whatever somebody has got or given for a time, in every repository, because of something that happened to them. */
export async function endRightsOf({ rights, events, audit, clock }: Pick<LifecyclePorts, 'rights' | 'events' | 'audit' | 'clock'>, { person, by, why }: { readonly person: PersonName; readonly by: PersonName; readonly why: string }): Promise<void> {
  for (const right of await rights.endAllOf(person, { by, at: clock() })) {
    await events.append({ type: `${right.kind}.ended`, ...placeOf(right), message: `${by} ended ${sayRight(right)} in ${sayScope(right)}: ${why}`, by });
    await audit.append({ action: `${right.kind}.end`, by, place: { ...placeOf(right), person: right.person }, before: { id: right.id, until: new Date(right.until).toISOString() }, why });
  }
}
