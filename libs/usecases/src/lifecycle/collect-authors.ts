import { present } from '@sluice/kernel';
import type { CommitSha, RepositoryId } from '@sluice/kernel';
import type { Application, Environment, Pipeline } from '@sluice/pipeline';
import { ledgerPath } from '@sluice/promotion';
import type { Author, Ledger } from '@sluice/promotion';
import type { CommitEntry, Mirror, PathChange, PathSelection, People, Person, PushLog } from '../ports/index.js';
import { ledgerFromBlob } from './read-ledger.js';
import { contentSelection } from './selections.js';

const MAX_COMMITS = 500;

export interface Provenance {
  readonly authors: readonly Author[];
  /** The commits that a person wrote, newest first; bounded. */
  readonly commits: readonly { readonly sha: string; readonly subject: string; readonly author: string }[];
}

interface Range {
  readonly environment: Environment;
  /** Excluded; absent: from the beginning. */
  readonly from: CommitSha | undefined;
  readonly to: CommitSha;
}

/**
 * Who is behind what a promotion brings: every author, committer and pusher of the commits in the range, followed through the ledgers down to the first
 * environment (above the first hop the promotion commits are Sluice's own).
 */
export async function collectAuthors(ports: { readonly people: People; readonly pushes: PushLog }, mirror: Mirror, scope: { readonly repository: RepositoryId; readonly pipeline: Pipeline; readonly application: Application }, range: Range): Promise<Provenance> {
  const { commits: found } = await promotedCommits(mirror, scope, range);
  const pushers = await ports.pushes.pushersOf(scope.repository, found.map((commit) => commit.sha));
  const people = await ports.people.list();
  const authors = new Map<string, Author>();
  for (const commit of found) {
    add(authors, people, { name: commit.authorName, email: commit.authorEmail });
    if (!isForge(commit)) add(authors, people, { name: commit.committerName, email: commit.committerEmail });
    const pusher = pushers.get(commit.sha);
    if (pusher !== undefined) addPusher(authors, people, pusher);
  }
  return { authors: [...authors.values()], commits: found.map((commit) => ({ sha: commit.sha, subject: commit.subject, author: commit.authorName })) };
}

/** Commits that people made, newest first of each environment. `complete` is false when there are more than were read. */
export interface PromotedCommits {
  readonly commits: readonly CommitEntry[];
  readonly complete: boolean;
}

/** Who made a commit that writes a ledger: Sluice, so that the commits behind the ledger stand for it, or somebody else; or whether it is left out, because it brings nothing. */
type MadeBy = (entry: CommitEntry, ledger: Ledger) => Promise<'sluice' | 'somebody' | 'left-out'>;

/** The commits of the range, with Sluice's own followed through their ledgers down to the first environment. Who wants certainty says which are; otherwise every ledger is believed. */
export async function promotedCommits(mirror: Mirror, scope: CommitScope, range: Range, madeBy: MadeBy = () => Promise.resolve('sluice')): Promise<PromotedCommits> {
  const found: Found = { commits: new Map(), complete: true, madeBy };
  await gather(mirror, scope, range, found);
  return { commits: [...found.commits.values()], complete: found.complete };
}

interface CommitScope {
  readonly pipeline: Pipeline;
  readonly application: Application;
}

interface Found {
  readonly commits: Map<string, CommitEntry>;
  complete: boolean;
  readonly madeBy: MadeBy;
}

async function gather(mirror: Mirror, scope: CommitScope, range: Range, found: Found): Promise<void> {
  const { pipeline, application } = scope;
  const { commits } = found;
  const below = pipeline.environments.find((candidate) => candidate.name === range.environment.from[0]);
  const selection = contentSelection(pipeline, application);
  if (!below) {
    for (const commit of await commitsOf(mirror, range, selection, found)) commits.set(commit.sha, commit);
    return;
  }
  const path = ledgerPath(range.environment.name, application.name);
  const entries = await commitsOf(mirror, range, { include: [...selection.include, path], exclude: selection.exclude.filter((glob) => glob !== '.sluice/**') }, found);
  for (const entry of entries) {
    const { before, after } = await ledgersAround(mirror, entry, path, (blob) => ledgerFromBlob(mirror, blob, range.environment.name, application.name));
    const by = after ? await found.madeBy(entry, after) : 'somebody';
    if (by === 'somebody') commits.set(entry.sha, entry);
    if (after && by === 'sluice') await gather(mirror, scope, { environment: below, from: before?.commit, to: after.commit }, found);
  }
}

async function commitsOf(mirror: Mirror, range: Range, selection: PathSelection, found: Found): Promise<readonly CommitEntry[]> {
  const entries = await mirror.commitsBetween(range.from, range.to, selection, MAX_COMMITS);
  if (entries.length >= MAX_COMMITS) found.complete = false;
  return entries;
}

/** The ledgers before and after a commit that wrote one which can be followed; none of a commit that did not. */
async function ledgersAround(mirror: Mirror, entry: CommitEntry, path: string, read: (blob: PathSide) => Promise<Ledger | undefined>): Promise<{ readonly before?: Ledger; readonly after?: Ledger }> {
  const change = entry.changes.find((candidate) => candidate.path === path);
  const after = change?.after && (await read(change.after));
  if (!after || !(await mirror.has(after.commit))) return {};
  return present({ before: change.before && (await read(change.before)), after });
}

type PathSide = NonNullable<PathChange['after']>;

/** Authors as they were collected, with the persons that they have turned out to be since: an admin may add an address at any time. */
export async function mappedAuthors(ports: { readonly people: Pick<People, 'list'> }, collected: readonly Author[]): Promise<readonly Author[]> {
  if (collected.every((author) => author.person !== undefined)) return collected;
  const people = await ports.people.list();
  const authors = new Map<string, Author>();
  for (const author of collected) {
    if (author.person === undefined) add(authors, people, author);
    else authors.set(author.person, author);
  }
  return [...authors.values()];
}

/** Commits that the forge made for a merge name it as committer; its author is the person. */
function isForge(commit: CommitEntry): boolean {
  return commit.committerEmail.endsWith('@sluice.invalid');
}

function add(authors: Map<string, Author>, people: readonly Person[], somebody: { readonly name: string; readonly email: string }): void {
  const email = somebody.email.toLowerCase();
  const person = people.find((candidate) => candidate.emails.some((known) => known.toLowerCase() === email));
  authors.set(person?.name ?? email, { ...somebody, ...(person ? { person: person.name } : {}) });
}

function addPusher(authors: Map<string, Author>, people: readonly Person[], pusher: string): void {
  const person = people.find((candidate) => candidate.name === pusher);
  if (person && !authors.has(person.name)) authors.set(person.name, { name: person.displayName, email: person.emails[0] ?? '', person: person.name });
}
