import type { CommitSha, RepositoryId } from '@sluice/kernel';
import type { Application, Environment, Pipeline } from '@sluice/pipeline';
import { ledgerPath } from '@sluice/promotion';
import type { Author } from '@sluice/promotion';
import type { CommitEntry, Mirror, People, Person, PushLog } from '../ports/index.js';
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
  const commits = new Map<string, CommitEntry>();
  await gather(mirror, scope, range, commits);
  const found = [...commits.values()];
  return { authors: await authorsOf(ports, scope.repository, found), commits: found.map((commit) => ({ sha: commit.sha, subject: commit.subject, author: commit.authorName })) };
}

/** Authors, committers and pushers of these commits. */
export async function authorsOf(ports: { readonly people: People; readonly pushes: PushLog }, repository: RepositoryId, found: readonly CommitEntry[]): Promise<readonly Author[]> {
  const pushers = await ports.pushes.pushersOf(repository, found.map((commit) => commit.sha));
  const people = await ports.people.list();
  const authors = new Map<string, Author>();
  for (const commit of found) {
    add(authors, people, { name: commit.authorName, email: commit.authorEmail });
    if (!isForge(commit)) add(authors, people, { name: commit.committerName, email: commit.committerEmail });
    const pusher = pushers.get(commit.sha);
    if (pusher !== undefined) addPusher(authors, people, pusher);
  }
  return [...authors.values()];
}

async function gather(mirror: Mirror, scope: { readonly pipeline: Pipeline; readonly application: Application }, range: Range, commits: Map<string, CommitEntry>): Promise<void> {
  const { pipeline, application } = scope;
  const below = pipeline.environments.find((candidate) => candidate.name === range.environment.from[0]);
  const selection = contentSelection(pipeline, application);
  if (!below) {
    for (const commit of await mirror.commitsBetween(range.from, range.to, selection, MAX_COMMITS)) commits.set(commit.sha, commit);
    return;
  }
  const path = ledgerPath(range.environment.name, application.name);
  const entries = await mirror.commitsBetween(range.from, range.to, { include: [...selection.include, path], exclude: selection.exclude.filter((glob) => glob !== '.sluice/**') }, MAX_COMMITS);
  for (const entry of entries) {
    const change = entry.changes.find((candidate) => candidate.path === path);
    const after = change?.after && (await ledgerFromBlob(mirror, change.after, range.environment.name, application.name));
    if (!after || !(await mirror.has(after.commit))) {
      commits.set(entry.sha, entry);
      continue;
    }
    const before = change.before && (await ledgerFromBlob(mirror, change.before, range.environment.name, application.name));
    await gather(mirror, scope, { environment: below, from: before?.commit, to: after.commit }, commits);
  }
}

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
