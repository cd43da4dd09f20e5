import { mkdir, readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { commitSha, type CommitSha, messageOf, TooLarge, Unavailable } from '@sluice/kernel';
import { CatFileSession, checkRefName, type GitCredential, GitFailed, type GitOptions, type GitOutput, parseCommit, type ReadOutcome, runGit } from '@sluice/git-process';
import type { DesiredFile, SourceRepository } from '@sluice/sync';
import { Ancestry, walk } from './ancestry.js';
import { TreeLister } from './tree-lister.js';

export interface GitSourceOptions {
  /** Bare repository, made when missing. */
  readonly folder: string;
  readonly url: string;
  /** Asked for before every contact with the remote. */
  readonly credential: () => Promise<GitCredential | undefined>;
  /** The branch to fetch when a commit is needed that is not on disk any more. */
  readonly branch: string;
}

/** Larger files are refused one by one: they would be held in memory whole. */
const MAX_FILE_BYTES = 32 * 1024 * 1024;
/** Of a commit or a folder. */
const MAX_RECORD_BYTES = 32 * 1024 * 1024;
const MAX_CHAIN_BYTES = 256 * 1024 * 1024;
const FETCH_DEADLINE_MS = 300_000;
/** Fetches after which the packs that they brought are made one. */
const REPACK_AFTER = 200;
const FETCHED = 'refs/sluice/fetched';

/** The agent's copy of one branch. Nothing that was fetched is ever thrown away, so that what is applied stays readable after the branch was rewritten. */
export class GitSource implements SourceRepository {
  private ready: Promise<void> | undefined;
  private fetches = 0;
  private branch: string;
  private readonly objects: CatFileSession;
  private readonly ancestry = new Ancestry({ parentOf: (commit) => this.parentOf(commit), far: (ancestor, descendant) => this.isFarAncestor(ancestor, descendant) });
  private readonly trees = new TreeLister((sha) => this.record(sha));

  constructor(private readonly options: GitSourceOptions) {
    this.branch = options.branch;
    this.objects = new CatFileSession(options.folder, { idle: 5_000 });
  }

  async fetch(branch: string): Promise<CommitSha | undefined> {
    await this.prepared();
    this.branch = branch;
    const source = checkRefName('fetch', `refs/heads/${branch}`);
    const local = `${FETCHED}/${branch}`;
    try {
      const credential = await this.options.credential();
      const args = ['fetch', '--quiet', '--no-tags', '--no-write-fetch-head', '--no-recurse-submodules', '--end-of-options', this.options.url, `+${source}:${local}`];
      await runGit(args, { gitDir: this.options.folder, deadline: FETCH_DEADLINE_MS, ...(credential && { credential }) });
    } catch (error) {
      if (error instanceof GitFailed && /couldn't find remote ref/.test(error.stderr)) return undefined;
      throw unavailable('the repository cannot be fetched', error);
    }
    await this.repackSometimes();
    const head = await this.objects.info(local);
    return head && commitSha(head.sha);
  }

  async onFirstParent(head: CommitSha, commit: CommitSha): Promise<boolean> {
    if (!(await this.has(commit))) return false;
    const walked = await walk({ parentOf: (child) => this.parentOf(child) }, head, (one) => one === commit);
    if (walked !== 'far') return walked === 'found';
    // all of the chain that does not come from the commit: it is on the chain if it is what that part grew on
    const { stdout } = await this.git(['rev-list', '--first-parent', '--parents', head, `^${commit}`], { maxOutputBytes: MAX_CHAIN_BYTES });
    const oldest = stdout.toString('latin1').trimEnd().split('\n').at(-1) ?? '';
    return oldest.split(' ')[1] === commit;
  }

  isAncestor(ancestor: CommitSha, descendant: CommitSha): Promise<boolean> {
    return this.ancestry.isAncestor(ancestor, descendant);
  }

  async files(commit: CommitSha): Promise<readonly DesiredFile[]> {
    if (!(await this.has(commit))) await this.fetch(this.branch);
    const { tree } = parseCommit(await this.record(commit));
    return (await this.trees.list(tree)).map((file) => ({ ...file, read: () => this.blob(file.sha) }));
  }

  close(): void {
    this.objects.close();
  }

  private async isFarAncestor(ancestor: CommitSha, descendant: CommitSha): Promise<boolean> {
    if (!(await this.has(ancestor))) return false;
    const { exitCode } = await this.git(['merge-base', '--is-ancestor', ancestor, descendant], { answers: [1] });
    return exitCode === 0;
  }

  private async parentOf(commit: CommitSha): Promise<CommitSha | undefined> {
    const [parent] = parseCommit(await this.record(commit)).parents;
    return parent === undefined ? undefined : commitSha(parent);
  }

  private async blob(sha: string): Promise<Buffer> {
    const outcome = await this.readable(() => this.objects.read(sha, MAX_FILE_BYTES));
    if (outcome.kind === 'too-large') throw new TooLarge(`the file has ${outcome.size} bytes, at most ${MAX_FILE_BYTES} are applied: keep it out of the repository`);
    return contentOf(sha, outcome);
  }

  /** A commit or a folder. */
  private async record(sha: string): Promise<Buffer> {
    return contentOf(sha, await this.readable(() => this.objects.readAtOnce(sha, MAX_RECORD_BYTES)));
  }

  private async readable<T>(read: () => Promise<T>): Promise<T> {
    await this.prepared();
    try {
      return await read();
    } catch (error) {
      throw unavailable('the agent\'s copy of the repository cannot be read', error);
    }
  }

  private async has(commit: CommitSha): Promise<boolean> {
    return (await this.readable(() => this.objects.info(commit))) !== undefined;
  }

  private prepared(): Promise<void> {
    this.ready ??= this.prepare().catch((error: unknown) => {
      this.ready = undefined;
      throw unavailable('the agent\'s copy of the repository cannot be made', error);
    });
    return this.ready;
  }

  private async prepare(): Promise<void> {
    const { folder } = this.options;
    await mkdir(folder, { recursive: true, mode: 0o700 });
    if (!(await readdir(folder)).includes('HEAD')) await runGit(['init', '--quiet', '--bare', folder]);
    // nobody else works in here: a lock file is what a killed git left behind
    const left = await readdir(folder, { recursive: true });
    await Promise.all(left.filter((name) => name.endsWith('.lock')).map((name) => rm(join(folder, name), { force: true })));
  }

  private async repackSometimes(): Promise<void> {
    this.fetches += 1;
    if (this.fetches % REPACK_AFTER === 0) await this.git(['repack', '-a', '-d', '-k', '-q'], { deadline: FETCH_DEADLINE_MS });
  }

  private git(args: readonly string[], options: GitOptions): Promise<GitOutput> {
    return this.readable(() => runGit(args, { ...options, gitDir: this.options.folder }));
  }
}

function contentOf(sha: string, outcome: ReadOutcome): Buffer {
  if (outcome.kind === 'object') return outcome.object.bytes;
  throw new Unavailable(outcome.kind === 'missing' ? `the object ${sha} is missing in the agent's copy of the repository` : `the commit or folder ${sha} has ${outcome.size} bytes: that is no configuration`);
}

function unavailable(what: string, error: unknown): Unavailable {
  return new Unavailable(`${what}: ${messageOf(error)}`, { cause: error });
}
