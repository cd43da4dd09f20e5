import { mkdir, rm, symlink, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { runGit } from '@sluice/git-process';
import { commitSha, present } from '@sluice/kernel';
import type { CommitSha } from '@sluice/kernel';

/** Path to text; null deletes. */
export type TextFiles = Readonly<Record<string, string | null>>;
/** Also to where a symbolic link leads. */
export type Files = Readonly<Record<string, TextFiles[string] | { readonly link: string }>>;

/** A clone of a repository (its remote is `forge`), as its people use it by plain git. */
export abstract class WorkTree {
  /** When commits are made (RFC 3339), where a story is about that; absent: now. */
  protected date: string | undefined;

  protected constructor(private readonly folder: string) {}

  /** What follows a push by itself. */
  protected abstract pushed(): Promise<void>;

  /** What somebody shows the remote, where it asks. */
  protected credentialOf(_person: string): { readonly username: string; readonly password: string } | undefined {
    return undefined;
  }

  /** From now on commits are made at this time. */
  commitsAt(date: string): void {
    this.date = date;
  }

  /** Runs git in the shop's work tree, as ada unless told otherwise. */
  async git(...args: readonly string[]): Promise<string> {
    return this.gitAs('ada', ...args);
  }

  async gitAs(person: string, ...args: readonly string[]): Promise<string> {
    const identity = { GIT_AUTHOR_NAME: person, GIT_AUTHOR_EMAIL: `${person}@example.org`, GIT_COMMITTER_NAME: person, GIT_COMMITTER_EMAIL: `${person}@example.org`, ...(this.date !== undefined && { GIT_AUTHOR_DATE: this.date, GIT_COMMITTER_DATE: this.date }) };
    const { stdout } = await runGit(args, { cwd: this.folder, allowLocal: true, env: identity, ...present({ credential: this.credentialOf(person) }) });
    return stdout.toString('utf8').trim();
  }

  /** Commits and pushes a change of some files to a branch, by plain git. */
  async commit(branch: string, files: Files, options: { readonly as?: string; readonly message?: string } = {}): Promise<CommitSha> {
    await this.checkout(branch);
    await this.write(files);
    await this.gitAs(options.as ?? 'ada', 'commit', '--quiet', '--allow-empty', '-m', options.message ?? `change ${branch}`);
    return this.pushAs(options.as ?? 'ada', branch);
  }

  /** Writes a tree as `git mktree` reads it, which asks for no sense in it. */
  async tree(entries: string): Promise<string> {
    const { stdout } = await runGit(['mktree', '--missing'], { cwd: this.folder, input: Buffer.from(entries) });
    return stdout.toString('utf8').trim();
  }

  /** Changes files in the work tree: nothing is committed yet. */
  async edit(files: Files): Promise<void> {
    await this.write(files);
  }

  /** Very many commits on a branch, oldest first; the last one brings checkout 2.0. Nothing is pushed yet. */
  async manyCommits(branch: string, count: number, authorOf: (index: number) => string): Promise<void> {
    await this.checkout(branch);
    const text = await this.git('show', `${branch}:apps/checkout/deployment.yaml`);
    const commits = Array.from({ length: count }, (_, index) => {
      const who = `${authorOf(index)} <${authorOf(index)}@example.org> ${1_700_000_000 + index} +0000`;
      const file = index === count - 1 ? `M 100644 inline apps/checkout/deployment.yaml\n${data(`${text.replace(':1.0', ':2.0')}\n`)}` : `M 100644 inline apps/checkout/notes.txt\n${data(`${index}\n`)}`;
      return `commit refs/heads/${branch}\nauthor ${who}\ncommitter ${who}\n${data(`Commit ${index}`)}${index === 0 ? `from refs/heads/${branch}^0\n` : ''}${file}`;
    });
    await runGit(['fast-import', '--quiet'], { cwd: this.folder, input: Buffer.from(commits.join('')) });
  }

  /** The first commit of each branch, which has nothing in common with the others; by one process. */
  protected async beginBranches(branches: Readonly<Record<string, Files>>): Promise<void> {
    const at = Math.floor(Date.parse(this.date ?? new Date().toISOString()) / 1_000);
    const commits = Object.entries(branches).map(([branch, files]) => {
      const changes = Object.entries(files).flatMap(([path, text]) => {
        if (text === null) return [];
        return typeof text === 'string' ? `M 100644 inline ${path}\n${data(text)}` : `M 120000 inline ${path}\n${data(text.link)}`;
      });
      return `reset refs/heads/${branch}\ncommit refs/heads/${branch}\ncommitter ada <ada@example.org> ${at} +0000\n${data(`begin ${branch}`)}${changes.join('')}\n`;
    });
    await runGit(['fast-import', '--quiet'], { cwd: this.folder, input: Buffer.from(commits.join('')) });
  }

  async checkout(branch: string): Promise<void> {
    await this.git('fetch', '--quiet', '--prune', 'forge');
    await this.git('checkout', '--quiet', '--force', '-B', branch, `forge/${branch}`);
  }

  async push(branch: string, ...options: readonly string[]): Promise<CommitSha> {
    return this.pushAs('ada', branch, ...options);
  }

  private async pushAs(as: string, branch: string, ...options: readonly string[]): Promise<CommitSha> {
    await this.gitAs(as, 'push', '--quiet', ...options, 'forge', branch);
    const pushed = commitSha(await this.git('rev-parse', branch));
    await this.pushed();
    return pushed;
  }

  async file(branch: string, path: string): Promise<string | undefined> {
    await this.git('fetch', '--quiet', '--prune', 'forge');
    const { stdout, exitCode } = await runGit(['show', `forge/${branch}:${path}`], { cwd: this.folder, answers: [128] });
    return exitCode === 0 ? stdout.toString('utf8') : undefined;
  }

  async head(branch: string): Promise<CommitSha> {
    await this.git('fetch', '--quiet', '--prune', 'forge');
    return commitSha(await this.git('rev-parse', `forge/${branch}`));
  }

  protected async write(files: Files): Promise<void> {
    for (const [path, text] of Object.entries(files)) {
      const full = join(this.folder, path);
      await rm(full, { force: true });
      if (text === null) continue;
      await mkdir(dirname(full), { recursive: true });
      await (typeof text === 'string' ? writeFile(full, text) : symlink(text.link, full));
    }
    await this.git('add', '--all');
  }
}

/** Text as `git fast-import` reads it. */
function data(content: string): string {
  return `data ${Buffer.byteLength(content)}\n${content}\n`;
}
