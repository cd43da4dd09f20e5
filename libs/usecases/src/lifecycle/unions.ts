import { present } from '@sluice/kernel';
import type { ApplicationName, CommitSha, Instant } from '@sluice/kernel';
import type { Application, Environment, Pipeline, ReleaseSet } from '@sluice/pipeline';
import { membersOf } from '@sluice/promotion';
import type { Hold, LaneId, Promotion, SourcePass } from '@sluice/promotion';
import type { ContentHead, EnvironmentState, Mirror } from '../ports/index.js';
import type { Standing } from './choose-any.js';
import { findBase } from './find-base.js';
import { movedObjects, NOTHING_MOVED } from './moved-objects.js';
import type { MovedObjects } from './moved-objects.js';
import { coversPaths, pathBases } from './path-bases.js';
import type { ObservePorts } from './lane-scope.js';
import type { SourceCommit } from './observe-gates.js';
import { readLedger } from './read-ledger.js';

/** Applications that are promoted to one target together: a release set, or those between which objects move. */
export interface Union {
  /** In the order of the pipeline file. The first one's lane composes for all. */
  readonly members: readonly Application[];
  readonly set?: ReleaseSet;
  /** What goes from one to another, in words, by the key of {@link MovedObjects}. */
  readonly moves: ReadonlyMap<string, string>;
}

/** What the source has of an application, or the one that is asked of several sources. */
export interface Offered extends Pick<ContentHead, 'commit' | 'from'> {
  /** Of several sources: known by the choice. */
  readonly origin?: CommitSha;
  /** Of several sources that are all asked: the commit that has the origin in each, and what has passed there. */
  readonly sources?: readonly SourceCommit[];
  readonly passed?: readonly SourcePass[];
  readonly lookAgainAt?: Instant;
  /** Of sources of which any will do: what this one's is to the target's. */
  readonly standing?: Standing['standing'];
}

export interface UnionScope {
  readonly lane: LaneId;
  readonly pipeline: Pipeline;
  readonly target: Environment;
  readonly from: Environment;
  readonly mirror: Mirror;
  readonly sourceState: EnvironmentState & { readonly head: CommitSha };
  readonly targetState: EnvironmentState & { readonly head: CommitSha };
  /** What of an application would be promoted from the source. */
  offered(application: ApplicationName): Promise<Offered | undefined>;
  /** Whether the target has content of it: only then can it lose any. */
  mayLose(application: ApplicationName): Promise<boolean>;
}

type Ports = Pick<ObservePorts, 'environments' | 'reader'>;

/** `release set shop-release`, `StatefulSet db goes from checkout to payment`. */
export function sayWhy({ set, moves }: Union): string {
  const said = [...(set ? [`release set ${set.name}`] : []), ...moves.values()];
  return said.length > 3 ? `${said.slice(0, 3).join('; ')} and ${said.length - 3} more` : said.join('; ');
}

/** Several applications in one: what composing, gates and rules that look at all of them read. `all`: those of the pipeline. What comes after one of them does not go before another: each would wait for the other. */
export function asOne(members: readonly Application[], all: readonly Application[] = members): Application {
  const [first] = members as readonly [Application];
  const behind = thoseBehind(members.map(({ name }) => name), all);
  const after = [...new Set(members.flatMap((member) => member.after ?? []))].filter((name) => !behind.has(name));
  return { name: first.name, paths: members.flatMap(({ paths }) => paths), uses: [...new Set(members.flatMap(({ uses }) => uses))], ...(after.length > 0 && { after }) };
}

/** These, and whatever comes after one of them by whatever way. */
function thoseBehind(names: readonly ApplicationName[], all: readonly Application[]): ReadonlySet<ApplicationName> {
  const behind = new Set(names);
  for (const name of behind) for (const other of all) if (other.after?.includes(name)) behind.add(other.name);
  return behind;
}

/**
 * Finds what a lane's application is promoted together with. `searches`: one for each place that the target may take it from. `open`: a promotion of several applications that is under way, whose members
 * belong together whatever has changed since. @returns undefined where it goes by itself.
 */
export async function findUnion(searches: readonly UnionSearch[], application: ApplicationName, open?: Promotion): Promise<Union | undefined> {
  const moves = new Map<string, string>();
  const [first] = searches;
  const found = await closure(searches, application, { open, moves });
  const members = first?.scope.pipeline.applications.filter(({ name }) => found.has(name)) ?? [];
  if (!first || members.length < 2) return undefined;
  const set = first.setOf(application) ?? members.map(({ name }) => first.setOf(name)).find((one) => one !== undefined);
  return { members, ...present({ set }), moves };
}

/** Whoever goes with one goes with those that go with it. */
async function closure(searches: readonly UnionSearch[], application: ApplicationName, by: Parameters<UnionSearch['neighbours']>[1]): Promise<ReadonlySet<ApplicationName>> {
  const found = new Set<ApplicationName>();
  for (const search of searches) if (await search.scope.offered(application)) found.add(application);
  for (const name of found) for (const search of searches) for (const other of await search.neighbours(name, by)) found.add(other);
  return found;
}

/** Looks for what goes together in one place that a target takes content from; each application is looked into once. */
export class UnionSearch {
  private readonly moved = new Map<ApplicationName, Promise<MovedObjects>>();

  constructor(
    private readonly ports: Ports,
    readonly scope: UnionScope,
  ) {}

  /** Whether an application could have to go together with any other: nothing else has to be looked into where it could not. */
  async isAlone(application: ApplicationName): Promise<boolean> {
    if (this.setOf(application)) return false;
    const { removed, added } = await this.movedIn(application);
    return removed.size + added.size === 0;
  }

  /** The release set that an application is in, in this target. */
  setOf(application: ApplicationName): ReleaseSet | undefined {
    const { pipeline, target } = this.scope;
    return pipeline.releaseSets?.find(({ applications, environments }) => applications.includes(application) && environments.includes(target.name));
  }

  /** Those that have to be promoted together with this one. `moves` gets what makes it so. */
  async neighbours(name: ApplicationName, { open, moves }: { readonly open: Promotion | undefined; readonly moves: Map<string, string> }): Promise<readonly ApplicationName[]> {
    const together = [...(this.setOf(name)?.applications ?? []), ...(open && membersOf(open).includes(name) ? membersOf(open) : [])];
    const found: ApplicationName[] = [];
    for (const other of together) if (await this.scope.offered(other)) found.push(other);
    return [...found, ...(await this.exchanging(name, moves))];
  }

  /** Those to which objects go from this one, or from which they come. Only who has lost or got any has to look at the others. */
  private async exchanging(name: ApplicationName, moves: Map<string, string>): Promise<readonly ApplicationName[]> {
    if (!(await this.scope.offered(name))) return [];
    const own = await this.movedIn(name);
    const found: ApplicationName[] = [];
    for (const other of await this.partners(name, own)) {
      const theirs = await this.movedIn(other.name);
      const exchanged = exchangedBetween({ name, ...own }, { name: other.name, ...theirs });
      for (const [key, words] of exchanged) moves.set(key, words);
      if (exchanged.length > 0) found.push(other.name);
    }
    return found;
  }

  /** The applications that could have given something to this one, or got something of it. */
  async partners(name: ApplicationName, { removed, added }: MovedObjects): Promise<readonly Application[]> {
    if (removed.size + added.size === 0) return [];
    const { pipeline, offered, mayLose } = this.scope;
    const found: Application[] = [];
    for (const other of pipeline.applications) {
      if (other.name !== name && (removed.size > 0 || (await mayLose(other.name))) && (await offered(other.name))) found.push(other);
    }
    return found;
  }

  /** What an application would lose and get in the target, by its newest content in the source. */
  movedIn(name: ApplicationName): Promise<MovedObjects> {
    const known = this.moved.get(name) ?? this.lookInto(name);
    this.moved.set(name, known);
    return known;
  }

  private async lookInto(name: ApplicationName): Promise<MovedObjects> {
    const { targetState } = this.scope;
    const newest = await this.scope.offered(name);
    const pending = newest && newest.standing !== 'older' ? await this.movedBy(name, newest.commit) : NOTHING_MOVED;
    return withHeld(pending, targetState.held[name]);
  }

  /** The same for any commit of the source. */
  async movedBy(name: ApplicationName, source: CommitSha): Promise<MovedObjects> {
    const { lane, pipeline, target, from, mirror, sourceState, targetState } = this.scope;
    const application = pipeline.applications.find((candidate) => candidate.name === name);
    if (!application) return NOTHING_MOVED;
    const { ledger } = await readLedger(mirror, targetState.head, target.name, name);
    if (ledger && ledger.commit === source && coversPaths(ledger, application)) return NOTHING_MOVED;
    const place = { lane, pipeline, application, from, target, mirror };
    const base = await findBase(this.ports.environments, place, ledger, sourceState.head);
    const bases = await pathBases(this.ports.environments, place, { head: targetState.head, sourceHead: sourceState.head, ledger: base.ledger });
    return movedObjects(this.ports.reader, mirror, { pipeline, application, target, sourceCommit: source, onto: targetState.head, ...present({ ledger: base.ledger, bases, alsoOwnedBy: base.alsoOwnedBy }) });
  }
}

/** Begins the keys of what was undone: it is taken out of both, and comes again in both. */
const UNDONE = 'undone ';

/** What was undone in the target by one commit, whole objects, comes again in one as well. */
function withHeld({ removed, added }: MovedObjects, hold: Hold | undefined): MovedObjects {
  const undone = (hold?.nodes ?? []).flatMap(({ object, field }) => (object && field === undefined && hold ? [[`${UNDONE}${hold.by} ${object.group} ${object.kind} ${object.namespace} ${object.name}`, `${object.kind} ${object.name}`] as const] : []));
  return undone.length === 0 ? { removed, added } : { removed: new Map([...removed, ...undone]), added: new Map([...added, ...undone]) };
}

interface Moved extends MovedObjects {
  readonly name: ApplicationName;
}

/** What goes from one of two applications to the other, in words, by its key. */
export function exchangedBetween(one: Moved, other: Moved): readonly (readonly [string, string])[] {
  const said = (key: string, what: string, { from, to }: { readonly from: Moved; readonly to: Moved }): string => (key.startsWith(UNDONE) ? `${what} was undone in ${one.name} and ${other.name}` : `${what} goes from ${from.name} to ${to.name}`);
  const given = common(one.removed, other.added).map(([key, what]) => [key, said(key, what, { from: one, to: other })] as const);
  const taken = common(other.removed, one.added).map(([key, what]) => [key, said(key, what, { from: other, to: one })] as const);
  return [...given, ...taken];
}

function common(removed: MovedObjects['removed'], added: MovedObjects['added']): readonly (readonly [string, string])[] {
  return [...removed].filter(([key]) => added.has(key));
}
