import { personName } from '@sluice/kernel';
import type { PersonName, PromotionId, RepositoryId } from '@sluice/kernel';
import type { LaneId } from '@sluice/promotion';
import { z } from 'zod';
import type { Settings } from '../ports/index.js';
import type { Effect } from './effects.js';
import type { LifecyclePorts } from './ports.js';

type Ports = Pick<LifecyclePorts, 'reviews' | 'memory' | 'events' | 'audit'>;
type ReviewEffect = Extract<Effect, { kind: 'review' }>;

/** How a decision that was made here stands on the forge: as a review of the person's own account, or written by Sluice though they have linked one, and why. */
export type Written = { readonly login: string } | { readonly notOwn: string };

const zWritten = z.union([z.object({ login: z.string() }), z.object({ notOwn: z.string() })]);

/** Which decision it is. */
export interface WrittenOf {
  readonly repository: RepositoryId;
  readonly promotion: PromotionId;
  readonly person: PersonName;
  readonly decision: string;
}

/** Writes what somebody has decided to the forge. That it could not be written as their own review is said once. */
export async function writeReview(ports: Ports, lane: LaneId, { promotion, number, person: by, state, commit, body }: ReviewEffect): Promise<void> {
  const person = personName(by);
  const { login, notOwn } = await ports.reviews.submit(lane.repository, number, { person, state, commit, body });
  const written = notOwn ? { notOwn: notOwn.message } : login === undefined ? undefined : { login };
  // one that an older version has asked for does not say of what it is
  if (written === undefined || promotion === undefined) return;
  const key = keyOf({ repository: lane.repository, promotion, person, decision: state });
  const known = await ports.memory.get(key);
  if (known === JSON.stringify(written)) return;
  await ports.memory.put(key, JSON.stringify(written));
  const { repository, application, target: environment } = lane;
  const place = { repository, environment, application, promotion };
  if (written.notOwn === undefined) await ports.audit.append({ action: 'review.write-as-own', by: 'sluice', place, after: { number, person, state, commit, login: written.login } });
  else await ports.events.append({ type: 'review.not-own', ...place, message: `what ${person} decided was written by Sluice, not as ${person}’s own review: ${written.notOwn}` });
}

/** Undefined where nobody has linked an account, or it came from the forge. */
export async function writtenAs(memory: Pick<Settings, 'get'>, of: WrittenOf): Promise<Written | undefined> {
  const text = await memory.get(keyOf(of));
  return text === undefined ? undefined : zWritten.parse(JSON.parse(text));
}

function keyOf({ repository, promotion, person, decision }: WrittenOf): string {
  return `written-review:${repository}:${promotion}:${person}:${decision}`;
}
