import { present } from '@sluice/kernel';
import type { ApplicationName, CommitSha, Instant, RepositoryId } from '@sluice/kernel';
import { compileSelection } from '@sluice/pipeline';
import type { Application, Environment, Pipeline } from '@sluice/pipeline';
import type { CommitEntry, EnvironmentCommit, EnvironmentIndex, EnvironmentState, IndexedCommit, Mirror, UntrustedReader } from '../ports/index.js';
import { followDirect } from './follow-direct.js';
import { contentSource, followLedgers } from './follow-ledgers.js';
import type { LedgerChange } from './follow-ledgers.js';
import { followTargetOnly } from './follow-target-only.js';
import { readLedger } from './read-ledger.js';
import { contentSelection, indexRules, usesSelection } from './selections.js';

/** First-parent commits of an environment's branch that are read at most; older content counts as of the oldest one read. */
const MAX_HISTORY = 20_000;

export interface IndexOutcome {
  readonly state: EnvironmentState;
  readonly moved: boolean;
  /** The branch's head at the last look. */
  readonly before: CommitSha | undefined;
  /** Applications with a new commit that changed their content, their `uses` or their ledger here; all after a re-index. */
  readonly touched: readonly ApplicationName[];
}

export interface IndexInput {
  readonly repository: RepositoryId;
  readonly pipeline: Pipeline;
  readonly environment: Environment;
  readonly head: CommitSha | undefined;
  /** Heads of the branches that the environment is promoted from. */
  readonly sourceHeads: readonly CommitSha[];
}

interface IndexPorts {
  readonly environments: EnvironmentIndex;
  readonly reader: UntrustedReader;
}

/**
 * Brings the index of one environment's branch up to its head: which commit changed what, whether merges are what was composed, which promotions were undone by
 * hand. Everything in it comes from git; reading it again gives the same.
 */
export async function indexEnvironment(ports: IndexPorts, mirror: Mirror, input: IndexInput): Promise<IndexOutcome> {
  const rules = indexRules(input.pipeline, input.environment);
  const before = await ports.environments.state(input.repository, input.environment.name);
  if (before && before.head === input.head && before.rules === rules) return { state: before, moved: false, before: before.head, touched: [] };
  if (input.head === undefined) return branchGone(ports, input, before, rules);
  const since = before?.rules === rules && before.branch === input.environment.branch ? before.head : undefined;
  const continued = since === undefined ? undefined : await continuation(mirror, since, input.head);
  const entries = continued ?? (await mirror.firstParent(input.head, { limit: MAX_HISTORY }));
  return store(ports, mirror, { ...input, head: input.head, rules, entries: [...entries].reverse(), before, incremental: continued !== undefined });
}

async function continuation(mirror: Mirror, since: CommitSha, head: CommitSha): Promise<readonly CommitEntry[] | undefined> {
  if (!(await mirror.has(since))) return undefined;
  const entries = await mirror.firstParent(head, { until: since, limit: MAX_HISTORY });
  return entries.at(-1)?.parents[0] === since ? entries : undefined;
}

interface StoreInput extends IndexInput {
  readonly head: CommitSha;
  readonly rules: string;
  /** Oldest first. */
  readonly entries: readonly CommitEntry[];
  readonly before: EnvironmentState | undefined;
  readonly incremental: boolean;
}

async function store(ports: IndexPorts, mirror: Mirror, input: StoreInput): Promise<IndexOutcome> {
  const { repository, environment, before, incremental } = input;
  const commits = await toCommits(mirror, input, incremental ? (before?.position ?? 0) + 1 : 1);
  const followed = await followLedgers(ports, mirror, input, incremental && before ? before : { tampered: {}, held: {} });
  const { tampered, held, ledgers } = followed;
  const touchedBy = new Map(commits.map(({ commit, content, uses }) => [commit, [...content, ...uses]]));
  const touchedIn = (commit: CommitSha): readonly ApplicationName[] => touchedBy.get(commit) ?? [];
  const unreviewed = await followDirect(ports, mirror, { ...input, touched: touchedIn });
  const targetOnly = await followTargetOnly(ports, mirror, { ...input, tampered, held, touched: touchedIn });
  await ports.environments.append(repository, environment.name, withLedgers(commits, [...(await ledgersBefore(mirror, input)), ...ledgers]), incremental ? undefined : 1);
  const state: EnvironmentState = { ...carriedOver(input, before), head: input.head, position: lastPosition(commits, before), tampered, held, unreviewed, targetOnly, rules: input.rules };
  await ports.environments.save(state);
  const touched = [...commits.flatMap((commit) => [...commit.content, ...commit.uses]), ...ledgers.map(({ application }) => application)];
  return { state, moved: true, before: before?.head, touched: incremental ? [...new Set(touched)] : allNames(input) };
}

function lastPosition(commits: readonly EnvironmentCommit[], before: EnvironmentState | undefined): number {
  return commits.at(-1)?.position ?? before?.position ?? 0;
}

/** A history that was not read from its beginning has ledgers from before. */
async function ledgersBefore(mirror: Mirror, { pipeline, environment, entries, incremental }: StoreInput): Promise<readonly LedgerChange[]> {
  const [oldest] = entries;
  if (incremental || !oldest || oldest.parents.length === 0) return [];
  const changes: LedgerChange[] = [];
  for (const { name } of pipeline.applications) {
    const { ledger } = await readLedger(mirror, oldest.sha, environment.name, name);
    if (ledger) changes.push({ commit: oldest.sha, application: name, from: contentSource(ledger) });
  }
  return changes;
}

/** Of two changes by one commit the later one counts. */
function withLedgers(commits: readonly EnvironmentCommit[], changes: readonly LedgerChange[]): readonly IndexedCommit[] {
  const byCommit = new Map<CommitSha, Map<ApplicationName, NonNullable<IndexedCommit['ledgers']>[number]>>();
  for (const { commit, application, from } of changes) {
    const own = byCommit.get(commit) ?? new Map();
    byCommit.set(commit, own.set(application, { application, ...present({ from }) }));
  }
  return commits.map((commit) => {
    const own = byCommit.get(commit.commit);
    return own ? { ...commit, ledgers: [...own.values()] } : commit;
  });
}

async function toCommits(mirror: Mirror, input: StoreInput, first: number): Promise<readonly EnvironmentCommit[]> {
  const classify = classifier(input.pipeline);
  const commits: EnvironmentCommit[] = [];
  for (const [offset, entry] of input.entries.entries()) {
    const truncatedRoot = !input.incremental && offset === 0 && entry.parents.length > 0;
    commits.push(toCommit(entry, first + offset, input.environment, truncatedRoot ? await contentAt(mirror, entry.sha, input.pipeline) : classify(entry)));
  }
  return commits;
}

/** What the index keeps of its environment whatever git says now. */
function carriedOver({ repository, environment }: IndexInput, before: EnvironmentState | undefined): Pick<EnvironmentState, 'repository' | 'environment' | 'branch' | 'assigned' | 'assignedRevision'> {
  return { repository, environment: environment.name, branch: environment.branch, ...present({ assigned: before?.assigned }), assignedRevision: before?.assignedRevision ?? 0 };
}

function allNames({ pipeline }: IndexInput): readonly ApplicationName[] {
  return pipeline.applications.map((application) => application.name);
}

type Touched = Pick<EnvironmentCommit, 'content' | 'uses'>;

function toCommit(entry: CommitEntry, position: number, environment: Environment, touched: Touched): EnvironmentCommit {
  const promoted = entry.changes.some((change) => change.path.startsWith(`.sluice/${environment.name}/`) && change.after !== undefined);
  return {
    commit: entry.sha,
    position,
    subject: entry.subject,
    author: entry.authorName,
    committedAt: entry.committedAt as Instant,
    ...touched,
    origin: promoted ? 'promotion' : 'direct',
  };
}

function classifier(pipeline: Pipeline): (entry: CommitEntry) => Touched {
  const applications = pipeline.applications.map((application) => ({
    name: application.name,
    content: compileSelection(contentSelection(pipeline, application)),
    uses: application.uses.length === 0 ? undefined : compileSelection(usesSelection(application)),
  }));
  return (entry) => {
    const content = applications.filter((application) => entry.changes.some((change) => application.content.matches(change.path)));
    const uses = applications.filter((application) => !content.includes(application) && entry.changes.some((change) => application.uses?.matches(change.path)));
    return { content: content.map((application) => application.name), uses: uses.map((application) => application.name) };
  };
}

async function contentAt(mirror: Mirror, commit: CommitSha, pipeline: Pipeline): Promise<Touched> {
  const present: ApplicationName[] = [];
  for (const application of pipeline.applications) {
    if (await hasContent(mirror, commit, pipeline, application)) present.push(application.name);
  }
  return { content: present, uses: [] };
}

async function hasContent(mirror: Mirror, commit: CommitSha, pipeline: Pipeline, application: Application): Promise<boolean> {
  return (await mirror.list(commit, contentSelection(pipeline, application))).length > 0;
}

async function branchGone(ports: IndexPorts, input: IndexInput, before: EnvironmentState | undefined, rules: string): Promise<IndexOutcome> {
  const { position, tampered, held, unreviewed = [] } = before ?? { position: 0, tampered: {}, held: {} };
  const { branch, name } = input.environment;
  const message = position === 0 ? `branch ${branch} does not exist` : `branch ${branch} is gone: \`sluice restore ${name}\` puts it back where it was, when nobody wanted that`;
  const state: EnvironmentState = { ...carriedOver(input, before), position, tampered, held, unreviewed, message, rules };
  await ports.environments.save(state);
  return { state, moved: true, before: before?.head, touched: allNames(input) };
}
