import { formatCommit, pathProblem, writeLooseObject } from '@sluice/git-process';
import { type CommitSha, InvalidInput, type ObjectSha } from '@sluice/kernel';
import type { FileEdit, NewCommit } from '@sluice/usecases';
import type { ObjectReader } from './object-reader.js';
import { writeTree } from './write-tree.js';

const MODES = ['100644', '100755', '120000', '160000'];

/** Writes a commit into the mirror. @throws InvalidInput for edits that git must not store or that cannot all hold; NotFound when a parent is not here. */
export async function writeCommit(gitDir: string, objects: ObjectReader, input: NewCommit): Promise<{ commit: CommitSha; tree: ObjectSha }> {
  checkEdits(input.edits);
  const [base] = await Promise.all(input.parents.map((parent) => objects.root(parent)));
  const hexDigits = base?.length ?? 40;
  const tree = await writeTree({ gitDir, objects, hexDigits }, base, input.edits);
  const author = { name: input.author.name, email: input.author.email, date: input.date };
  const content = formatCommit({ tree, parents: input.parents, message: input.message, author });
  const commit = await writeLooseObject(gitDir, 'commit', content, { hexDigits });
  return { commit: commit as CommitSha, tree: tree as ObjectSha };
}

function checkEdits(edits: readonly FileEdit[]): void {
  const seen = new Set<string>();
  const files = new Set<string>();
  for (const { path, file } of edits) {
    const problem = pathProblem(path) ?? modeProblem(file);
    if (problem !== undefined) throw new InvalidInput(`the path ${JSON.stringify(path.slice(0, 200))} cannot be committed: ${problem}`);
    if (seen.has(path)) throw new InvalidInput(`the path ${JSON.stringify(path)} is edited twice in one commit`);
    seen.add(path);
    if (file) files.add(path);
  }
  for (const path of files) {
    const folder = foldersOf(path).find((above) => files.has(above));
    if (folder !== undefined) throw new InvalidInput(`${JSON.stringify(folder)} is written as a file, and ${JSON.stringify(path)} needs it as a folder`);
  }
}

function modeProblem(file: FileEdit['file']): string | undefined {
  if (!file) return undefined;
  if (!MODES.includes(file.mode)) return `git has no mode ${JSON.stringify(file.mode)}; it knows ${MODES.join(', ')}`;
  const commit = file.mode === '160000' ? Buffer.from(file.bytes).toString('latin1') : undefined;
  return commit === undefined || /^([0-9a-f]{40}|[0-9a-f]{64})$/.test(commit) ? undefined : "a submodule's content is the full name of its commit";
}

function foldersOf(path: string): string[] {
  const segments = path.split('/');
  return segments.slice(1).map((_, index) => segments.slice(0, index + 1).join('/'));
}
