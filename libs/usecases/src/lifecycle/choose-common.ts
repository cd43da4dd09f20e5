import { evaluateGate } from '@sluice/gates';
import { present } from '@sluice/kernel';
import type { CommitSha, EnvironmentName, Instant } from '@sluice/kernel';
import type { Environment, Gate } from '@sluice/pipeline';
import { commonOrigin, selectSource } from '@sluice/promotion';
import type { CommonOrigin, LaneCondition, SourceHistory, SourcePass } from '@sluice/promotion';
import type { OriginatedContent } from '../ports/index.js';
import { observeClusters } from './observe-gates.js';
import type { GateScope, SourceCommit } from './observe-gates.js';
import { observeTests } from './observe-tests.js';
import { commitOf, historyOf } from './origins.js';
import type { ChoicePorts, ChoiceScope, SourceChoice } from './source-choice.js';
import { sourceGatesPass, sourceGatesPassed } from './source-gates.js';

interface Observed {
  readonly environment: EnvironmentName;
  readonly history: readonly OriginatedContent[];
  readonly passed: readonly SourcePass[];
  readonly until: readonly Instant[];
}

/** The candidate of a target with several sources that are all asked: the newest origin that has been live in every one (design: "Several sources"). */
export async function chooseCommon(ports: ChoicePorts, scope: ChoiceScope): Promise<SourceChoice> {
  const { target, current } = scope;
  const observed: Observed[] = [];
  for (const environment of target.from) observed.push(await observeSource(ports, scope, environment));
  const passed = observed.flatMap((source) => source.passed);
  const times = observed.flatMap(({ until }) => until);
  const kept = { passed, ...(times.length > 0 && { lookAgainAt: Math.min(...times) as Instant }) };
  const common = commonOrigin(observed.map((source) => toHistory(target, source)));
  const open = current && openAmong(observed, current.candidate.origin, current.from);
  const chosen = await chooseOf(ports, { ...scope, passed }, common, open);
  return chosen ? { ...kept, kind: 'taken', ...chosen } : { ...kept, ...nothingCommon(scope, observed) };
}

/** One source: what it has had, and what its present content passes there by itself, so that it counts when another source gets that far. */
async function observeSource(ports: ChoicePorts, scope: ChoiceScope, environment: EnvironmentName): Promise<Observed> {
  const { lane, pipeline, target, status } = scope;
  const history = await historyOf(ports.environments, { repository: lane.repository, pipeline, application: lane.application }, environment, target.from);
  const known = (status?.passed ?? []).filter((pass) => pass.environment === environment && history.some(({ commit }) => commit === pass.commit));
  const [now] = history;
  const gates = target.gates.filter(isLiveGate);
  if (!now) return { environment, history, passed: known, until: [] };
  const previous = known.filter(({ commit }) => commit === now.commit).map(({ verdict }) => verdict);
  const clusters = await observeClusters(ports, lane, environment);
  const tests = await observeTests(ports, scope, [{ environment, commit: now.commit }]);
  const at = ports.clock();
  const verdicts = gates.map((gate) => evaluateGate(gate, { sourceEnvironment: environment, sourceCommit: now.commit, clusters, tests, decisions: [], authors: [], previous }, at));
  const passes = verdicts.filter(({ outcome }) => outcome === 'pass').map((verdict) => ({ environment, commit: now.commit, verdict }));
  return {
    environment,
    history,
    passed: [...known.filter(({ commit }) => commit !== now.commit), ...passes],
    until: verdicts.flatMap(({ outcome, until }) => (outcome === 'wait' && until !== undefined ? [until] : [])),
  };
}

/** What content has to have passed where it is live. */
function isLiveGate({ type }: Gate): boolean {
  return type === 'health' || type === 'test';
}

function toHistory(target: Environment, { environment, history, passed }: Observed): SourceHistory {
  const gates = target.gates.filter(isLiveGate);
  const hasPassed = (commit: CommitSha): boolean => gates.every(({ name }) => passed.some((pass) => pass.commit === commit && pass.verdict.gate === name));
  return { environment, contents: history.map((content) => ({ ...content, passed: hasPassed(content.commit) })) };
}

/** The open promotion's origin in each source, if it is to be found in all: else nobody can tell whether it passes. */
function openAmong(observed: readonly Pick<Observed, 'environment' | 'history'>[], origin: CommitSha, from: EnvironmentName): CommonOrigin | undefined {
  const commits = observed.flatMap(({ environment, history }) => {
    const commit = commitOf(origin, history);
    return commit === undefined ? [] : [{ environment, commit }];
  });
  return commits.length === observed.length && commits.some(({ environment }) => environment === from) ? { origin, commits, from } : undefined;
}

/** The commit that has an origin in each of the sources; undefined where one of them has it nowhere. */
export async function sourcesOf(ports: ChoicePorts, { lane, pipeline, target }: Pick<ChoiceScope, 'lane' | 'pipeline' | 'target'>, origin: CommitSha): Promise<readonly SourceCommit[] | undefined> {
  const place = { repository: lane.repository, pipeline, application: lane.application };
  const histories = await Promise.all(target.from.map(async (environment) => ({ environment, history: await historyOf(ports.environments, place, environment, target.from) })));
  const [first] = target.from;
  return first && openAmong(histories, origin, first)?.commits;
}

type Taken = Omit<Extract<SourceChoice, { kind: 'taken' }>, 'kind' | 'passed' | 'lookAgainAt'>;

/** The open promotion keeps the source that it was composed from: another one with the same origin would only make its approvals void. */
async function chooseOf(ports: ChoicePorts, scope: ChoiceScope & Pick<GateScope, 'passed'>, common: CommonOrigin | undefined, open: CommonOrigin | undefined): Promise<Taken | undefined> {
  const { current, target } = scope;
  if (!current || !open) return common && taken(scope, common);
  const openPassed = sourceGatesPassed(target, current.verdicts);
  const stays = { ...taken(scope, open), source: current.candidate.source };
  if (!common) return openPassed || current.state === 'merging' ? stays : undefined;
  if (common.origin === open.origin) return stays;
  const newest = taken(scope, common);
  const chosen = selectSource({
    onNewSource: target.onNewSource,
    newest: newest.source,
    newestPassed: await sourceGatesPass(ports, { ...scope, from: newest.from, sources: common.commits }, newest.source),
    // its origin was found in the histories of all sources: it is not gone
    open: { source: current.candidate.source, merging: current.state === 'merging', sourceGatesPassed: openPassed, gone: false },
  });
  return chosen.source === newest.source ? { ...newest, ...present({ supersedes: chosen.supersedes }) } : stays;
}

function taken({ pipeline, target }: ChoiceScope, { origin, commits, from }: CommonOrigin): Taken {
  const environment = pipeline.environments.find(({ name }) => name === from) ?? target;
  return { from: environment, source: commits.find((commit) => commit.environment === from)?.commit ?? origin, origin, sources: commits };
}

function nothingCommon({ target, lane }: ChoiceScope, observed: readonly Observed[]): { readonly kind: 'none'; readonly condition: LaneCondition; readonly message: string } {
  const empty = observed.find(({ history }) => history.length === 0);
  if (empty) return { kind: 'none', condition: 'waiting', message: `nothing of ${lane.application} has been promoted to ${empty.environment} yet; ${target.name} takes what has been live in all of ${namesOf(target)}` };
  const has = observed.map(({ environment, history }) => `${environment} has ${history[0]?.origin.slice(0, 10) ?? 'nothing'}`);
  return { kind: 'none', condition: 'waiting', message: `no content has been live in all of ${namesOf(target)} yet: ${has.join(', ')}` };
}

function namesOf(target: Environment): string {
  return `${target.from.slice(0, -1).join(', ')} and ${target.from.at(-1) ?? ''}`;
}
