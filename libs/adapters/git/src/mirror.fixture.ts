import { rm } from 'node:fs/promises';
import { type CommitSha, type ObjectSha, type RepositoryId, instant } from '@sluice/kernel';
import type { PathSelection, RepositoryLocation } from '@sluice/usecases';
import { type OwnedMirrors, createMirrors } from './create-mirrors.js';
import type { GitMirror } from './git-mirror.js';
import { GitHttpServer, PASSWORD, RemoteRepository, USER, temporaryFolder } from './remote.fixture.js';

export const SHOP = 'shop' as RepositoryId;
export const EVERYTHING: PathSelection = { include: ['**'], exclude: [] };
export const AUTHOR = { name: 'Sluice', email: 'sluice@example.org' };

export function select(include: string | readonly string[], exclude: readonly string[] = []): PathSelection {
  return { include: typeof include === 'string' ? [include] : include, exclude };
}

/** A remote repository, a server in front of it and workers with mirrors of it. */
export class World {
  /** Moves only when a test moves it. */
  now = 1_700_000_000_000;
  private readonly owned: OwnedMirrors[] = [];

  private constructor(
    readonly folder: string,
    readonly remote: RemoteRepository,
    readonly http: GitHttpServer,
    public location: RepositoryLocation,
  ) {}

  static async create(transport: 'http' | 'path' | 'shared' | 'in place' = 'path', format = 'sha1'): Promise<World> {
    const folder = await temporaryFolder();
    const remote = await RemoteRepository.create(folder, SHOP, format);
    const http = await GitHttpServer.start(folder);
    const byHttp = { url: `${http.url}/shop.git`, credential: { username: USER, password: PASSWORD }, defaultBranch: 'dev' };
    return new World(folder, remote, http, transport === 'http' ? byHttp : { url: remote.path, defaultBranch: 'dev', sharesObjects: ['shared', 'in place'].includes(transport), takesObjects: transport === 'in place' });
  }

  /** Another worker's mirrors, or the same folder's after a restart. */
  mirrors(name = 'worker'): OwnedMirrors {
    const mirrors = createMirrors({
      folder: `${this.folder}/${name}`,
      access: { locate: async () => this.location },
      lock: async () => ({ release: async () => undefined }),
      allowLocal: true,
      clock: () => instant(this.now),
    });
    this.owned.push(mirrors);
    return mirrors;
  }

  async mirror(name?: string): Promise<GitMirror> {
    return this.mirrors(name).open(SHOP);
  }

  gitDir(name = 'worker'): string {
    return `${this.folder}/${name}/${SHOP}.git`;
  }

  async remove(): Promise<void> {
    await Promise.all(this.owned.map((mirrors) => mirrors.close()));
    await this.http.down();
    await rm(this.folder, { recursive: true, force: true, maxRetries: 5 });
  }
}

/** The text of a file at a commit; undefined when there is none. */
export async function textAt(mirror: GitMirror, commit: CommitSha, path: string): Promise<string | undefined> {
  const entry = (await mirror.entries(commit, [path])).get(path);
  return entry && Buffer.from(await mirror.blob(entry.sha, 1_000_000)).toString('utf8');
}

export function bytes(text: string, mode = '100644'): { mode: string; bytes: Uint8Array } {
  return { mode, bytes: Buffer.from(text) };
}

export const NO_COMMIT = 'f'.repeat(40) as CommitSha;
export const NO_OBJECT = 'f'.repeat(40) as ObjectSha;
