import semver from 'semver';

/** Which tags of an image are followed, and which of them is the newest. */
export type ImagePolicy =
  /** The highest version in a range, as npm writes ranges. */
  | { readonly kind: 'semver'; readonly range: string }
  /** The last of the tags that match (`*`, `?`), where numbers in them count as numbers. */
  | { readonly kind: 'glob'; readonly pattern: string }
  /** The highest version that is no pre-release. */
  | { readonly kind: 'newest' };

const MAX_RANGE = 256;

/** What is wrong with a range; undefined: nothing. */
export function semverRangeProblem(text: string): string | undefined {
  const valid = text.trim() !== '' && text.length <= MAX_RANGE && semver.validRange(text) !== null;
  return valid ? undefined : `${JSON.stringify(text.slice(0, 100))} is no range of versions such as "^2", "~1.4" or ">=1.2 <3"`;
}

/** The newest of the tags that the policy follows; undefined: it follows none of them. */
export function chooseTag(policy: ImagePolicy, tags: readonly string[]): string | undefined {
  const isFollowed = matcher(policy);
  return tags.filter(isFollowed).reduce<string | undefined>((best, tag) => (best === undefined || compareTags(policy, tag, best) > 0 ? tag : best), undefined);
}

export function followsTag(policy: ImagePolicy, tag: string): boolean {
  return matcher(policy)(tag);
}

/** Above 0 when `a` is newer. Both are tags that the policy follows. */
export function compareTags(policy: ImagePolicy, a: string, b: string): number {
  const [one, other] = policy.kind === 'glob' ? [null, null] : [semver.parse(a), semver.parse(b)];
  return one && other ? semver.compareBuild(one, other) : compareNaturally(a, b);
}

/** `semver ^2`, for messages. */
export function sayPolicy(policy: ImagePolicy): string {
  switch (policy.kind) {
    case 'semver':
      return `semver ${policy.range}`;
    case 'glob':
      return `glob ${policy.pattern}`;
    case 'newest':
      return 'newest version';
  }
}

function matcher(policy: ImagePolicy): (tag: string) => boolean {
  if (policy.kind === 'glob') return (tag) => matchesGlob(policy.pattern, tag);
  if (policy.kind === 'newest') return (tag) => semver.parse(tag)?.prerelease.length === 0;
  const range = new semver.Range(policy.range);
  return (tag) => {
    const version = semver.parse(tag);
    return version !== null && range.test(version);
  };
}

/** In time that grows with pattern times text: a star never makes it start all over. */
function matchesGlob(pattern: string, text: string): boolean {
  let [at, star, resume] = [0, -1, 0];
  let index = 0;
  while (index < text.length) {
    if (at < pattern.length && pattern[at] === '*') {
      [star, resume] = [at, index];
      at += 1;
    } else if (at < pattern.length && (pattern[at] === '?' || pattern[at] === text[index])) {
      at += 1;
      index += 1;
    } else if (star >= 0) {
      resume += 1;
      [at, index] = [star + 1, resume];
    } else return false;
  }
  return /^\**$/.test(pattern.slice(at));
}

/** Text by text, but runs of digits by their number: `main-9` before `main-10`. */
function compareNaturally(a: string, b: string): number {
  const [ones, others] = [partsOf(a), partsOf(b)];
  for (const [index, one] of ones.entries()) {
    const order = comparePart(one, others[index] ?? '');
    if (order !== 0) return order;
  }
  return ones.length - others.length || compareText(a, b);
}

function partsOf(text: string): readonly string[] {
  return text.match(/\d+|\D+/g) ?? [];
}

function comparePart(a: string, b: string): number {
  if (!/^\d/.test(a) || !/^\d/.test(b)) return compareText(a, b);
  const [one = '', other = ''] = [a, b].map((digits) => digits.replace(/^0+/, ''));
  return one.length - other.length || compareText(one, other);
}

function compareText(a: string, b: string): number {
  return a === b ? 0 : a < b ? -1 : 1;
}
