import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fastImport } from './fast-import.js';
import { runGit } from './run-git.js';

export interface TestRepository {
  readonly gitDir: string;
  readonly folder: string;
  /** Commits text files on a parent. */
  commit(files: Readonly<Record<string, string>>, parent?: string): Promise<{ commit: string; tree: string }>;
  git(...args: readonly string[]): Promise<string>;
  remove(): Promise<void>;
}

export const AUTHOR = { name: 'Ada', email: 'ada@example.org', date: 1_700_000_000 };

/** An empty bare repository in a folder of its own. */
export async function testRepository(): Promise<TestRepository> {
  const folder = await mkdtemp(join(tmpdir(), 'sluice-git-process-'));
  const gitDir = join(folder, 'test.git');
  await runGit(['init', '--quiet', '--bare', '--initial-branch=main', gitDir]);
  return {
    gitDir,
    folder,
    commit: (files, parent) => {
      const edits = Object.entries(files).map(([path, text]) => ({ path, file: { mode: '100644', bytes: Buffer.from(text) } }));
      return fastImport(gitDir, { parents: parent ? [parent] : [], edits, message: 'Change\n', author: AUTHOR });
    },
    git: async (...args) => (await runGit(args, { gitDir })).stdout.toString('utf8').trim(),
    remove: () => rm(folder, { recursive: true, force: true, maxRetries: 5 }),
  };
}
