/** Calls that may be made again without being done twice. */
const REPEATABLE: readonly string[] = ['GET', 'HEAD'];
/** What a proxy or an overloaded server says, and is over soon. */
const PASSING: readonly number[] = [502, 503, 504];
const FIRST_WAIT = 250;
const LONGEST_WAIT = 4_000;

export function isRepeatable(method: string): boolean {
  return REPEATABLE.includes(method);
}

export function isPassing(status: number): boolean {
  return PASSING.includes(status);
}

/** Milliseconds before the attempt after the `failed`th one: twice as long each time, of which at least half, so that many who failed together do not come back together. `random` is in [0, 1). */
export function backOff(failed: number, random: number): number {
  const ceiling = Math.min(FIRST_WAIT * 2 ** (failed - 1), LONGEST_WAIT);
  return Math.round(ceiling / 2 + (ceiling / 2) * random);
}
