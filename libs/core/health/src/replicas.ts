import { inProgress, type Health } from './health.js';

/** InProgress while there are fewer than wanted: "2 of 3 replicas are ready". */
export function tooFew(reason: string, counts: { readonly have: number; readonly want: number }, what: string): Health | undefined {
  return counts.want > counts.have ? inProgress(reason, `${counts.have} of ${counts.want} ${what}`) : undefined;
}

/** InProgress while there are more replicas than wanted. */
export function tooMany(have: number, want: number): Health | undefined {
  return have > want ? inProgress('ExtraPods', `${have - want} of ${have} replicas have still to go`) : undefined;
}

/** The first rule that has something to say. */
export function firstOf(rules: readonly (Health | undefined)[]): Health | undefined {
  return rules.find((rule) => rule !== undefined);
}

/** "1 replica", "3 replicas". */
export function replicas(count: number): string {
  return count === 1 ? '1 replica' : `${count} replicas`;
}
