import { NotFound, Unavailable } from '@sluice/kernel';
import type { CommitSha, RepositoryId } from '@sluice/kernel';
import type { Pipeline } from '@sluice/pipeline';
import type { Mirrors } from '../ports/index.js';

const SHOWN = 50;

/** Files of the first environment that belong to no application: they are never promoted, and a person should know. */
export class UnownedPaths {
  private readonly known = new Map<RepositoryId, { readonly key: string; readonly paths: readonly string[] }>();

  constructor(private readonly mirrors: Mirrors) {}

  /** At most 50. Reads the tree only when the commit or the applications changed. */
  async at(repository: RepositoryId, commit: CommitSha | undefined, pipeline: Pipeline): Promise<readonly string[]> {
    if (commit === undefined) return [];
    const owned = pipeline.applications.flatMap(({ paths }) => paths);
    const key = JSON.stringify([commit, owned]);
    const before = this.known.get(repository);
    if (before?.key === key) return before.paths;
    const paths = await this.read(repository, commit, owned);
    if (paths) this.known.set(repository, { key, paths });
    return paths ?? before?.paths ?? [];
  }

  /** Undefined while the repository cannot be read: what is asked for with these paths is worth showing without them. */
  private async read(repository: RepositoryId, commit: CommitSha, owned: readonly string[]): Promise<readonly string[] | undefined> {
    try {
      const mirror = await this.mirrors.open(repository);
      await mirror.ensure(commit);
      const entries = await mirror.list(commit, { include: ['**'], exclude: [...owned, '.sluice/**', 'sluice.yaml'] });
      return entries.slice(0, SHOWN).map(({ path }) => path);
    } catch (error) {
      if (error instanceof Unavailable || error instanceof NotFound) return undefined;
      throw error;
    }
  }
}
