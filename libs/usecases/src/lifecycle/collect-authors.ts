import type { CommitSha, RepositoryId } from '@sluice/kernel';
import { compileSelection } from '@sluice/pipeline';
import type { Application, Environment, Pipeline } from '@sluice/pipeline';
import { distinctAuthors, ledgerPath, unreadAuthors } from '@sluice/promotion';
import type { Author, Ledger } from '@sluice/promotion';
import { isOwnCommit } from '../images/own-commit.js';
import type { CommitEntry, ForgeStore, LinkedAccount, Mirror, PathChange, PathSelection, People, Person, PushLog, Settings } from '../ports/index.js';
import { isBehind } from './find-base.js';
import { ledgerFromBlob } from './read-ledger.js';
import { contentSelection } from './selections.js';

/** Of one environment; and where it matters who is behind each of them. */
const MAX_COMMITS = 500;
const MAX_AUTHORED = 20_000;

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
 * environment (above the first hop the promotion commits are Sluice's own). Where there are more commits than are read, an author who is nobody stands for the rest.
 */
export async function collectAuthors(ports: AuthorPorts, mirror: Mirror, scope: { readonly repository: RepositoryId; readonly pipeline: Pipeline; readonly application: Application }, range: Range): Promise<Provenance> {
  const { commits: found, complete } = await promotedCommits(mirror, scope, range, { limit: MAX_AUTHORED });
  const authors = await authorsOf(ports, scope.repository, found);
  return { authors: complete ? authors : [...authors, unreadAuthors(MAX_AUTHORED)], commits: found.map((commit) => ({ sha: commit.sha, subject: commit.subject, author: commit.authorName })) };
}

/**
 * Authors, committers and pushers of these commits, and whom they name as co-authors; those who are nobody known among them, but for co-authors: anybody may write any name there. What Sluice has
 * committed by itself has none.
 */
export async function authorsOf(ports: AuthorPorts, repository: RepositoryId, found: readonly CommitEntry[]): Promise<readonly Author[]> {
  const pushers = await ports.pushes.pushersOf(repository, found.map((commit) => commit.sha));
  const people = new KnownPeople(await ports.people.list());
  const authors: Author[] = [];
  for (const commit of found) {
    if (await isOwnCommit(ports.memory, repository, commit)) continue;
    const pusher = pusherIn(pushers, commit);
    authors.push(...named(commit, pusher).map((somebody) => people.author(somebody)), ...(commit.coAuthors ?? []).map((somebody) => people.author(somebody)).filter(({ person }) => person !== undefined));
    if (pusher !== undefined) authors.push(people.pusher(pusher));
  }
  return distinctAuthors(authors);
}

/** What Sluice has composed it pushes for those who are its authors. */
function pusherIn(pushers: ReadonlyMap<CommitSha, string>, { sha, committerEmail }: CommitEntry): string | undefined {
  const pusher = pushers.get(sha);
  return pusher === SLUICE && FORGES.test(committerEmail) ? undefined : pusher;
}

/** Author and committer. What the forge committed for somebody names the forge: that is whoever pushed it, as far as the forge says who. */
function named({ authorName, authorEmail, committerName, committerEmail }: CommitEntry, pusher: string | undefined): readonly Pick<Author, 'name' | 'email'>[] {
  const byForge = FORGES.test(authorEmail) && pusher !== undefined;
  return [...(byForge ? [] : [{ name: authorName, email: authorEmail }]), ...(FORGES.test(committerEmail) ? [] : [{ name: committerName, email: committerEmail }])];
}

/** Commits that people made, newest first of each environment. `complete` is false when there are more than were read. */
export interface PromotedCommits {
  readonly commits: readonly CommitEntry[];
  readonly complete: boolean;
}

/** Who made a commit that writes a ledger: Sluice, so that the commits behind the ledger stand for it, or somebody else; or whether it is left out, because it brings nothing. */
type MadeBy = (entry: CommitEntry, ledger: Ledger) => Promise<'sluice' | 'somebody' | 'left-out'>;

/** The commits of the range, with Sluice's own followed through their ledgers down to the first environment. Who wants certainty says which are; otherwise every ledger is believed. */
export async function promotedCommits(mirror: Mirror, scope: CommitScope, range: Range, { madeBy = () => Promise.resolve('sluice'), limit = MAX_COMMITS }: { readonly madeBy?: MadeBy; readonly limit?: number } = {}): Promise<PromotedCommits> {
  const found: Found = { commits: new Map(), complete: true, madeBy, limit };
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
  /** Commits that are read of one environment. */
  readonly limit: number;
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
  const entries = await mirror.commitsBetween(range.from, range.to, selection, found.limit + 1);
  if (entries.length > found.limit) found.complete = false;
  return entries.slice(0, found.limit);
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

/** Authors as they were collected, with the persons that they have turned out to be since: an admin may add an address or link an account at any time. */
export async function mappedAuthors(ports: { readonly people: Pick<People, 'list'>; readonly forges: Pick<ForgeStore, 'accounts'> }, collected: readonly Author[]): Promise<readonly Author[]> {
  if (collected.every((author) => author.person !== undefined)) return collected;
  const people = new KnownPeople(await ports.people.list(), await ports.forges.accounts());
  return distinctAuthors(collected.map((author) => (author.person === undefined ? people.again(author) : author)));
}

/** Who commits what people merge or edit on a forge's pages: the built-in forge, GitHub (docs: "commits made in the web interface"). Gitea and GitLab name the person. */
const FORGES = /@sluice\.invalid$|^noreply@github\.com$/i;

/** Sluice itself, as logs of pushes name it. */
const SLUICE = 'sluice';

/** Finds out whose addresses and accounts are. */
class KnownPeople {
  private readonly byAddress: ReadonlyMap<string, Person>;
  private readonly byLogin: ReadonlyMap<string, Person>;

  constructor(people: readonly Person[], accounts: readonly LinkedAccount[] = []) {
    // of two with the same address the first one, as ever
    this.byAddress = new Map(people.flatMap((person) => person.emails.map((email) => [email.toLowerCase(), person] as const)).reverse());
    const byName = new Map<string, Person>(people.map((person) => [person.name, person]));
    const linked = accounts.flatMap(({ url, login, person }) => (byName.has(person) ? [[`${login}@${new URL(url).host}`.toLowerCase(), byName.get(person) as Person] as const] : []));
    this.byLogin = new Map([...linked, ...byName]);
  }

  author(somebody: Pick<Author, 'name' | 'email'>): Author {
    const { name, email } = somebody;
    const person = this.byAddress.get(email.toLowerCase());
    return { name, email, ...(person && { person: person.name }) };
  }

  /** Who pushed, as the forge says: a person, or an account that is nobody's. */
  pusher(login: string): Author {
    const person = this.byLogin.get(login.toLowerCase());
    return person ? { name: person.displayName, email: person.emails[0] ?? '', person: person.name } : { name: login, email: '', login };
  }

  again(author: Author): Author {
    if (author.beyond !== undefined) return author;
    return author.login === undefined ? this.author(author) : this.pusher(author.login);
  }
}
