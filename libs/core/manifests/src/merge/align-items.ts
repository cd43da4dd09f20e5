/** For each of `after` items its partner among `before`: equal ones from both ends, and those between when there are as many. */
export function alignItems(before: number, after: number, same: (before: number, after: number) => boolean): (number | undefined)[] {
  const shorter = Math.min(before, after);
  let head = 0;
  while (head < shorter && same(head, head)) head++;
  let tail = 0;
  while (tail < shorter - head && same(before - 1 - tail, after - 1 - tail)) tail++;
  return Array.from({ length: after }, (_, index) => {
    if (index < head || before === after) return index;
    return index >= after - tail ? index - after + before : undefined;
  });
}
