import { present } from '@sluice/kernel';
import type { CommitSha, Instant } from '@sluice/kernel';
import type { Application } from '@sluice/pipeline';
import { selectSource } from '@sluice/promotion';
import type { CandidateMember, ChosenSource, Promotion } from '@sluice/promotion';
import { sourcesOf } from './choose-common.js';
import { isBehind, newestOf } from './find-base.js';
import type { LaneScope, ObservePorts } from './lane-scope.js';
import type { Outdated } from './lane-view.js';
import { judgeSource, sourceGatesPassed } from './source-gates.js';
import { sayWhy } from './unions.js';
import type { Offered, Union, UnionScope } from './unions.js';

/** What goes together, and where it is found. */
export interface Found {
  readonly union: Union;
  readonly facts: UnionScope;
  /** Where any of several sources will do: that has been decided, and with it what becomes of the promotion under way. */
  readonly open?: { readonly supersedes?: string };
}

/** One application of a union, with its own lane. */
export interface Member {
  readonly scope: LaneScope;
  readonly application: Application;
  readonly newest: Offered;
  /** The chosen commit: the newest, or that of the open promotion. */
  readonly source: CommitSha;
}

/** All of a union that the source has, each in its own lane. */
export async function membersIn(ports: ObservePorts, scope: LaneScope, { union, facts }: Found): Promise<readonly Member[]> {
  const members: Member[] = [];
  for (const application of union.members) {
    const newest = await facts.offered(application.name);
    if (!newest) continue;
    const lane = { ...scope.lane, application: application.name };
    const status = application.name === scope.lane.application ? scope.status : await ports.promotions.lane(lane);
    const { current: _current, change: _change, status: _status, ...place } = scope;
    members.push({ application, newest, source: newest.commit, scope: { ...place, lane, application, ...present({ status, sources: newest.sources, passed: newest.passed }) } });
  }
  return members;
}

interface Chosen {
  readonly members: readonly Member[];
  readonly supersedes?: string;
  readonly lookAgainAt?: Instant;
}

/** The same rule as for one application: the open promotion stays as long as it would if it were about one. */
export async function choose(ports: ObservePorts, scope: LaneScope, found: Found, members: readonly Member[]): Promise<Chosen | Outdated> {
  const { union, facts } = found;
  const { current } = scope;
  if (!current) return { members };
  if (scope.outdated !== undefined) return { members, supersedes: scope.outdated };
  const open = current.from === facts.from.name ? await openMembers(ports, current, union, members) : undefined;
  const changed = `what is promoted together has changed: ${sayWhy(union)}`;
  if (!open) return current.candidate.members ? { outdated: changed } : { members, supersedes: changed };
  if (open.length === members.length && open.every((member, at) => member.source === members[at]?.source)) return { members: open };
  const { supersedes, lookAgainAt } = await decided(ports, scope, found, { facts, open, members, current });
  return supersedes === undefined ? { members: open, ...present({ lookAgainAt }) } : { outdated: supersedes };
}

/** Whether the open promotion gives way to what is newest, and why. */
async function decided(ports: ObservePorts, scope: LaneScope, { union, open }: Found, choice: Choice): Promise<{ readonly supersedes?: string; readonly lookAgainAt?: Instant }> {
  if (open) return open;
  const { selected, lookAgainAt } = await select(ports, scope, choice);
  if (selected.supersedes === undefined && selected.source === choice.current.candidate.source) return present({ lookAgainAt });
  return { supersedes: selected.supersedes ?? `what is promoted together has changed: ${sayWhy(union)}` };
}

interface Choice {
  readonly facts: UnionScope;
  readonly open: readonly Member[];
  readonly members: readonly Member[];
  readonly current: Promotion;
}

async function select(ports: ObservePorts, { target, mirror }: LaneScope, { facts, open, members, current }: Choice): Promise<{ readonly selected: ChosenSource; readonly lookAgainAt?: Instant }> {
  const behind = await Promise.all(open.map(({ source }) => isBehind(mirror, source, facts.sourceState.head)));
  const judged = await Promise.all(members.map((member) => judgeSource(ports, member.scope, member.source)));
  const times = judged.flatMap(({ lookAgainAt }) => (lookAgainAt === undefined ? [] : [lookAgainAt]));
  const newest = await newestOf(mirror, members.map(({ source }) => source));
  const state = { source: current.candidate.source, merging: current.state === 'merging', sourceGatesPassed: sourceGatesPassed(target, current.verdicts), gone: behind.includes(false) };
  const selected = selectSource({ onNewSource: target.onNewSource, newest, newestPassed: judged.every(({ passed }) => passed), open: state });
  return { selected, ...present({ lookAgainAt: times.length === 0 ? undefined : (Math.min(...times) as Instant) }) };
}

/** The members of the open promotion with the commits that it has of them; undefined where it is about others than it would have to be. */
async function openMembers(ports: ObservePorts, { candidate }: Promotion, { set }: Union, members: readonly Member[]): Promise<readonly Member[] | undefined> {
  const taken = await Promise.all((candidate.members ?? []).map(async (open) => {
    const member = members.find(({ application }) => application.name === open.application);
    return member && openMember(ports, member, open);
  }));
  const known = taken.filter((member) => member !== undefined);
  const isWhole = known.length > 1 && known.length === taken.length;
  if (!isWhole || candidate.set !== set?.name) return undefined;
  const missing = members.filter(({ application }) => set?.applications.includes(application.name) && !known.some((member) => member.application === application));
  return missing.length === 0 ? known : undefined;
}

/** Of several sources that are all asked, each is asked about what is open; what stays as the target has it, being newer there, is not in this source. */
async function openMember(ports: ObservePorts, member: Member, { source, origin }: CandidateMember): Promise<Member> {
  if (member.newest.standing === 'older') return member;
  if (source === member.source || !member.newest.sources) return { ...member, source };
  const sources = await sourcesOf(ports, member.scope, origin);
  return { ...member, source, newest: { ...member.newest, origin }, scope: { ...member.scope, ...present({ sources }) } };
}
