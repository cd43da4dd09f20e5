import type { RepositoryId } from '@sluice/kernel';
import type { MergeMethod } from '@sluice/usecases';
import type { GitlabApi } from './gitlab-api.js';
import { type Project, zProject } from './schema.js';

/** Milliseconds that a project's settings are taken as known. */
const KNOWN = 60 * 60_000;

/** A project's settings, asked for at most once an hour: `fresh` asks anyway. @throws NotFound, Forbidden */
export async function projectFacts(api: GitlabApi, repository: RepositoryId, { fresh = false } = {}): Promise<Project> {
  const key = `project:${await api.path(repository)}`;
  const known = fresh ? undefined : readKnown(await api.memory.get(key), api.clock());
  if (known) return known;
  const facts = await api.ask(zProject, { method: 'GET', path: await api.project(repository), action: `read the project ${await api.path(repository)}` });
  await api.memory.put(key, JSON.stringify({ at: api.clock(), facts }));
  return facts;
}

function readKnown(text: string | undefined, now: number): Project | undefined {
  if (text === undefined) return undefined;
  try {
    const { at, facts } = JSON.parse(text) as { readonly at: number; readonly facts: unknown };
    return now - at < KNOWN ? zProject.safeParse(facts).data : undefined;
  } catch {
    return undefined;
  }
}

/**
 * What the project lets a merge be, its own choice first. A project has one way to bring commits to the target (`merge_method`), and may squash them before (`squash_option`); where it does both, a squash
 * ends in a merge commit too.
 */
export function mergeMethodsOf({ merge_method: method, squash_option: squash }: Pick<Project, 'merge_method' | 'squash_option'>): readonly MergeMethod[] {
  const plain: MergeMethod = method === 'ff' ? 'rebase' : 'merge';
  if (squash === 'always') return ['squash'];
  if (squash === 'never') return [plain];
  return squash === 'default_on' ? ['squash', plain] : [plain, 'squash'];
}
