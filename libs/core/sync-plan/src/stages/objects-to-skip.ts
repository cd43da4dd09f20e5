import type { StagePlan } from '../model.js';
import { dependents } from './sort-needs.js';

/**
 * What must not be applied because something that it needs has failed: all that needs it, directly or through others; not what is independent of it.
 * @param failed keys of objects that could not be applied, or did not become what was waited for.
 * @returns by {@link objectKey}, the failed object that is the reason.
 */
export function objectsToSkip({ needs }: Pick<StagePlan, 'needs'>, failed: Iterable<string>): ReadonlyMap<string, string> {
  const neededBy = dependents(needs);
  const causes = new Map([...failed].map((key) => [key, key]));
  const own = new Set(causes.keys());
  for (const [key, cause] of causes) for (const dependent of neededBy.get(key) ?? []) if (!causes.has(dependent)) causes.set(dependent, cause);
  return new Map([...causes].filter(([key]) => key.includes('/') && !own.has(key)));
}
