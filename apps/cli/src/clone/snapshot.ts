import { constants, copyFile, lstat, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Conflict, InvalidInput } from '@sluice/kernel';
import { entries } from './clone.js';
import type { Clone } from './clone.js';

/** What a work tree would be as a commit. */
export interface Snapshot {
  readonly commit: string;
  readonly head: string;
  /** Files that are not as HEAD has them. */
  readonly changed: readonly string[];
  readonly leftOut: readonly LeftOut[];
}

export interface LeftOut {
  readonly path: string;
  readonly why: string;
}

/** A manifest is far smaller; what is larger cannot be promoted either. */
const MAX_FILE = 8 * 1_048_576;
const MAX_CHANGED = 5_000;
// the clone's index is copied, and nothing is to be written beside it
const PLAIN_INDEX = { 'core.splitIndex': 'false', 'core.untrackedCache': 'false', 'core.preloadIndex': 'false', 'feature.manyFiles': 'false' };

/**
 * Makes a commit of a work tree on HEAD: tracked files as they are on the disk, and new ones that are not ignored. Index, references and work tree stay as they are, no hook runs, and the objects are kept
 * in a temporary folder.
 * @throws Conflict while a merge has conflicts; InvalidInput for a clone without a commit, or with conflict markers.
 */
export async function snapshotOf(clone: Clone): Promise<Snapshot> {
  const head = await clone.commit('HEAD');
  if (head === undefined) throw new InvalidInput(`${clone.root} has no commit yet: a plan needs one that the server has`);
  await refuseUnmerged(clone);
  const index = await ownIndex(clone);
  const { taken, leftOut } = await sorted(clone, await changedPaths(clone, index));
  await refuseMarkers(clone, taken);
  if (taken.length > 0) await clone.git(['update-index', '--add', '--remove', '--replace', '-z', '--stdin'], { input: taken.map((path) => `${path}\0`).join(''), ...index });
  const tree = await clone.text(['write-tree'], index);
  const commit = tree === (await clone.text(['rev-parse', `${head}^{tree}`])) ? head : await commitTree(clone, head, tree);
  return { commit, head, changed: taken, leftOut };
}

interface OwnIndex {
  readonly env: { readonly GIT_INDEX_FILE: string };
  readonly config: Readonly<Record<string, string>>;
}

async function ownIndex(clone: Clone): Promise<OwnIndex> {
  const path = join(clone.own, 'index');
  await copyFile(join(clone.gitDir, 'index'), path, constants.COPYFILE_FICLONE).catch((error: NodeJS.ErrnoException) => {
    if (error.code !== 'ENOENT') throw error;
  });
  return { env: { GIT_INDEX_FILE: path }, config: PLAIN_INDEX };
}

async function refuseUnmerged(clone: Clone): Promise<void> {
  const unmerged = new Set(entries((await clone.git(['ls-files', '--unmerged', '-z'])).stdout).map((entry) => entry.slice(entry.indexOf('\t') + 1)));
  if (unmerged.size > 0) throw new Conflict(`the work tree is in the middle of a merge with conflicts (${someOf([...unmerged])}): resolve them, or abort it`);
}

/** Against HEAD, staged or not. */
async function changedPaths(clone: Clone, index: OwnIndex): Promise<readonly string[]> {
  const staged = entries((await clone.git(['diff-index', '--cached', '--name-only', '-z', '--no-renames', '--ignore-submodules=none', 'HEAD'], index)).stdout);
  const { stdout } = await clone.git(['status', '--porcelain=v1', '-z', '--untracked-files=all', '--no-renames', '--ignore-submodules=none'], { ...index, maxOutputBytes: 64 * 1_048_576 });
  const paths = [...new Set([...staged, ...entries(stdout).map((entry) => entry.slice(3))])].sort();
  if (paths.length > MAX_CHANGED) throw new InvalidInput(`${paths.length} files are new or changed; a plan takes ${MAX_CHANGED}: ignore what does not belong to the repository`);
  return paths;
}

async function sorted(clone: Clone, paths: readonly string[]): Promise<{ readonly taken: readonly string[]; readonly leftOut: readonly LeftOut[] }> {
  const filters = await filtersOf(clone, paths);
  const taken: string[] = [];
  const leftOut: LeftOut[] = [];
  for (const path of paths) {
    const why = await whyLeftOut(clone, path, filters.get(path));
    if (why === undefined) taken.push(path);
    else leftOut.push({ path, why });
  }
  return { taken, leftOut };
}

async function whyLeftOut(clone: Clone, path: string, filter: string | undefined): Promise<string | undefined> {
  const about = await lstat(join(clone.root, path)).catch(() => undefined);
  // it is deleted
  if (!about) return undefined;
  if (about.isDirectory()) return 'a submodule, or a repository of its own';
  if (filter !== undefined) return filter === 'lfs' ? 'its content is kept outside of git (LFS)' : `git changes its content by a filter (${filter})`;
  if (!about.isFile() && !about.isSymbolicLink()) return 'neither a file nor a link';
  return about.size > MAX_FILE ? `larger than ${MAX_FILE / 1_048_576} MiB` : undefined;
}

/** Programs that would have to run to know what git would keep of a file. */
async function filtersOf(clone: Clone, paths: readonly string[]): Promise<ReadonlyMap<string, string>> {
  if (paths.length === 0) return new Map();
  const fields = (await clone.git(['check-attr', '-z', '--stdin', 'filter'], { input: paths.map((path) => `${path}\0`).join('') })).stdout.toString('utf8').split('\0');
  const found = new Map<string, string>();
  for (let at = 0; at + 2 < fields.length; at += 3) {
    const [path = '', , value = ''] = fields.slice(at, at + 3);
    if (value !== 'unspecified' && value !== 'unset' && value !== '') found.set(path, value);
  }
  return found;
}

const MARKERS = /^<{7} .*$[^]*^={7}$[^]*^>{7} /m;

async function refuseMarkers(clone: Clone, paths: readonly string[]): Promise<void> {
  const marked: string[] = [];
  for (const path of paths.filter((name) => /\.(ya?ml|json|tpl|txt|md)$|(^|\/)kustomization$/i.test(name))) {
    const text = await readFile(join(clone.root, path), 'utf8').catch(() => '');
    if (MARKERS.test(text)) marked.push(path);
  }
  if (marked.length > 0) throw new InvalidInput(`there are conflict markers in ${someOf(marked)}: resolve them first`);
}

/** The time is HEAD's: the same work tree is the same commit. */
async function commitTree(clone: Clone, head: string, tree: string): Promise<string> {
  const [name = '', email = '', date = ''] = (await clone.text(['log', '-1', '--format=%cn%n%ce%n%ct', head])).split('\n');
  const me = await identityOf(clone, { name, email });
  const who = { GIT_AUTHOR_NAME: me.name, GIT_AUTHOR_EMAIL: me.email, GIT_AUTHOR_DATE: `${date} +0000`, GIT_COMMITTER_NAME: me.name, GIT_COMMITTER_EMAIL: me.email, GIT_COMMITTER_DATE: `${date} +0000` };
  return clone.text(['commit-tree', tree, '-p', head, '-m', 'The work tree'], { env: who, config: { 'commit.gpgSign': 'false' } });
}

async function identityOf(clone: Clone, otherwise: { readonly name: string; readonly email: string }): Promise<{ readonly name: string; readonly email: string }> {
  const of = async (key: string): Promise<string> => clone.text(['config', '--get', key], { answers: [1] });
  return { name: (await of('user.name')) || otherwise.name, email: (await of('user.email')) || otherwise.email };
}

function someOf(paths: readonly string[]): string {
  return `${paths.slice(0, 5).join(', ')}${paths.length > 5 ? ` and ${paths.length - 5} more` : ''}`;
}
