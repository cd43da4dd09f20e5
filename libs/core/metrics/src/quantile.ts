/** Below this number of values a 90th percentile says no more than the largest of them. */
export const FEW = 10;

/**
 * A quantile with linear interpolation between the two nearest values, as PostgreSQL's `percentile_cont` has it; undefined of nothing.
 * @param share 0 to 1
 */
export function quantile(values: readonly number[], share: number): number | undefined {
  if (values.length === 0) return undefined;
  const sorted = [...values].sort((a, b) => a - b);
  const place = share * (sorted.length - 1);
  const [below, above] = [sorted[Math.floor(place)] as number, sorted[Math.ceil(place)] as number];
  return below + (above - below) * (place - Math.floor(place));
}
