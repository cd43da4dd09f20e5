import type { RepositoryId } from '@sluice/kernel';
import type { MergeMethod } from '@sluice/usecases';
import { z } from 'zod';
import type { GithubApi } from './github-api.js';
import { type Repository, zRepository } from './schema.js';

/** Milliseconds that facts are believed; after them the call is a conditional one. */
const FRESH = 60 * 60_000;
const zRemembered = z.object({ at: z.number(), facts: zRepository });

/** What a repository's owner has chosen. docs.github.com/en/rest/repos/repos#get-a-repository */
export async function repositoryFacts(api: GithubApi, repository: RepositoryId): Promise<Repository> {
  const key = await keyOf(api, repository);
  const remembered = parse(await api.memory.get(key));
  if (remembered && remembered.at + FRESH > api.clock()) return remembered.facts;
  const facts = await readFacts(api, repository);
  await api.memory.put(key, JSON.stringify({ at: api.clock(), facts }));
  return facts;
}

/** What is remembered has proved wrong. */
export async function forgetFacts(api: GithubApi, repository: RepositoryId): Promise<void> {
  await api.memory.forget(await keyOf(api, repository));
}

async function readFacts(api: GithubApi, repository: RepositoryId): Promise<Repository> {
  return api.ask(zRepository, repository, { route: 'GET /repos/{owner}/{repo}', action: `read the repository ${await api.path(repository)}` });
}

/** In the order in which they are tried. Those who may not administrate the repository are not told which it allows: then all are tried. */
export function methodsOf(facts: Repository): readonly MergeMethod[] {
  const allowed = { squash: facts.allow_squash_merge, merge: facts.allow_merge_commit, rebase: facts.allow_rebase_merge };
  return (['squash', 'merge', 'rebase'] as const).filter((method) => allowed[method] !== false);
}

async function keyOf(api: GithubApi, repository: RepositoryId): Promise<string> {
  return `repository:${(await api.path(repository)).toLowerCase()}`;
}

function parse(text: string | undefined): z.output<typeof zRemembered> | undefined {
  if (text === undefined) return undefined;
  try {
    return zRemembered.safeParse(JSON.parse(text)).data;
  } catch {
    return undefined;
  }
}
