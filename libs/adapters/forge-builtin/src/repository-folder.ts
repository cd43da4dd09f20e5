import { access, mkdir, mkdtemp, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { type Clock, Conflict, InvalidInput, NotFound, Unavailable, isName, messageOf, repositoryId, type RepositoryId } from '@sluice/kernel';
import { CatFileSession, type GitCredential, isRefName, runGit } from '@sluice/git-process';
import type { MergeMethod } from '@sluice/usecases';
import { branchRef, FORGE_REFS } from './forge-refs.js';
import { RecordStore } from './record-store.js';

export interface RepositoryFolderOptions {
  readonly folder: string;
  readonly clock: Clock;
  /** Survive a power failure too: git flushes every object and ref to the disk (some 3 ms each). Without it the forge survives the death of every process. */
  readonly flushToDisk?: boolean;
  /** Milliseconds after which a lock file of git counts as left behind by a killed process. Default 30,000. */
  readonly staleLockAfter?: number;
}

export interface NewRepository {
  readonly defaultBranch: string;
  /** Default: squash. */
  readonly mergeMethod?: MergeMethod;
}

const METHODS: readonly MergeMethod[] = ['squash', 'rebase', 'merge'];
const IMPORT_DEADLINE = 10 * 60_000;

/** The bare repositories on disk: `<folder>/<repository>.git`. A repository appears with everything in it or not at all. */
export class RepositoryFolder {
  private readonly stores = new Map<RepositoryId, RecordStore>();

  constructor(private readonly options: RepositoryFolderOptions) {}

  /** The folder of a repository, whether it exists or not. Never outside of the forge's folder. */
  gitDir(id: RepositoryId): string {
    return join(resolve(this.options.folder), `${repositoryId(id)}.git`);
  }

  /** Makes an empty repository. @throws Conflict when there is one of this name; InvalidInput when the branch cannot have this name. */
  async create(id: RepositoryId, options: NewRepository): Promise<void> {
    await this.assemble(id, (gitDir) => this.initialise(gitDir, options));
  }

  /**
   * Makes a repository with the branches, tags and default branch of another one.
   * @param source a path, or an `http(s)` or `ssh` URL without credentials in it.
   * @throws Conflict when there is one of this name; Unavailable when git cannot read the source.
   */
  async import(id: RepositoryId, source: string, credential?: GitCredential): Promise<void> {
    const url = /^(https?|ssh):\/\/|^[\w.-]+@[\w.-]+:/.test(source) ? source : resolve(source);
    if (/^\w+:\/\/[^/@]*:[^/@]*@/.test(url)) throw new InvalidInput('Leave the password out of the URL: pass it as a credential');
    const remote = { allowLocal: true, deadline: IMPORT_DEADLINE, ...(credential ? { credential } : {}) };
    await this.assemble(id, async (gitDir) => {
      try {
        const { stdout } = await runGit(['ls-remote', '--symref', '--end-of-options', url, 'HEAD'], remote);
        await this.initialise(gitDir, { defaultBranch: /^ref: refs\/heads\/(\S+)\tHEAD$/m.exec(stdout.toString('utf8'))?.[1] ?? 'main' });
        await runGit(['fetch', '--quiet', '--no-write-fetch-head', '--end-of-options', url, '+refs/heads/*:refs/heads/*', '+refs/tags/*:refs/tags/*'], { ...remote, gitDir });
      } catch (cause) {
        throw new Unavailable(`${source} cannot be imported: ${messageOf(cause)}`, { cause });
      }
    });
  }

  async list(): Promise<readonly RepositoryId[]> {
    await mkdir(this.options.folder, { recursive: true });
    const names = (await readdir(this.options.folder)).filter((name) => name.endsWith('.git')).map((name) => name.slice(0, -'.git'.length));
    return names.filter(isName).sort().map(repositoryId);
  }

  /** @throws NotFound */
  async open(id: RepositoryId): Promise<RecordStore> {
    const known = this.stores.get(id);
    if (known) return known;
    const gitDir = this.gitDir(id);
    await access(join(gitDir, 'HEAD')).catch((cause: unknown) => {
      throw new NotFound(`There is no repository ${id} here`, { cause });
    });
    // another caller may have been faster
    const store = this.stores.get(id) ?? new RecordStore(gitDir, new CatFileSession(gitDir), this.options.clock, storeOptions(this.options));
    this.stores.set(id, store);
    return store;
  }

  /** @throws NotFound */
  async defaultBranch(id: RepositoryId): Promise<string> {
    const { gitDir } = await this.open(id);
    const head = await readFile(join(gitDir, 'HEAD'), 'utf8');
    return /^ref: refs\/heads\/(.+)$/m.exec(head)?.[1] ?? 'main';
  }

  /** How requests of the repository are merged when nobody says otherwise. @throws NotFound */
  async mergeMethod(id: RepositoryId): Promise<MergeMethod> {
    const { gitDir } = await this.open(id);
    const written = /^\s*mergeMethod\s*=\s*(\w+)\s*$/im.exec(await readFile(join(gitDir, 'config'), 'utf8'))?.[1];
    return METHODS.find((method) => method === written) ?? 'squash';
  }

  /** Ends the processes that read from the repositories. */
  close(): void {
    for (const store of this.stores.values()) store.close();
    this.stores.clear();
  }

  private async assemble(id: RepositoryId, fill: (gitDir: string) => Promise<void>): Promise<void> {
    const target = this.gitDir(id);
    await mkdir(this.options.folder, { recursive: true });
    const draft = await mkdtemp(join(resolve(this.options.folder), '.incoming-'));
    try {
      if (await exists(target)) throw taken(id);
      await fill(draft);
      await rename(draft, target);
    } catch (error) {
      await rm(draft, { recursive: true, force: true });
      if (isNodeError(error) && /^(ENOTEMPTY|EEXIST)$/.test(error.code ?? '')) throw taken(id, error);
      throw error;
    }
  }

  private async initialise(gitDir: string, { defaultBranch, mergeMethod = 'squash' }: NewRepository): Promise<void> {
    if (!isRefName(branchRef(defaultBranch))) throw new InvalidInput(`${JSON.stringify(defaultBranch.slice(0, 200))} cannot be the name of a branch`);
    await runGit(['init', '--quiet', '--bare', '--template=', `--initial-branch=${defaultBranch}`, gitDir], {});
    await writeFile(join(gitDir, 'config'), configuration(this.options.flushToDisk === true, mergeMethod));
    // records are commits on the empty tree, and git expects even that to be there
    await runGit(['mktree'], { gitDir, input: '' });
  }
}

function storeOptions({ staleLockAfter, flushToDisk }: RepositoryFolderOptions): ConstructorParameters<typeof RecordStore>[3] {
  return { ...(staleLockAfter === undefined ? {} : { staleLockAfter }), flush: flushToDisk === true };
}

function configuration(flushToDisk: boolean, mergeMethod: MergeMethod): string {
  const lines = [
    '[core]',
    '\trepositoryformatversion = 0',
    '\tfilemode = true',
    '\tbare = true',
    ...(flushToDisk ? ['\tfsync = committed,loose-object,reference', '\tfsyncMethod = batch'] : []),
    '[gc]',
    '\tauto = 0',
    '[maintenance]',
    '\tauto = false',
    '[receive]',
    '\tautogc = false',
    '\tfsckObjects = true',
    '[transfer]',
    `\thideRefs = ${FORGE_REFS}`,
    '[uploadpack]',
    '\tallowFilter = true',
    '[sluice]',
    `\tmergeMethod = ${mergeMethod}`,
  ];
  return `${lines.join('\n')}\n`;
}

function taken(id: RepositoryId, cause?: unknown): Conflict {
  return new Conflict(`There is a repository ${id} already: choose another name`, { cause });
}

function isNodeError(error: unknown): error is NodeJS.ErrnoException {
  return error instanceof Error && 'code' in error;
}

async function exists(path: string): Promise<boolean> {
  return access(path).then(
    () => true,
    () => false,
  );
}
