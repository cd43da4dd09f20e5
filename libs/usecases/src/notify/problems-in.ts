import type { RepositoryId } from '@sluice/kernel';
import type { Repositories } from '../ports/index.js';

/** Targets that pipeline files name and that cannot be reached as the server is set up. */
export async function problemsIn(
  { repositories }: { readonly repositories: Pick<Repositories, 'list' | 'pipeline'> },
  why: (target: string) => string | undefined,
  only?: RepositoryId,
): Promise<readonly { readonly repository: RepositoryId; readonly target: string; readonly message: string }[]> {
  const ids = only === undefined ? (await repositories.list()).map(({ id }) => id) : [only];
  const found: { readonly repository: RepositoryId; readonly target: string; readonly message: string }[] = [];
  for (const repository of ids) {
    const rules = (await repositories.pipeline(repository))?.pipeline?.notifications ?? [];
    for (const target of new Set(rules.flatMap(({ to }) => to))) {
      const message = why(target);
      if (message !== undefined) found.push({ repository, target, message });
    }
  }
  return found;
}
