import { NotFound, TooLarge } from '@sluice/kernel';
import type { PromotionId, RepositoryId } from '@sluice/kernel';
import type { FileVersion, ObjectChange } from '@sluice/manifests';
import type { Promotion } from '@sluice/promotion';
import { showChanges } from '../lifecycle/show-changes.js';
import type { ManifestRenderer, Mirror, Mirrors, Promotions, Repositories, TreeEntry, UntrustedReader } from '../ports/index.js';

export interface DiffView {
  readonly changes: readonly ObjectChange[];
  /** What of the changes was rendered, and by what; what was not, and why. */
  readonly rendering: readonly string[];
  /** Why there is no, or not the whole, diff. */
  readonly message?: string;
}

const MAX_FILES = 500;
const MAX_FILE_BYTES = 1_048_576;

interface Versions {
  readonly files: ReadonlyMap<string, FileVersion>;
  readonly tooLarge: readonly string[];
}

interface DiffPorts {
  readonly promotions: Promotions;
  readonly repositories: Repositories;
  readonly mirrors: Mirrors;
  readonly reader: UntrustedReader;
  readonly renderer: ManifestRenderer;
}

/** What a promotion changes in its target, object by object. Read by the server, so that every door shows the same. */
export class DiffPromotion {
  constructor(private readonly ports: DiffPorts) {}

  /** @throws NotFound; Unavailable when the repository cannot be read. */
  async run(repository: RepositoryId, id: PromotionId): Promise<DiffView> {
    const promotion = await this.ports.promotions.get(repository, id);
    if (!promotion) throw new NotFound(`there is no promotion ${id} in ${repository}`);
    const mirror = await this.ports.mirrors.open(repository);
    try {
      return await this.diff(mirror, promotion);
    } catch (error) {
      if (error instanceof NotFound) return { changes: [], rendering: [], message: 'the commits of this promotion are no longer in the repository' };
      throw error;
    }
  }

  private async diff(mirror: Mirror, { candidate, repository, application }: Promotion): Promise<DiffView> {
    await Promise.all([mirror.ensure(candidate.onto), mirror.ensure(candidate.head)]);
    const paths = candidate.changedPaths.slice(0, MAX_FILES);
    const before = versionsIn(mirror, await mirror.entries(candidate.onto, paths));
    const after = versionsIn(mirror, await mirror.entries(candidate.head, paths));
    const [old, fresh] = [await before, await after];
    const skipped = new Set([...old.tooLarge, ...fresh.tooLarge]);
    const pipeline = (await this.ports.repositories.pipeline(repository))?.pipeline;
    // of an application that is not there any more, nobody knows which files it is made of
    const known = pipeline?.applications.find(({ name }) => name === application) ?? { paths: [], uses: [] };
    const { changes, rendering, message } = await showChanges(this.ports, mirror, { application: known, onto: candidate.onto, head: candidate.head, before: without(old.files, skipped), after: without(fresh.files, skipped) });
    const messages = [
      ...(message === undefined ? [] : [message]),
      ...(candidate.changedPaths.length > MAX_FILES ? [`only the first ${MAX_FILES} of ${candidate.changedPaths.length} files are shown`] : []),
      ...(skipped.size > 0 ? [`too large to compare: ${[...skipped].slice(0, 5).join(', ')}`] : []),
    ];
    return { changes, rendering, ...(messages.length > 0 && { message: messages.join('; ') }) };
  }
}

async function versionsIn(mirror: Mirror, entries: ReadonlyMap<string, TreeEntry>): Promise<Versions> {
  const files = new Map<string, FileVersion>();
  const tooLarge: string[] = [];
  for (const [path, { mode, sha }] of entries) {
    try {
      files.set(path, { mode, bytes: await mirror.blob(sha, MAX_FILE_BYTES) });
    } catch (error) {
      if (!(error instanceof TooLarge)) throw error;
      tooLarge.push(path);
    }
  }
  return { files, tooLarge };
}

function without(files: ReadonlyMap<string, FileVersion>, skipped: ReadonlySet<string>): ReadonlyMap<string, FileVersion> {
  return skipped.size === 0 ? files : new Map([...files].filter(([path]) => !skipped.has(path)));
}
