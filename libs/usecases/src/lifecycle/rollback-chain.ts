import type { ApplicationName, CommitSha, ObjectSha, PromotionId } from '@sluice/kernel';
import type { Application } from '@sluice/pipeline';
import { membersOf, sayTogether } from '@sluice/promotion';
import type { Ledger, Promotion } from '@sluice/promotion';
import type { Mirror } from '../ports/index.js';
import { readLedger } from './read-ledger.js';
import type { ChainPlace, LeftBehind, Passed, Undone } from './rollback-place.js';

/** Promotions of one application that are looked back over at most. */
export const MAX_STEPS = 100;

/** What is undone, and what comes back with it. */
export interface Chain {
  readonly current: Ledger;
  /** Newest first. */
  readonly undone: readonly Undone[];
  /** The ledger that comes back, and its blob. */
  readonly ledger: Ledger;
  readonly blob: ObjectSha;
  /** Every application that what is undone was about, and who has taken over what was theirs, in the order of the pipeline file: they go back together. */
  readonly returning: readonly Returning[];
  /** Applications that the pipeline no longer has, whose content goes back all the same: by whom it is promoted now has no other record of it. */
  readonly former: readonly Pick<Returning, 'application' | 'blob'>[];
  /** What is not undone. */
  readonly left: readonly LeftBehind[];
}

/** One application that goes back, and the ledger that it gets again; undefined: what is undone was its first promotion. */
export interface Returning {
  readonly application: Application;
  readonly current: Ledger;
  readonly ledger: Ledger | undefined;
  readonly blob: ObjectSha | undefined;
}

/** How a promotion came to the target; undefined when its merge is not known, or began the branch. */
export async function stepOf(mirror: Mirror, promotion: Promotion | undefined): Promise<Undone | undefined> {
  if (promotion?.mergedAs === undefined) return undefined;
  await mirror.ensure(promotion.mergedAs);
  const [entry] = await mirror.firstParent(promotion.mergedAs, { limit: 1 });
  const before = entry?.parents[0];
  return before === undefined ? undefined : { promotion, merge: promotion.mergedAs, before };
}

/** The chain with all that go back in it. @returns why not, where one of them has been promoted since by itself. */
export async function together(place: ChainPlace, chain: Omit<Chain, 'returning' | 'former' | 'left'>, { left, heirs }: Passed): Promise<Chain | string> {
  const { pipeline, application } = place;
  const names = new Set([...chain.undone.flatMap(({ promotion }) => membersOf(promotion)), ...heirs.keys()]);
  const returning: Returning[] = [];
  for (const member of pipeline.applications.filter(({ name }) => names.has(name) || name === application.name)) {
    const found = member.name === application.name ? { ...chain, application: member } : await returnOf(place, member, { undone: chain.undone, inherited: heirs.get(member.name) ?? new Set() });
    if (typeof found === 'string') return found;
    returning.push(found);
  }
  return { ...chain, returning, former: heirs.size === 0 ? [] : await formerOf(place, chain.undone), left };
}

interface Steps {
  readonly undone: readonly Undone[];
  /** Those of which it has taken over something. */
  readonly inherited: ReadonlySet<PromotionId>;
}

/** Another application goes back over just those of the promotions that it was in; what it has taken over of others, over the records of that. */
async function returnOf(place: ChainPlace, member: Application, { undone, inherited }: Steps): Promise<Returning | string> {
  const { mirror, target, onto } = place;
  let at = await readLedger(mirror, onto, target.name, member.name);
  const current = at.ledger;
  for (const { promotion, before } of undone) {
    const isIn = membersOf(promotion).includes(member.name);
    if (isIn && at.ledger?.promotion !== promotion.id) return since(place, member, { promotion, had: at.ledger });
    if (isIn) at = await readLedger(mirror, before, target.name, member.name);
    else if (inherited.has(promotion.id)) {
      const back = await beforeRecords(place, member, { at, before });
      if ('had' in back) return since(place, member, { promotion, had: back.had });
      at = back;
    }
  }
  if (!current) return `${target.name} has no record of a promotion of ${member.name}`;
  return { application: member, current, ledger: at.ledger, blob: at.blob };
}

function since({ target }: ChainPlace, { name }: Application, { promotion, had }: { readonly promotion: Promotion; readonly had: Ledger | undefined }): string {
  const members = membersOf(promotion);
  const what = members.length > 1 ? `was merged for ${sayTogether(members)} as one, and` : `brought what is promoted as ${name} now, and`;
  return `${promotion.id} ${what} ${name} has had ${had?.promotion ?? 'no record'} since: roll that back first (sluice rollback ${target.name} ${name})`;
}

type Recorded = Awaited<ReturnType<typeof readLedger>>;

/** What it had in the target before a promotion of somebody else, if it got only records since. */
async function beforeRecords({ promotions, mirror, repository, target }: ChainPlace, { name }: Application, { at, before }: { readonly at: Recorded; readonly before: CommitSha }): Promise<Recorded | { readonly had: Ledger | undefined }> {
  const wanted = await readLedger(mirror, before, target.name, name);
  let here = at;
  for (let steps = 0; here.blob !== wanted.blob; steps += 1) {
    const step = here.ledger && (await stepOf(mirror, await promotions.get(repository, here.ledger.promotion)));
    if (step?.promotion.candidate.kind !== 'record-only' || steps >= MAX_STEPS) return { had: here.ledger };
    here = await readLedger(mirror, step.before, target.name, name);
  }
  return here;
}

/** What the target had of applications that are gone, before the first of the promotions that they were in. */
async function formerOf({ mirror, pipeline, target }: ChainPlace, undone: readonly Undone[]): Promise<Chain['former']> {
  const known = new Set(pipeline.applications.map(({ name }) => name));
  const first = new Map<ApplicationName, CommitSha>();
  for (const { promotion, before } of undone) for (const name of membersOf(promotion)) if (!known.has(name)) first.set(name, before);
  const former = [...first].map(async ([name, before]) => ({ application: { name, paths: [], uses: [] }, blob: (await readLedger(mirror, before, target.name, name)).blob }));
  return Promise.all(former);
}
