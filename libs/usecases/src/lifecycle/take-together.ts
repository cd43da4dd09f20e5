import { present } from '@sluice/kernel';
import type { CommitSha } from '@sluice/kernel';
import { takeAny } from '@sluice/promotion';
import type { Promotion, SourceOffer, TakenSource } from '@sluice/promotion';
import { newestFirst } from './choose-any.js';
import { newestOf } from './find-base.js';
import type { LaneScope, ObservePorts } from './lane-scope.js';
import { sourceGatesPass, sourceGatesPassed } from './source-gates.js';
import type { Offered, Union, UnionSearch } from './unions.js';

/** From which of several sources, of which any will do, several applications are promoted together. */
export interface TakenTogether {
  readonly search: UnionSearch;
  /** Those of them that the source has. */
  readonly union: Union;
  /** What becomes of the open promotion; absent: there is none. */
  readonly open?: { readonly supersedes?: string };
}

/** The same rule as for one application, over what each source has of all: they come from one source. @returns in words why nothing is taken; undefined where none of them has anything newer. */
export async function takeTogether(ports: ObservePorts, scope: LaneScope, searches: readonly UnionSearch[], { union, open }: { readonly union: Union; readonly open?: Promotion | undefined }): Promise<TakenTogether | string | undefined> {
  const offers: SourceOffer[] = [];
  const notes: string[] = [];
  for (const search of searches) {
    const offer = await offerOf(ports, scope, search, union);
    if (typeof offer === 'string') notes.push(offer);
    else if (offer) offers.push(offer);
  }
  const choice = takeAny({ onNewSource: scope.target.onNewSource, offers: await newestFirst(scope.mirror, offers), ...present({ open: open && openOf(scope, open) }) });
  const search = choice && searches.find((one) => one.scope.from.name === choice.environment);
  if (!choice || !search) return notes.length > 0 ? notes.join('; ') : undefined;
  return { search, union: await unionIn(search, union), ...(open && { open: present({ supersedes: supersedesOf(choice, open) }) }) };
}

function openOf({ target }: LaneScope, { from, state, candidate, verdicts }: Promotion): NonNullable<Parameters<typeof takeAny>[0]['open']> {
  return { from, source: candidate.source, origin: candidate.origin, merging: state === 'merging', sourceGatesPassed: sourceGatesPassed(target, verdicts) };
}

function supersedesOf({ environment, source, supersedes }: TakenSource, open: Promotion): string | undefined {
  if (supersedes !== undefined) return supersedes;
  return environment === open.from && source === open.candidate.source ? undefined : `${environment} has ${source.slice(0, 10)}`;
}

interface Member extends Offered {
  readonly name: Union['members'][number]['name'];
}

async function membersIn({ scope }: UnionSearch, { members }: Union): Promise<readonly Member[]> {
  const found: Member[] = [];
  for (const { name } of members) {
    const offered = await scope.offered(name);
    if (offered) found.push({ ...offered, name });
  }
  return found;
}

/** What one source has of all of them, if any of it is newer; where nobody knows what one of them comes from, why not. */
async function offerOf(ports: ObservePorts, scope: LaneScope, search: UnionSearch, union: Union): Promise<SourceOffer | string | undefined> {
  const { lane, pipeline, mirror } = scope;
  const { from } = search.scope;
  const members = await membersIn(search, union);
  const unknown = members.find(({ standing }) => standing === 'unrecorded');
  if (unknown) return `${from.name}: ${unknown.name} of ${unknown.commit.slice(0, 10)} did not come by promotion`;
  const newer = members.filter(({ standing }) => standing === 'newer');
  if (newer.length === 0) return undefined;
  const [source, origin] = [await newestOf(mirror, commitsOf(members)), await newestOf(mirror, newer.map((member) => member.origin ?? member.commit))];
  let passed = true;
  for (const { name, commit } of newer) {
    const application = pipeline.applications.find((candidate) => candidate.name === name) ?? scope.application;
    passed &&= await sourceGatesPass(ports, { lane: { ...lane, application: name }, pipeline, application, mirror, target: scope.target, from }, commit);
  }
  return { environment: from.name, source, origin, passed };
}

function commitsOf(members: readonly Member[]): readonly CommitSha[] {
  return members.map(({ commit }) => commit);
}

async function unionIn(search: UnionSearch, union: Union): Promise<Union> {
  const names = new Set((await membersIn(search, union)).map(({ name }) => name));
  return { ...union, members: union.members.filter(({ name }) => names.has(name)) };
}
