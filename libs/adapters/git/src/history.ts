import { type FirstParent, runGit, subjectOf } from '@sluice/git-process';
import { type CommitSha, InvalidInput, type ObjectSha, TooLarge } from '@sluice/kernel';
import type { CommitEntry, PathChange } from '@sluice/usecases';
import { changesBetween } from './changed-paths.js';
import type { ObjectReader } from './object-reader.js';
import type { PathRules } from './path-rules.js';
import { TreeWalk } from './tree-walk.js';

const FIELDS = ['%H', '%P', '%an', '%ae', '%cn', '%ce', '%ct', '%s', '%(trailers:key=Co-authored-by,unfold,valueonly,separator=%x0A)'];
// Fields end with NUL, which no commit can have in them; then git itself writes one NUL and the changes.
const FORMAT = `--format=${FIELDS.join('%x00')}%x00`;
const LOG = ['log', '-z', '--raw', '--no-abbrev', '--no-renames', '--diff-merges=first-parent', '--no-color', '--no-notes', '--no-show-signature', '--no-mailmap', '--encoding=UTF-8'];
const MAX_OUTPUT = 128 * 1024 * 1024;
const MAX_PAGES = 20;
const MAX_PAGE = 5_000;
/** Commits that are read one by one before git is asked for all of them at once. */
const SHORT = 256;

/**
 * The same as {@link firstParentHistory} for a few commits, through the objects: what happens all the time is one or two new commits, and a process costs more than they do.
 * @returns undefined when it is not such a case: ask git.
 */
export async function shortHistory(objects: ObjectReader, range: { readonly until: CommitSha | undefined; readonly head: CommitSha }, limit: number, rules: PathRules): Promise<CommitEntry[] | undefined> {
  if (limit <= 0) return [];
  const line = await shortLine(objects, range, limit);
  if (!line) return undefined;
  try {
    const entries: CommitEntry[] = [];
    for (const item of line) entries.push(await entryOf(objects, new TreeWalk(objects, rules), item));
    return entries;
  } catch (error) {
    // git lists what is too much, or too strange, to be walked
    if (error instanceof TooLarge || error instanceof InvalidInput) return undefined;
    throw error;
  }
}

async function shortLine(objects: ObjectReader, range: { readonly until: CommitSha | undefined; readonly head: CommitSha }, limit: number): Promise<readonly FirstParent[] | undefined> {
  const found = await objects.line(range.head, range.until, Math.min(limit, SHORT));
  if (!found || (found.end === 'limit' && limit > SHORT)) return undefined;
  // what is not on the line of `head` may still be excluded from it: that is git's to say
  if (range.until !== undefined && found.end === 'root') return undefined;
  return found.line.some(({ commit }) => commit.encoding !== undefined) ? undefined : found.line;
}

async function entryOf(objects: ObjectReader, walk: TreeWalk, { sha, commit }: FirstParent): Promise<CommitEntry> {
  const [parent] = commit.parents as CommitSha[];
  const changes = await changesBetween(walk, parent === undefined ? undefined : await objects.root(parent), commit.tree);
  const { author, committer } = commit;
  return {
    sha: sha as CommitSha,
    parents: commit.parents as CommitSha[],
    authorName: author.name,
    authorEmail: author.email,
    committerName: committer.name,
    committerEmail: committer.email,
    committedAt: committer.date * 1_000,
    subject: subjectOf(commit.message),
    ...coAuthors(trailersIn(commit.message)),
    changes,
  };
}

/** Like {@link historyOf} where nothing was merged since: every commit is on the first-parent line. */
export async function shortHistoryOf(objects: ObjectReader, range: { readonly until: CommitSha | undefined; readonly head: CommitSha }, limit: number, rules: PathRules): Promise<CommitEntry[] | undefined> {
  if (range.until === undefined) return undefined;
  // more than a few are git's
  const entries = await shortHistory(objects, range, SHORT + 1, rules);
  if (!entries || entries.some(({ parents }) => parents.length > 1)) return undefined;
  return entries.filter(({ changes }) => changes.length > 0).slice(0, limit);
}

/**
 * First-parent history of `head` down to and without `until`. When `until` is reachable but not on that line (somebody merged the old head into another line), git's exclusion would cut
 * the line in its middle; then the whole line is given, and the caller sees that it does not lead to `until`.
 */
export async function firstParentHistory(gitDir: string, head: CommitSha, until: CommitSha | undefined, limit: number): Promise<CommitEntry[]> {
  if (limit <= 0 || head === until) return [];
  const line = (excluded: readonly string[]): Promise<CommitEntry[]> => log(gitDir, ['--first-parent', `--max-count=${limit}`, head, ...excluded]);
  if (until === undefined) return line([]);
  const entries = await line([`^${until}`]);
  const last = entries.at(-1);
  const leadsThere = last !== undefined && (last.parents[0] === until || entries.length >= limit);
  if (leadsThere) return entries;
  const whole = await line([]);
  const end = whole.findIndex(({ sha }) => sha === until);
  return end < 0 ? whole : whole.slice(0, end);
}

/** Commits that touch the selection, in pages: git is asked for the folders that the selection starts with, the globs decide here. */
export async function historyOf(gitDir: string, range: { readonly until: CommitSha | undefined; readonly head: CommitSha }, rules: PathRules, limit: number): Promise<CommitEntry[]> {
  const revisions = [range.head, ...(range.until === undefined ? [] : [`^${range.until}`])];
  // commits of Sluice have the dates of what they promote, so dates alone would put some before their children; without an end git would have to read everything before it answers
  const order = range.until === undefined ? [] : ['--topo-order'];
  const found: CommitEntry[] = [];
  const size = Math.min(Math.max(limit, 100), MAX_PAGE);
  for (let page = 0; page < MAX_PAGES && found.length < limit; page += 1) {
    // full history: simplification would follow only one side of a merge and lose authors
    const entries = await log(gitDir, ['--full-history', ...order, `--max-count=${size}`, `--skip=${page * size}`, ...revisions, '--', ...literalFolders(rules)]);
    found.push(...entries.map((entry) => onlySelected(entry, rules)).filter(({ changes }) => changes.length > 0));
    if (entries.length < size) break;
  }
  return found.slice(0, limit);
}

function onlySelected(entry: CommitEntry, rules: PathRules): CommitEntry {
  return { ...entry, changes: entry.changes.filter(({ path }) => rules.matches(path)) };
}

/** Pathspecs that match at least what the selection does: the segments of each glob before its first wildcard. */
function literalFolders(rules: PathRules): string[] {
  const folders = rules.include.map((glob) => {
    const segments = glob.split('/');
    const wild = segments.findIndex((segment) => /[^\w.-]/.test(segment));
    return (wild < 0 ? segments : segments.slice(0, wild)).join('/');
  });
  return folders.includes('') ? [] : [...new Set(folders)].map((folder) => `:(top,literal)${folder}`);
}

async function log(gitDir: string, args: readonly string[]): Promise<CommitEntry[]> {
  const { stdout } = await runGit([...LOG, FORMAT, ...args], { gitDir, maxOutputBytes: MAX_OUTPUT });
  return parseLog(stdout.toString('utf8'));
}

/** Takes apart what {@link log} asks for. */
export function parseLog(text: string): CommitEntry[] {
  const tokens = text.split('\0');
  const entries: CommitEntry[] = [];
  let at = 0;
  while (at + FIELDS.length < tokens.length) {
    const fields = tokens.slice(at, at + FIELDS.length);
    at += FIELDS.length;
    if (tokens[at] === '') at += 1;
    const changes: PathChange[] = [];
    for (let raw = tokens[at]; raw !== undefined && /^\n?:/.test(raw); raw = tokens[at]) {
      changes.push(parseChange(raw, tokens[at + 1] ?? ''));
      at += 2;
    }
    entries.push(parseEntry(fields, changes));
  }
  return entries;
}

function parseEntry(fields: readonly string[], changes: readonly PathChange[]): CommitEntry {
  const [sha = '', parents = '', authorName = '', authorEmail = '', committerName = '', committerEmail = '', seconds = '0', subject = '', trailers = ''] = fields;
  return {
    sha: sha as CommitSha,
    parents: parents.split(' ').filter((parent) => parent !== '') as CommitSha[],
    authorName,
    authorEmail,
    committerName,
    committerEmail,
    committedAt: Number(seconds) * 1_000,
    subject,
    ...coAuthors(trailers.split('\n')),
    changes,
  };
}

/** The values of a message's `Co-authored-by` lines, wherever they are in it: what git takes for a trailer is among them. */
function trailersIn(message: string): readonly string[] {
  return [...message.matchAll(/^co-authored-by:(.*)$/gim)].map(([, value = '']) => value);
}

function coAuthors(trailers: readonly string[]): Pick<CommitEntry, 'coAuthors'> {
  const found = trailers.flatMap((trailer) => {
    const [, name = '', email] = /^\s*(.*?)\s*<([^<>]+)>\s*$/.exec(trailer) ?? [];
    return email === undefined ? [] : [{ name, email }];
  });
  return found.length === 0 ? {} : { coAuthors: found };
}

const ABSENT = '000000';

/** `:100644 100755 <before> <after> M` and the path. */
function parseChange(raw: string, path: string): PathChange {
  const [modeBefore = ABSENT, modeAfter = ABSENT, before = '', after = ''] = raw.replace(/^\n?:/, '').split(' ');
  return { path, ...side('before', modeBefore, before), ...side('after', modeAfter, after) };
}

function side(name: 'before' | 'after', mode: string, sha: string): Pick<PathChange, 'before' | 'after'> {
  return mode === ABSENT ? {} : { [name]: { mode, sha: sha as ObjectSha } };
}
