import { type ImportCommit, fastImport, pathProblem } from '@sluice/git-process';
import { type CommitSha, InvalidInput, type ObjectSha } from '@sluice/kernel';
import type { NewCommit } from '@sluice/usecases';

/** Writes a commit into the mirror. @throws InvalidInput for edits that cannot all hold. */
export async function writeCommit(gitDir: string, input: NewCommit): Promise<{ commit: CommitSha; tree: ObjectSha }> {
  checkEdits(input);
  const { name, email } = input.author;
  const commit: ImportCommit = { parents: input.parents, edits: input.edits, message: input.message, author: { name, email, date: input.date } };
  const written = await fastImport(gitDir, commit);
  return { commit: written.commit as CommitSha, tree: written.tree as ObjectSha };
}

function checkEdits({ edits }: NewCommit): void {
  const files = new Set<string>();
  for (const { path, file } of edits) {
    const problem = pathProblem(path);
    if (problem !== undefined) throw new InvalidInput(`the path ${JSON.stringify(path.slice(0, 200))} cannot be committed: ${problem}`);
    if (files.has(path)) throw new InvalidInput(`the path ${JSON.stringify(path)} is edited twice in one commit`);
    if (file) files.add(path);
  }
  for (const path of files) {
    const folder = foldersOf(path).find((above) => files.has(above));
    if (folder !== undefined) throw new InvalidInput(`${JSON.stringify(folder)} is written as a file, and ${JSON.stringify(path)} needs it as a folder`);
  }
}

function foldersOf(path: string): string[] {
  const segments = path.split('/');
  return segments.slice(1).map((_, index) => segments.slice(0, index + 1).join('/'));
}
