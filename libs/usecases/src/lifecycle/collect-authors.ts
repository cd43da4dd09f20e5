import type { CommitSha, RepositoryId } from '@sluice/kernel';
import { compileSelection } from '@sluice/pipeline';
import type { Application, Environment, Pipeline } from '@sluice/pipeline';
import { ledgerPath } from '@sluice/promotion';
import type { Author, Ledger } from '@sluice/promotion';
import { isOwnCommit } from '../images/own-commit.js';
import type { CommitEntry, Mirror, PathChange, PathSelection, People, Person, PushLog, Settings } from '../ports/index.js';
import { isBehind } from './find-base.js';
import { ledgerFromBlob } from './read-ledger.js';
import { contentSelection } from './selections.js';

const MAX_COMMITS = 500;

export interface Provenance {
  readonly authors: readonly Author[];
  /** The commits that a person wrote, newest first; bounded. */
  readonly commits: readonly { readonly sha: string; readonly subject: string; readonly author: string }[];
}

interface AuthorPorts {
  readonly people: People;
  readonly pushes: PushLog;
  readonly memory: Pick<Settings, 'get'>;
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
export async function collectAuthors(ports: AuthorPorts, mirror: Mirror, scope: { readonly repository: RepositoryId; readonly pipeline: Pipeline; readonly application: Application }, range: Range): Promise<Provenance> {
  const { commits: found } = await promotedCommits(mirror, scope, range);
  return { authors: await authorsOf(ports, scope.repository, found), commits: found.map((commit) => ({ sha: commit.sha, subject: commit.subject, author: commit.authorName })) };
}

/** Authors, committers and pushers of these commits. What Sluice has committed by itself has none. */
export async function authorsOf(ports: AuthorPorts, repository: RepositoryId, found: readonly CommitEntry[]): Promise<readonly Author[]> {
  const pushers = await ports.pushes.pushersOf(repository, found.map((commit) => commit.sha));
  const people = await ports.people.list();
  const authors = new Map<string, Author>();
  for (const commit of found) {
    if (await isOwnCommit(ports.memory, repository, commit)) continue;
    add(authors, people, { name: commit.authorName, email: commit.authorEmail });
    if (!isForge(commit)) add(authors, people, { name: commit.committerName, email: commit.committerEmail });
    const pusher = pushers.get(commit.sha);
    if (pusher !== undefined) addPusher(authors, people, pusher);
  }
  return [...authors.values()];
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
  const selection = contentSelection(pipeline, application);
  if (range.environment.from.length === 0) {
    for (const commit of await commitsOf(mirror, range, selection, found)) commits.set(commit.sha, commit);
    return;
  }
  const path = ledgerPath(range.environment.name, application.name);
  const entries = await commitsOf(mirror, range, { include: [...selection.include, path], exclude: selection.exclude.filter((glob) => glob !== '.sluice/**') }, found);
  const content = compileSelection(selection);
  const isRecord = ({ changes }: CommitEntry): boolean => !changes.some((change) => content.matches(change.path));
  for (const [index, entry] of entries.entries()) {
    // the first record of what had been there before the range brings nobody's work
    const nothingBefore = entries.slice(index).every(isRecord);
    const below = await rangeBelow(mirror, scope, range.environment, entry.changes.find((candidate) => candidate.path === path));
    const by = below ? await found.madeBy(entry, below.ledger) : 'somebody';
    if (by === 'somebody') commits.set(entry.sha, entry);
    if (below && by === 'sluice' && !(nothingBefore && below.range.from === undefined)) await gather(mirror, scope, below.range, found);
  }
}

async function commitsOf(mirror: Mirror, range: Range, selection: PathSelection, found: Found): Promise<readonly CommitEntry[]> {
  const entries = await mirror.commitsBetween(range.from, range.to, selection, MAX_COMMITS);
  if (entries.length >= MAX_COMMITS) found.complete = false;
  return entries;
}

/** The commits that stand behind one which wrote a ledger. */
interface Below {
  readonly ledger: Ledger;
  readonly range: Range;
}

/** What a commit that wrote a ledger brought, on the branch that it was taken from; undefined for a commit that a person made. */
async function rangeBelow(mirror: Mirror, { pipeline, application }: CommitScope, target: Environment, change: PathChange | undefined): Promise<Below | undefined> {
  const read = (side: PathChange['after']): Promise<Ledger | undefined> => (side ? ledgerFromBlob(mirror, side, target.name, application.name) : Promise.resolve(undefined));
  const after = await read(change?.after);
  const environment = after && sourceOf(pipeline, target, after);
  if (!environment || !(await mirror.has(after.commit))) return undefined;
  const before = await read(change?.before);
  return { ledger: after, range: { environment, from: before && (await startIn(mirror, application, environment, { before, after })), to: after.commit } };
}

/** The environment that a ledger says the content was taken from; one that has been renamed or removed since is looked for where the content comes from now. */
function sourceOf(pipeline: Pipeline, target: Environment, ledger: Ledger): Environment | undefined {
  return pipeline.environments.find(({ name }) => name === ledger.source) ?? pipeline.environments.find(({ name }) => name === target.from[0]);
}

/** Where the commits of a promotion begin on the branch that it was taken from: where the one before ended, or, if that was taken from another one, where this one had that content or the newest before it. */
async function startIn(mirror: Mirror, application: Application, source: Environment, ledgers: { readonly before: Ledger; readonly after: Ledger }): Promise<CommitSha | undefined> {
  const { before, after } = ledgers;
  if (before.source === after.source) return before.commit;
  if (source.from.length === 0) return before.origin;
  const path = ledgerPath(source.name, application.name);
  for (const { sha, changes } of await mirror.commitsBetween(undefined, after.commit, { include: [path], exclude: [] }, MAX_COMMITS)) {
    const change = changes.find((candidate) => candidate.path === path);
    const ledger = change?.after && (await ledgerFromBlob(mirror, change.after, source.name, application.name));
    if (ledger && (await isBehind(mirror, ledger.origin, before.origin))) return sha;
  }
  return undefined;
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

/** Who commits what people merge or edit on a forge's pages: the built-in forge, GitHub (docs: "commits made in the web interface"). Gitea and GitLab name the person. */
const FORGES = /@sluice\.invalid$|^noreply@github\.com$/i;

/** Commits that the forge made for somebody name it as committer; the author is the person, and who pushed is known besides. */
function isForge(commit: CommitEntry): boolean {
  return FORGES.test(commit.committerEmail);
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
