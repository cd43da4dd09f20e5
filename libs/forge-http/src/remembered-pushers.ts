import type { CommitSha } from '@sluice/kernel';
import type { ForgeMemory } from '@sluice/usecases';

/** Finds out who pushed commits; those that nobody knows are left out. */
export type LookUpPushers = (sought: ReadonlySet<CommitSha>) => Promise<ReadonlyMap<CommitSha, string>>;

/** The logins that pushed commits: what was found out once stays so, and is not asked for again. `prefix`: of the repository's keys in the memory. */
export async function rememberedPushers(memory: ForgeMemory, prefix: string, commits: readonly CommitSha[], lookUp: LookUpPushers): Promise<ReadonlyMap<CommitSha, string>> {
  const found = new Map<CommitSha, string>();
  for (const commit of commits) {
    const known = await memory.get(prefix + commit);
    if (known !== undefined) found.set(commit, known);
  }
  const sought = new Set(commits.filter((commit) => !found.has(commit)));
  if (sought.size === 0) return found;
  for (const [commit, login] of await lookUp(sought)) {
    found.set(commit, login);
    await memory.put(prefix + commit, login);
  }
  return found;
}
