import { mayAct } from '@sluice/gates';
import type { Instant } from '@sluice/kernel';
import type { Environment } from '@sluice/pipeline';
import { decides } from '../people/decides.js';
import type { People, TemporaryRight } from '../ports/index.js';

/** Break-glass with how many more of those whom the emergency policy names have to break it as well before it gives anything; absent: it is open. */
export type BrokenGlass = TemporaryRight & { readonly missing?: number };

/** Whether a right for a time holds now. */
export function isInForce({ at, until, endedAt }: TemporaryRight, now: Instant): boolean {
  return at <= now && now < until && (endedAt === undefined || now < endedAt);
}

/** Rights without the break-glass of those whom the emergency policy names no longer: whoever has left the group has it no more, from then on, and is none of those whom it takes. */
export async function stillNamed(people: Pick<People, 'get'>, environments: readonly Pick<Environment, 'name' | 'emergency'>[], temporary: readonly TemporaryRight[]): Promise<readonly TemporaryRight[]> {
  const named: TemporaryRight[] = [];
  for (const right of temporary) if (right.kind !== 'break-glass' || (await isNamed(people, environments, right))) named.push(right);
  return named;
}

async function isNamed(people: Pick<People, 'get'>, environments: readonly Pick<Environment, 'name' | 'emergency'>[], { person: name, environment }: TemporaryRight): Promise<boolean> {
  const policy = environments.find((one) => one.name === environment)?.emergency;
  const person = policy && (await people.get(name));
  return person !== undefined && decides(person) && mayAct(policy?.from ?? [], { person: person.name, groups: person.groups });
}

/** Every break-glass that nobody has ended. An environment's is open as soon, and as long, as so many people have broken it as its emergency policy requires; without a policy it is nobody's. */
export function brokenGlass(environments: readonly Pick<Environment, 'name' | 'emergency'>[], temporary: readonly TemporaryRight[], now: Instant): readonly BrokenGlass[] {
  const broken = temporary.filter((right) => right.kind === 'break-glass' && isInForce(right, now));
  return environments.flatMap(({ name, emergency }) => (emergency ? together(broken.filter(({ environment }) => environment === name), emergency.required) : []));
}

/** They end together as well: when too few are left. */
function together(broken: readonly TemporaryRight[], required: number): readonly BrokenGlass[] {
  const ends = new Map<string, Instant>();
  for (const { person, until } of broken) if (until > (ends.get(person) ?? 0)) ends.set(person, until);
  const tooFewAt = [...ends.values()].sort((a, b) => b - a)[required - 1];
  if (tooFewAt === undefined) return broken.map((right) => ({ ...right, missing: required - ends.size }));
  return broken.map((right) => (right.until > tooFewAt ? { ...right, until: tooFewAt } : right));
}
