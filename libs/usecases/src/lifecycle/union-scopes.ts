import { present } from '@sluice/kernel';
import type { ApplicationName, CommitSha } from '@sluice/kernel';
import type { Environment } from '@sluice/pipeline';
import type { EnvironmentState } from '../ports/index.js';
import { standingOf } from './choose-any.js';
import { chooseCommon } from './choose-common.js';
import type { LaneScope, ObservePorts } from './lane-scope.js';
import { readLedger } from './read-ledger.js';
import type { Offered, UnionScope } from './unions.js';

/** What is looked at of a lane, to find what goes together with its application. */
export type UnionPlace = Pick<LaneScope, 'lane' | 'pipeline' | 'target' | 'mirror'>;

type Offers = (application: ApplicationName) => Promise<Offered | undefined>;

/** The place that a target takes content from; where any of several sources will do, each of them. None while a branch has not been read. `from`: where all of several are asked, the one to compose from. */
export async function unionScopes(ports: ObservePorts, place: UnionPlace, from: Environment): Promise<readonly UnionScope[]> {
  const { target } = place;
  if (target.from.length === 1) return scopesFrom(ports, place, [from], (environment) => newestIn(ports, place, environment));
  if (!target.fromAny) return scopesFrom(ports, place, [from], () => commonIn(ports, place, from));
  return scopesFrom(ports, place, sourcesIn(place), (environment) => standingIn(ports, place, environment));
}

/** Each of several sources as it is, whatever has been live there. */
export async function sourceScopes(ports: ObservePorts, place: UnionPlace): Promise<readonly UnionScope[]> {
  return scopesFrom(ports, place, sourcesIn(place), (environment) => newestIn(ports, place, environment));
}

function sourcesIn({ pipeline, target }: UnionPlace): readonly Environment[] {
  return target.from.flatMap((name) => pipeline.environments.find((environment) => environment.name === name) ?? []);
}

async function scopesFrom(ports: ObservePorts, place: UnionPlace, sources: readonly Environment[], offers: (environment: Environment) => Offers): Promise<readonly UnionScope[]> {
  const { lane, target, mirror } = place;
  const states = await ports.environments.states(lane.repository);
  const stateOf = ({ name }: Environment): EnvironmentState | undefined => states.find((state) => state.environment === name);
  const [targetState, sourceStates] = [stateOf(target), sources.map((from) => ({ from, sourceState: stateOf(from) }))];
  if (!isRead(targetState)) return [];
  await mirror.ensure(targetState.head);
  const mayLose = hasContent(ports, place);
  const scopes: UnionScope[] = [];
  for (const { from, sourceState } of sourceStates) {
    // what goes together is not known before all have been read
    if (!isRead(sourceState)) return [];
    await mirror.ensure(sourceState.head);
    scopes.push({ ...place, from, sourceState, targetState, mayLose, offered: once(offers(from)) });
  }
  return scopes;
}

function isRead(state: EnvironmentState | undefined): state is EnvironmentState & { readonly head: CommitSha } {
  return state?.head !== undefined;
}

function once(offers: Offers): Offers {
  const known = new Map<ApplicationName, ReturnType<Offers>>();
  return (application) => {
    const offered = known.get(application) ?? offers(application);
    known.set(application, offered);
    return offered;
  };
}

function hasContent(ports: ObservePorts, { lane, target }: UnionPlace): (application: ApplicationName) => Promise<boolean> {
  let known: Promise<ReadonlySet<ApplicationName>> | undefined;
  return async (application) => {
    known ??= ports.environments.contents(lane.repository, target.name).then((contents) => new Set(contents.map((content) => content.application)));
    return (await known).has(application);
  };
}

/** The newest content; of others than the lane's own, which most lanes need not ask for, all at once. */
function newestIn(ports: ObservePorts, { lane }: UnionPlace, { name }: Environment): Offers {
  let others: Promise<ReadonlyMap<ApplicationName, Offered>> | undefined;
  return async (application) => {
    if (application === lane.application) return ports.environments.content(lane.repository, name, application);
    others ??= ports.environments.contents(lane.repository, name).then((contents) => new Map(contents.map((content) => [content.application, content])));
    return (await others).get(application);
  };
}

/** What all of several sources have had live, as the one has it that is composed from. */
function commonIn(ports: ObservePorts, place: UnionPlace, from: Environment): Offers {
  return async (application) => {
    const scope = await memberScope(ports, place, application);
    const choice = scope && (await chooseCommon(ports, scope));
    if (choice?.kind !== 'taken') return undefined;
    const { origin, sources, passed, lookAgainAt } = choice;
    const commit = sources?.find(({ environment }) => environment === from.name)?.commit;
    return commit && { commit, origin, ...present({ sources, passed, lookAgainAt }) };
  };
}

/** What one of several sources has, of which any will do. */
function standingIn(ports: ObservePorts, place: UnionPlace, { name }: Environment): Offers {
  return async (application) => {
    const { lane, target, mirror } = place;
    const content = await ports.environments.content(lane.repository, name, application);
    const state = content && (await ports.environments.state(lane.repository, target.name));
    if (!content || !state?.head) return undefined;
    const { ledger } = await readLedger(mirror, state.head, target.name, application);
    const { standing, origin } = await standingOf(ports, { ...place, lane: { ...lane, application } }, { ledger, name, content });
    return { ...content, standing, ...present({ origin }) };
  };
}

/** Another application's lane to the same target, as if nothing were open. */
async function memberScope(ports: ObservePorts, { lane, pipeline, target, mirror }: UnionPlace, name: ApplicationName): Promise<Parameters<typeof chooseCommon>[1] | undefined> {
  const application = pipeline.applications.find((candidate) => candidate.name === name);
  const own = { ...lane, application: name };
  return application && { lane: own, pipeline, application, target, mirror, ...present({ status: await ports.promotions.lane(own) }) };
}
