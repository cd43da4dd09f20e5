import { present } from '@sluice/kernel';
import type { CommitSha, EnvironmentName } from '@sluice/kernel';
import type { Pipeline } from '@sluice/pipeline';
import { takeAny } from '@sluice/promotion';
import type { Ledger, SourceOffer, TakenSource } from '@sluice/promotion';
import type { ContentHead, Mirror } from '../ports/index.js';
import { isBehind } from './find-base.js';
import { firstEnvironments } from './origins.js';
import type { ChoicePorts, ChoiceScope, SourceChoice } from './source-choice.js';
import { sourceGatesPass, sourceGatesPassed } from './source-gates.js';

/** The candidate of a target that takes content from any of several sources: only what descends from what it has (design: "Several sources"). `ledger` is the target's. */
export async function chooseAny(ports: ChoicePorts, scope: ChoiceScope, ledger: Ledger | undefined): Promise<SourceChoice> {
  const { target, current, pipeline } = scope;
  const found = await offersOf(ports, scope, ledger);
  const open = current && { from: current.from, source: current.candidate.source, origin: current.candidate.origin, merging: current.state === 'merging', sourceGatesPassed: sourceGatesPassed(target, current.verdicts) };
  const choice = takeAny({ onNewSource: target.onNewSource, offers: found.offers, ...present({ open }) });
  const from = choice && pipeline.environments.find(({ name }) => name === choice.environment);
  if (choice && from) return { kind: 'taken', from, ...withoutEnvironment(choice) };
  if (found.isCurrent) return { kind: 'none', condition: 'in-sync', message: `${target.name} has ${ledger?.origin.slice(0, 10) ?? ''}; none of ${target.from.join(', ')} has anything newer` };
  return { kind: 'none', condition: found.notes.length > 0 ? 'waiting' : 'no-content', message: found.notes.join('; ') || `none of ${target.from.join(', ')} has content of ${scope.lane.application}` };
}

function withoutEnvironment({ environment: _environment, ...rest }: TakenSource): Omit<TakenSource, 'environment'> {
  return rest;
}

interface Offers {
  readonly offers: readonly SourceOffer[];
  /** A source has what the target has. */
  readonly isCurrent: boolean;
  /** Why a source offers nothing. */
  readonly notes: readonly string[];
}

/** What each source has that descends from what the target has: anything else would be a downgrade. */
async function offersOf(ports: ChoicePorts, scope: ChoiceScope, ledger: Ledger | undefined): Promise<Offers> {
  const offers: SourceOffer[] = [];
  const notes: string[] = [];
  let isCurrent = false;
  for (const name of scope.target.from) {
    const content = await ports.environments.content(scope.lane.repository, name, scope.lane.application);
    if (!content) continue;
    const { standing, origin } = await standingOf(ports, scope, { ledger, name, content });
    if (standing === 'unrecorded') notes.push(`${name}: ${content.commit.slice(0, 10)} did not come by promotion`);
    else if (standing === 'current') isCurrent = true;
    else if (standing === 'newer') offers.push({ environment: name, source: content.commit, origin, passed: await passes(ports, scope, name, content.commit) });
    else notes.push(`${name}: ${origin.slice(0, 10)} does not descend from ${ledger?.origin.slice(0, 10) ?? ''}, which ${scope.target.name} has`);
  }
  return { offers: await newestFirst(scope.mirror, offers), isCurrent, notes };
}

/** What a source's content is to the target, whose ledger this is. */
export type Standing = { readonly standing: 'unrecorded'; readonly origin?: undefined } | { readonly standing: 'current' | 'newer' | 'older'; readonly origin: CommitSha };

/** Only what descends from what the target has is newer; where the target's origin is on no branch any more, everything is. */
export async function standingOf(ports: ChoicePorts, scope: Pick<ChoiceScope, 'lane' | 'pipeline' | 'target' | 'mirror'>, { ledger, name, content }: { readonly ledger: Ledger | undefined; readonly name: EnvironmentName; readonly content: ContentHead }): Promise<Standing> {
  const origin = originIn(scope.pipeline, name, content);
  if (origin === undefined) return { standing: 'unrecorded' };
  const floor = ledger && (await isOnABranch(ports, scope, ledger.origin)) ? ledger.origin : undefined;
  if (origin === floor) return { standing: 'current', origin };
  return { standing: floor === undefined || (await isBehind(scope.mirror, floor, origin)) ? 'newer' : 'older', origin };
}

function originIn(pipeline: Pipeline, name: EnvironmentName, content: ContentHead): CommitSha | undefined {
  const isFirst = pipeline.environments.find((environment) => environment.name === name)?.from.length === 0;
  return isFirst ? content.commit : content.from?.origin;
}

/** An origin that was force-pushed away is nothing that anything could descend from. */
async function isOnABranch(ports: ChoicePorts, { lane, pipeline, target }: Pick<ChoiceScope, 'lane' | 'pipeline' | 'target'>, origin: CommitSha): Promise<boolean> {
  for (const { name } of firstEnvironments(pipeline, target.name)) if ((await ports.environments.position(lane.repository, name, origin)) !== undefined) return true;
  return false;
}

function passes(ports: ChoicePorts, scope: ChoiceScope, name: EnvironmentName, source: CommitSha): Promise<boolean> {
  const from = scope.pipeline.environments.find((environment) => environment.name === name);
  return from ? sourceGatesPass(ports, { ...scope, from }, source) : Promise.resolve(false);
}

/** By how many others descend from it; those of equal rank stay in the order of the sources. */
export async function newestFirst<Offer extends Pick<SourceOffer, 'origin'>>(mirror: Mirror, offers: readonly Offer[]): Promise<readonly Offer[]> {
  const ranked: { readonly offer: Offer; readonly newer: number }[] = [];
  for (const offer of offers) {
    let newer = 0;
    for (const other of offers) if (other.origin !== offer.origin && (await isBehind(mirror, offer.origin, other.origin))) newer += 1;
    ranked.push({ offer, newer });
  }
  return ranked.sort((a, b) => a.newer - b.newer).map(({ offer }) => offer);
}
