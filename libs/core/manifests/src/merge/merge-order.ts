interface Orders {
  /** `undefined` when there was no list. */
  readonly base: readonly string[] | undefined;
  readonly source: readonly string[];
  readonly target: readonly string[];
}

/**
 * The order of the items that are kept: the target's, unless only the source re-ordered what both have. New items go behind the item that they follow where they
 * come from. `undefined` when both re-ordered differently.
 */
export function mergeOrder({ base, source, target }: Orders, kept: { has(label: string): boolean }): string[] | undefined {
  const inSource = new Set(source);
  const common = new Set(target.filter((label) => inSource.has(label) && kept.has(label)));
  const [ofSource, ofTarget] = [source, target].map((labels) => labels.filter((label) => common.has(label)).join('\n'));
  const ofBase = base?.filter((label) => common.has(label)).join('\n');
  const keptOf = (labels: readonly string[]): string[] => labels.filter((label) => kept.has(label));
  if (ofSource === ofTarget || base === undefined || ofSource === ofBase) return interleave(keptOf(target), keptOf(source));
  return ofTarget === ofBase ? interleave(keptOf(source), keptOf(target)) : undefined;
}

/** `first` with the items that only `second` has, each behind the one that it follows there. */
export function interleave(first: readonly string[], second: readonly string[]): string[] {
  const result = [...first];
  const present = new Set(first);
  let previous: string | undefined;
  for (const label of second) {
    if (!present.has(label)) result.splice(previous === undefined ? 0 : result.indexOf(previous) + 1, 0, label);
    present.add(label);
    previous = label;
  }
  return result;
}
