import type { RepositoryId } from '@sluice/kernel';
import type { MergeMethod } from '@sluice/usecases';
import type { GiteaApi } from './gitea-api.js';
import { type Repository, zRepository } from './schema.js';

/** Milliseconds that a repository's settings are taken as known. */
const KNOWN = 24 * 60 * 60_000;

/** A repository's settings, asked for at most once a day: `fresh` asks anyway. @throws NotFound, Forbidden */
export async function repositoryFacts(api: GiteaApi, repository: RepositoryId, { fresh = false } = {}): Promise<Repository> {
  const key = `repository:${await api.path(repository)}`;
  const known = fresh ? undefined : readKnown(await api.memory.get(key), api.clock());
  if (known) return known;
  const facts = await api.ask(zRepository, { method: 'GET', path: await api.repository(repository), action: `see the repository ${await api.path(repository)}` });
  await api.memory.put(key, JSON.stringify({ at: api.clock(), facts }));
  return facts;
}

function readKnown(text: string | undefined, now: number): Repository | undefined {
  if (text === undefined) return undefined;
  try {
    const { at, facts } = JSON.parse(text) as { readonly at: number; readonly facts: unknown };
    return now - at < KNOWN ? zRepository.safeParse(facts).data : undefined;
  } catch {
    return undefined;
  }
}

/** How the forge's merge call names a way to merge (`Do`). */
export type MergeStyle = 'squash' | 'rebase' | 'merge' | 'rebase-merge' | 'fast-forward-only';

/** What does what Sluice means by a method, the closest first: where plain merge commits are forbidden, one over a rebased branch is still a merge commit. */
const STYLES: readonly (readonly [MergeMethod, MergeStyle, keyof Repository])[] = [
  ['squash', 'squash', 'allow_squash_merge'],
  ['merge', 'merge', 'allow_merge_commits'],
  ['merge', 'rebase-merge', 'allow_rebase_explicit'],
  ['rebase', 'rebase', 'allow_rebase'],
  ['rebase', 'fast-forward-only', 'allow_fast_forward_only_merge'],
];

/** Each method that the repository allows with the style that does it; what the repository does by default goes first. */
export function mergeStylesOf(facts: Repository): ReadonlyMap<MergeMethod, MergeStyle> {
  const allowed = STYLES.filter(([, , setting]) => facts[setting] === true);
  const preferred = allowed.find(([, style]) => style === facts.default_merge_style);
  const styles = new Map<MergeMethod, MergeStyle>();
  for (const [method, style] of preferred ? [preferred, ...allowed] : allowed) if (!styles.has(method)) styles.set(method, style);
  return styles;
}
