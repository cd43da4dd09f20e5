import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { CatFileSession } from '@sluice/git-process';
import { type CommitSha, commitSha } from '@sluice/kernel';
import { runGit, tryGit } from './run-git.js';

/** Files of a commit; `null` deletes one. */
export interface CommitInput {
  readonly branch: string;
  /** The branch to start `branch` at when it does not exist yet. */
  readonly from?: string;
  readonly files: Readonly<Record<string, string | null>>;
  readonly message?: string;
  readonly author?: string;
}

export interface CommitFacts {
  readonly sha: CommitSha;
  readonly parents: readonly CommitSha[];
  readonly tree: string;
  readonly message: string;
  readonly author: { readonly name: string; readonly email: string };
  readonly committer: { readonly name: string; readonly email: string };
  /** Seconds since the epoch. */
  readonly at: number;
}

/** A bare repository on the disk, worked on by real git. */
export class BareRepository {
  // Nearly every call asks where a branch is: one process for all of them.
  private readonly objects: CatFileSession;

  constructor(readonly gitDir: string) {
    this.objects = new CatFileSession(gitDir, { spawn: { direct: false } });
  }

  /** Ends what runs for it. */
  close(): void {
    this.objects.close();
  }

  static async create(gitDir: string, defaultBranch: string): Promise<BareRepository> {
    await mkdir(dirname(gitDir), { recursive: true });
    await runGit(['init', '-q', '--bare', `--initial-branch=${defaultBranch}`, gitDir], { cwd: dirname(gitDir) });
    const options = { cwd: gitDir };
    // what is left of a push is gone with the repository
    await runGit(['config', 'receive.autogc', 'false'], options);
    // every forge serves a commit by its name
    await runGit(['config', 'uploadpack.allowAnySHA1InWant', 'true'], options);
    return new BareRepository(gitDir);
  }

  async branches(): Promise<ReadonlyMap<string, CommitSha>> {
    const lines = await this.git(['for-each-ref', '--format=%(refname:lstrip=2) %(objectname)', 'refs/heads/']);
    return new Map(lines.split('\n').filter(Boolean).map((line) => [line.split(' ')[0] ?? '', commitSha(line.split(' ')[1] ?? '')]));
  }

  async head(branch: string): Promise<CommitSha | undefined> {
    if (/[\n\0]/.test(branch)) return undefined;
    const found = await this.objects.info(`refs/heads/${branch}^{commit}`);
    return found && commitSha(found.sha);
  }

  async resolve(name: string): Promise<CommitSha | undefined> {
    const { code, stdout } = await tryGit(['rev-parse', '--verify', '--quiet', '--end-of-options', `${name}^{commit}`], { cwd: this.gitDir });
    return code === 0 ? commitSha(stdout.trim()) : undefined;
  }

  /** @returns false when the branch is not at `from` (`undefined`: not there), and nothing was done */
  async setBranch(branch: string, to: CommitSha | undefined, from: CommitSha | undefined): Promise<boolean> {
    const ref = `refs/heads/${branch}`;
    const none = '0'.repeat(40);
    const args = to === undefined ? ['update-ref', '-d', ref, from ?? none] : ['update-ref', ref, to, from ?? none];
    return (await tryGit(args, { cwd: this.gitDir })).code === 0;
  }

  async isAncestor(ancestor: CommitSha, descendant: CommitSha): Promise<boolean> {
    return (await tryGit(['merge-base', '--is-ancestor', ancestor, descendant], { cwd: this.gitDir })).code === 0;
  }

  async mergeBase(one: CommitSha, other: CommitSha): Promise<CommitSha | undefined> {
    const { code, stdout } = await tryGit(['merge-base', one, other], { cwd: this.gitDir });
    return code === 0 ? commitSha(stdout.trim()) : undefined;
  }

  /** Oldest first. */
  async commitsBetween(base: CommitSha | undefined, head: CommitSha): Promise<readonly CommitSha[]> {
    const lines = await this.git(['rev-list', '--reverse', '--max-count=500', head, ...(base ? [`^${base}`] : [])]);
    return lines.split('\n').filter(Boolean).map(commitSha);
  }

  /** Whether git would find conflicts in a merge of the two. */
  async conflicts(one: CommitSha, other: CommitSha): Promise<boolean> {
    return (await tryGit(['merge-tree', '--write-tree', one, other], { cwd: this.gitDir })).code === 1;
  }

  async changedFiles(from: CommitSha | undefined, to: CommitSha): Promise<readonly string[]> {
    return from ? (await this.git(['diff', '--name-only', '-z', from, to])).split('\0').filter(Boolean) : [];
  }

  async facts(commit: CommitSha): Promise<CommitFacts> {
    const text = await this.git(['show', '-s', '--format=%P%x00%T%x00%an%x00%ae%x00%cn%x00%ce%x00%ct%x00%B', commit]);
    const [parents = '', tree = '', name = '', email = '', committer = '', committerEmail = '', at = '0', message = ''] = text.split('\0');
    return {
      sha: commit,
      parents: parents.split(' ').filter(Boolean).map(commitSha),
      tree,
      message: message.replace(/\n+$/, '\n'),
      author: { name, email },
      committer: { name: committer, email: committerEmail },
      at: Number(at),
    };
  }

  async files(commit: CommitSha): Promise<Readonly<Record<string, string>>> {
    const paths = (await this.git(['ls-tree', '-r', '--name-only', '-z', commit])).split('\0').filter(Boolean);
    return Object.fromEntries(await Promise.all(paths.map(async (path) => [path, await this.git(['cat-file', 'blob', `${commit}:${path}`])] as const)));
  }

  /** Commits files on a branch, as somebody's push would bring it. */
  async commit({ branch, from, files, message = 'Change', author = 'Ada' }: CommitInput): Promise<CommitSha> {
    const before = await this.head(branch);
    const parent = before ?? (from === undefined ? undefined : await this.head(from));
    const who = `${author} <${author.toLowerCase().replace(/\W+/g, '.')}@example.org> ${Math.floor(Date.now() / 1_000)} +0000`;
    const edits = Object.entries(files).map(([path, text]) => (text === null ? `D ${path}\n` : `M 100644 inline ${path}\n${data(text)}`));
    const stream = [`commit refs/heads/${branch}\n`, `author ${who}\ncommitter ${who}\n`, data(`${message}\n`), parent ? `from ${parent}\n` : '', ...edits].join('');
    // it refuses to move a branch that is not where it was
    await runGit(['fast-import', '--quiet'], { cwd: this.gitDir, input: stream });
    return commitSha((await this.head(branch)) ?? '');
  }

  /** Without a work tree. @returns the tree that a merge of the two has, or nothing when git finds a conflict, or nothing in common */
  async merged(one: CommitSha, other: CommitSha): Promise<string | undefined> {
    const { code, stdout } = await tryGit(['merge-tree', '--write-tree', one, other], { cwd: this.gitDir });
    return code === 0 ? stdout.split('\n')[0] : undefined;
  }

  /** A work tree of its own that is gone afterwards; without a commit it is empty and has none. */
  async inWorkTree<T>(commit: CommitSha | undefined, work: (folder: string) => Promise<T>): Promise<T> {
    const parent = await mkdtemp(join(tmpdir(), 'sluice-work-'));
    const folder = join(parent, 'tree');
    try {
      // a clone that borrows the objects, and gives back what it makes by a fetch
      await runGit(['clone', '-q', '--shared', '--no-checkout', this.gitDir, folder], { cwd: parent });
      await runGit(commit ? ['checkout', '-q', '--detach', commit] : ['symbolic-ref', 'HEAD', 'refs/heads/work'], { cwd: folder });
      const result = await work(folder);
      if ((await tryGit(['rev-parse', '--verify', '--quiet', 'HEAD'], { cwd: folder })).code === 0) await this.git(['fetch', '-q', '--no-write-fetch-head', folder, 'HEAD']);
      return result;
    } finally {
      await rm(parent, { recursive: true, force: true });
    }
  }

  private async git(args: readonly string[]): Promise<string> {
    return runGit(args, { cwd: this.gitDir });
  }
}

/** git fast-import counts bytes. */
function data(text: string): string {
  return `data ${Buffer.byteLength(text)}\n${text}\n`;
}
