/** Words after which a name follows that is a repository's own. */
const NAMES: Readonly<Record<string, string>> = { branches: ':branch', heads: ':branch', projects: ':project', groups: ':group', users: ':user', orgs: ':organisation', installations: ':id' };
const FORMS: readonly (readonly [RegExp, string])[] = [
  [/^\d+$/, ':number'],
  [/^([0-9a-f]{40}|[0-9a-f]{64})$/i, ':commit'],
];

/** An address without what is particular in it, so that calls can be counted by it: `/repos/:owner/:repo/pulls/:number`. */
export function routeOf({ pathname }: URL): string {
  const segments = pathname.replace(/\/repos\/[^/]+\/[^/]+/, '/repos/:owner/:repo').split('/');
  return segments.map((segment, index) => nameless(segment, segments[index - 1] ?? '')).join('/');
}

function nameless(segment: string, before: string): string {
  const named = NAMES[before];
  if (named !== undefined && segment !== '') return named;
  return FORMS.find(([form]) => form.test(segment))?.[1] ?? (segment.length > 40 ? ':long' : segment);
}
