import { NotFound, TooLarge } from '@sluice/kernel';
import type { PromotionId, RepositoryId } from '@sluice/kernel';
import type { FileVersion, ObjectChange } from '@sluice/manifests';
import type { Promotion } from '@sluice/promotion';
import type { Mirror, Mirrors, Promotions, TreeEntry, UntrustedReader } from '../ports/index.js';

export interface DiffView {
  readonly changes: readonly ObjectChange[];
  /** Why there is no, or not the whole, diff. */
  readonly message?: string;
}

const MAX_FILES = 500;
const MAX_FILE_BYTES = 1_048_576;

interface Versions {
  readonly files: ReadonlyMap<string, FileVersion>;
  readonly tooLarge: readonly string[];
}

/** What a promotion changes in its target, object by object. Read by the server, so that every door shows the same. */
export class DiffPromotion {
  constructor(
    private readonly promotions: Promotions,
    private readonly mirrors: Mirrors,
    private readonly reader: UntrustedReader,
  ) {}

  /** @throws NotFound; Unavailable when the repository cannot be read. */
  async run(repository: RepositoryId, id: PromotionId): Promise<DiffView> {
    const promotion = await this.promotions.get(repository, id);
    if (!promotion) throw new NotFound(`there is no promotion ${id} in ${repository}`);
    const mirror = await this.mirrors.open(repository);
    try {
      return await this.diff(mirror, promotion);
    } catch (error) {
      if (error instanceof NotFound) return { changes: [], message: 'the commits of this promotion are no longer in the repository' };
      throw error;
    }
  }

  private async diff(mirror: Mirror, { candidate }: Promotion): Promise<DiffView> {
    await Promise.all([mirror.ensure(candidate.onto), mirror.ensure(candidate.head)]);
    const paths = candidate.changedPaths.slice(0, MAX_FILES);
    const before = versionsIn(mirror, await mirror.entries(candidate.onto, paths));
    const after = versionsIn(mirror, await mirror.entries(candidate.head, paths));
    const [old, fresh] = [await before, await after];
    const skipped = new Set([...old.tooLarge, ...fresh.tooLarge]);
    const changes = await this.reader.diff(without(old.files, skipped), without(fresh.files, skipped));
    if ('kind' in changes) return { changes: [], message: changes.message };
    const messages = [
      ...(candidate.changedPaths.length > MAX_FILES ? [`only the first ${MAX_FILES} of ${candidate.changedPaths.length} files are shown`] : []),
      ...(skipped.size > 0 ? [`too large to compare: ${[...skipped].slice(0, 5).join(', ')}`] : []),
    ];
    return { changes, ...(messages.length > 0 && { message: messages.join('; ') }) };
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
