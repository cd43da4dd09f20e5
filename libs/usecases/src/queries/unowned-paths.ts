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
    const mirror = await this.mirrors.open(repository);
    await mirror.ensure(commit);
    const entries = await mirror.list(commit, { include: ['**'], exclude: [...owned, '.sluice/**', 'sluice.yaml'] });
    const paths = entries.slice(0, SHOWN).map(({ path }) => path);
    this.known.set(repository, { key, paths });
    return paths;
  }
}
