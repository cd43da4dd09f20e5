import { randomUUID } from 'node:crypto';
import { type Signature, person } from './commit-tree.js';
import { GitFailed, badArgument } from './git-failed.js';
import { checkObjectName } from './names.js';
import { pathProblem } from './path-problem.js';
import { runGit } from './run-git.js';

export interface ImportEdit {
  /** Checked: see `pathProblem`. */
  readonly path: string;
  /** Absent: the path is deleted, with everything below it. For mode `160000` the bytes are the submodule's commit in hex digits. */
  readonly file?: { readonly mode: string; readonly bytes: Uint8Array };
}

export interface ImportCommit {
  /** The first one's tree is what the edits are made to; none: an empty tree. */
  readonly parents: readonly string[];
  readonly edits: readonly ImportEdit[];
  readonly message: string;
  readonly author: Signature;
  /** Default: the author. */
  readonly committer?: Signature;
}

const COMMAND = 'fast-import';
const MODES = ['100644', '100755', '120000', '160000'];

/**
 * Writes blobs, trees and one commit in one process, without a work tree, an index or a reference. The same input gives the same commit anywhere. A file that is written where a folder was
 * replaces it, and the reverse.
 * @throws GitFailed `argument` for a path or mode that git must not store.
 */
export async function fastImport(gitDir: string, commit: ImportCommit): Promise<{ readonly commit: string; readonly tree: string }> {
  const { stdout } = await runGit([COMMAND, '--quiet', '--done', '--date-format=raw', '--force'], {
    gitDir,
    input: script(commit, commit.parents[0]?.length ?? (await hexDigits(gitDir))),
    maxOutputBytes: 10_000,
    // small packs are taken apart into loose objects, which a mirror packs again when there are many
    config: { 'fastimport.unpackLimit': '1000' },
  });
  const [name, tree] = /^([0-9a-f]+)\n040000 tree ([0-9a-f]+)\t/.exec(stdout.toString('utf8'))?.slice(1) ?? [];
  if (name === undefined || tree === undefined) throw new GitFailed('git fast-import gave no commit', { reason: 'died', command: COMMAND });
  return { commit: name, tree };
}

/** Of an object's name in this repository. */
async function hexDigits(gitDir: string): Promise<number> {
  const { stdout } = await runGit(['rev-parse', '--show-object-format'], { gitDir, maxOutputBytes: 100 });
  return stdout.toString('utf8').trim() === 'sha256' ? 64 : 40;
}

function script(commit: ImportCommit, digits: number): Buffer {
  // deleted in the same stream, so never written; a name of its own, because git takes its lock all the same
  const scratch = `refs/sluice-import/${randomUUID()}`;
  const [first, ...others] = commit.parents.map((parent) => checkObjectName(COMMAND, parent));
  const gone = commit.edits.filter((edit) => !edit.file);
  const kept = commit.edits.filter((edit) => edit.file);
  return Buffer.concat([
    Buffer.from(`feature done\ncommit ${scratch}\nmark :1\nauthor ${person(commit.author)}\ncommitter ${person(commit.committer ?? commit.author)}\n`),
    data(Buffer.from(commit.message, 'utf8')),
    Buffer.from([...(first ? [`from ${first}\n`] : []), ...others.map((parent) => `merge ${parent}\n`)].join('')),
    // deletions first: a file can then become a folder and a folder a file
    ...gone.map((edit) => Buffer.from(`D ${quoted(edit.path)}\n`)),
    ...kept.map(modification),
    Buffer.from(`\nget-mark :1\nls :1 ""\nreset ${scratch}\nfrom ${'0'.repeat(digits)}\n\ndone\n`),
  ]);
}

function modification({ path, file }: ImportEdit): Buffer {
  if (!file) return Buffer.alloc(0);
  if (!MODES.includes(file.mode)) throw badArgument(COMMAND, `${JSON.stringify(path)} has the mode ${JSON.stringify(file.mode)}; git knows ${MODES.join(', ')}`);
  const bytes = Buffer.from(file.bytes.buffer, file.bytes.byteOffset, file.bytes.byteLength);
  if (file.mode === '160000') return Buffer.from(`M 160000 ${checkObjectName(COMMAND, bytes.toString('latin1'))} ${quoted(path)}\n`);
  return Buffer.concat([Buffer.from(`M ${file.mode} inline ${quoted(path)}\n`), data(bytes)]);
}

function data(bytes: Buffer): Buffer {
  return Buffer.concat([Buffer.from(`data ${bytes.length}\n`), bytes, Buffer.from('\n')]);
}

function quoted(path: string): string {
  const problem = pathProblem(path);
  if (problem !== undefined) throw badArgument(COMMAND, `the path ${JSON.stringify(path.slice(0, 200))} cannot be stored: ${problem}`);
  return `"${path.replace(/["\\]/g, '\\$&')}"`;
}
