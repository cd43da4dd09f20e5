import { present } from '@sluice/kernel';
import type { ApplicationName, CommitSha } from '@sluice/kernel';
import type { Application, Environment, Pipeline, ReleaseSet } from '@sluice/pipeline';
import { membersOf } from '@sluice/promotion';
import type { Hold, LaneId, Promotion } from '@sluice/promotion';
import type { ContentHead, EnvironmentState, Mirror } from '../ports/index.js';
import { findBase } from './find-base.js';
import { movedObjects, NOTHING_MOVED } from './moved-objects.js';
import type { MovedObjects } from './moved-objects.js';
import { coversPaths, pathBases } from './path-bases.js';
import type { ObservePorts } from './lane-scope.js';
import { readLedger } from './read-ledger.js';

/** Applications that are promoted to one target together: a release set, or those between which objects move. */
export interface Union {
  /** In the order of the pipeline file. The first one's lane composes for all. */
  readonly members: readonly Application[];
  readonly set?: ReleaseSet;
  /** What goes from one to another, in words, by the key of {@link MovedObjects}. */
  readonly moves: ReadonlyMap<string, string>;
}

export interface UnionScope {
  readonly lane: LaneId;
  readonly pipeline: Pipeline;
  readonly target: Environment;
  readonly from: Environment;
  readonly mirror: Mirror;
  readonly sourceState: EnvironmentState & { readonly head: CommitSha };
  readonly targetState: EnvironmentState & { readonly head: CommitSha };
  /** The newest content of applications in the source. */
  readonly contents: ReadonlyMap<ApplicationName, ContentHead>;
  /** The applications that the target has content of: only they can lose any. Absent: not known. */
  readonly inTarget?: ReadonlySet<ApplicationName>;
}

type Ports = Pick<ObservePorts, 'environments' | 'reader'>;

/** `release set shop-release`, `StatefulSet db goes from checkout to payment`. */
export function sayWhy({ set, moves }: Union): string {
  const said = [...(set ? [`release set ${set.name}`] : []), ...moves.values()];
  return said.length > 3 ? `${said.slice(0, 3).join('; ')} and ${said.length - 3} more` : said.join('; ');
}

/** Several applications in one: what composing, gates and rules that look at all of them read. */
export function asOne(members: readonly Application[]): Application {
  const [first] = members as readonly [Application];
  const names = members.map(({ name }) => name);
  const after = [...new Set(members.flatMap((member) => member.after ?? []))].filter((name) => !names.includes(name));
  return { name: first.name, paths: members.flatMap(({ paths }) => paths), uses: [...new Set(members.flatMap(({ uses }) => uses))], ...(after.length > 0 && { after }) };
}

/** Finds what a lane's application is promoted together with; each application is looked into once. */
export class UnionSearch {
  private readonly moved = new Map<ApplicationName, Promise<MovedObjects>>();

  constructor(
    private readonly ports: Ports,
    readonly scope: UnionScope,
  ) {}

  /** `open`: a promotion of several applications that is under way, whose members belong together whatever has changed since. @returns undefined where it goes by itself. */
  async of(application: ApplicationName, open?: Promotion): Promise<Union | undefined> {
    const { pipeline, contents } = this.scope;
    if (!contents.has(application)) return undefined;
    const moves = new Map<string, string>();
    const found = new Set<ApplicationName>([application]);
    for (const name of found) for (const other of await this.neighbours(name, { open, moves })) found.add(other);
    const members = pipeline.applications.filter(({ name }) => found.has(name));
    const set = this.setOf(application) ?? members.map(({ name }) => this.setOf(name)).find((one) => one !== undefined);
    return members.length > 1 ? { members, ...present({ set }), moves } : undefined;
  }

  /** Whether an application could have to go together with any other: nothing else has to be looked into where it could not. */
  async isAlone(application: ApplicationName): Promise<boolean> {
    if (this.setOf(application)) return false;
    const { removed, added } = await this.movedIn(application);
    return removed.size + added.size === 0;
  }

  /** The release set that an application is in, in this target. */
  private setOf(application: ApplicationName): ReleaseSet | undefined {
    const { pipeline, target } = this.scope;
    return pipeline.releaseSets?.find(({ applications, environments }) => applications.includes(application) && environments.includes(target.name));
  }

  private async neighbours(name: ApplicationName, { open, moves }: { readonly open: Promotion | undefined; readonly moves: Map<string, string> }): Promise<readonly ApplicationName[]> {
    const { contents } = this.scope;
    const together = [...(this.setOf(name)?.applications ?? []), ...(open && membersOf(open).includes(name) ? membersOf(open) : [])];
    return [...together.filter((other) => contents.has(other)), ...(await this.exchanging(name, moves))];
  }

  /** Those to which objects go from this one, or from which they come. Only who has lost or got any has to look at the others. */
  private async exchanging(name: ApplicationName, moves: Map<string, string>): Promise<readonly ApplicationName[]> {
    const own = await this.movedIn(name);
    if (own.removed.size + own.added.size === 0) return [];
    const found: ApplicationName[] = [];
    for (const other of this.partners(name, own)) {
      const theirs = await this.movedIn(other.name);
      const given = common(own.removed, theirs.added).map(([key, what]) => [key, `${what} goes from ${name} to ${other.name}`] as const);
      const taken = common(theirs.removed, own.added).map(([key, what]) => [key, `${what} goes from ${other.name} to ${name}`] as const);
      for (const [key, words] of [...given, ...taken]) moves.set(key, words);
      if (given.length + taken.length > 0) found.push(other.name);
    }
    return found;
  }

  /** The applications that could have given something to this one, or got something of it. */
  private partners(name: ApplicationName, { removed }: MovedObjects): readonly Application[] {
    const { pipeline, contents, inTarget } = this.scope;
    const mayGive = (other: ApplicationName): boolean => inTarget?.has(other) ?? true;
    return pipeline.applications.filter((other) => other.name !== name && contents.has(other.name) && (removed.size > 0 || mayGive(other.name)));
  }

  /** What an application would lose and get in the target, by its newest content in the source. */
  private movedIn(name: ApplicationName): Promise<MovedObjects> {
    const known = this.moved.get(name) ?? this.lookInto(name);
    this.moved.set(name, known);
    return known;
  }

  private async lookInto(name: ApplicationName): Promise<MovedObjects> {
    const { contents, targetState } = this.scope;
    const newest = contents.get(name);
    const pending = newest ? await this.movedBy(name, newest.commit) : NOTHING_MOVED;
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

/** What was undone in the target by one commit, whole objects, comes again in one as well. */
function withHeld({ removed, added }: MovedObjects, hold: Hold | undefined): MovedObjects {
  const undone = (hold?.nodes ?? []).flatMap(({ object, field }) => (object && field === undefined && hold ? [[`undone ${hold.by} ${object.group} ${object.kind} ${object.namespace} ${object.name}`, `${object.kind} ${object.name}`] as const] : []));
  return undone.length === 0 ? { removed, added } : { removed: new Map([...removed, ...undone]), added: new Map([...added, ...undone]) };
}

function common(removed: MovedObjects['removed'], added: MovedObjects['added']): readonly (readonly [string, string])[] {
  return [...removed].filter(([key]) => added.has(key));
}
