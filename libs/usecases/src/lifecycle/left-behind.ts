import { present } from '@sluice/kernel';
import type { ApplicationName, PromotionId } from '@sluice/kernel';
import type { ComposeNote } from '@sluice/manifests';
import { compileSelection } from '@sluice/pipeline';
import type { Application, Pipeline } from '@sluice/pipeline';
import { hashOf, membersOf } from '@sluice/promotion';
import type { Mirror, PathChange, UntrustedReader } from '../ports/index.js';
import { lookInto } from './moved-objects.js';
import { readLedger } from './read-ledger.js';
import type { ChainPlace, LeftBehind, Passed, Undone } from './rollback-place.js';
import { promotedSelection } from './selections.js';
import { exchangedBetween } from './unions.js';

/** Files that are named one by one. */
const MAX_NAMED = 20;

/** Whose the files are that some promotions have brought, in today's pipeline: an application or a path may have gone to another application since, or to none. */
export async function passedOn(place: ChainPlace, undone: readonly Undone[]): Promise<Passed> {
  const left: LeftBehind[] = [];
  const heirs = new Map<ApplicationName, Set<PromotionId>>();
  const ownerOf = ownersIn(place.pipeline);
  for (const step of undone) {
    const { id } = step.promotion;
    const goingBack = [place.application.name, ...membersOf(step.promotion)];
    for (const { application, change } of await broughtBy(place, step)) {
      const now = ownerOf(change.path);
      if (now !== undefined && goingBack.includes(now)) continue;
      if (now !== undefined && (await isRecorded(place, now))) heirs.set(now, (heirs.get(now) ?? new Set()).add(id));
      else left.push({ change, promotion: id, application, ...present({ now }) });
    }
  }
  return { left: await stillThere(place, left), heirs };
}

function ownersIn({ applications }: Pipeline): (path: string) => ApplicationName | undefined {
  const compiled = applications.map(({ name, paths }) => ({ name, selection: compileSelection({ include: paths, exclude: [] }) }));
  return (path) => compiled.find(({ selection }) => selection.matches(path))?.name;
}

async function isRecorded({ mirror, onto, target }: ChainPlace, application: ApplicationName): Promise<boolean> {
  return (await readLedger(mirror, onto, target.name, application)).ledger !== undefined;
}

interface Brought {
  readonly application: ApplicationName;
  readonly change: PathChange;
}

/** What a promotion changed of each application, by the paths that they had then. */
async function broughtBy({ mirror, pipeline, target }: ChainPlace, { promotion, merge, before }: Undone): Promise<readonly Brought[]> {
  const found: Brought[] = [];
  for (const application of membersOf(promotion)) {
    const { ledger } = await readLedger(mirror, merge, target.name, application);
    if (!ledger) continue;
    const then: Application = { name: application, paths: ledger.paths, uses: [] };
    for (const change of await mirror.changedPaths(before, merge, promotedSelection(pipeline, then, target))) found.push({ application, change });
  }
  return found;
}

/** What somebody has put back already, as it was before the first of the promotions, is not left. */
async function stillThere({ mirror, onto }: ChainPlace, left: readonly LeftBehind[]): Promise<readonly LeftBehind[]> {
  const first = new Map(left.map(({ change }) => [change.path, change.before]));
  const now = await mirror.entries(onto, [...first.keys()]);
  return left.filter(({ change: { path } }) => now.get(path)?.sha !== first.get(path)?.sha || now.get(path)?.mode !== first.get(path)?.mode);
}

/** Where it is now, so that it reads after the application's name. */
function whereabouts({ now }: Pick<LeftBehind, 'now'>): string {
  return now === undefined ? 'is not in the pipeline any more' : `is ${now} now, of which there is no record yet`;
}

/** What whoever approves a rollback, and whoever reads its record, has to know of what it leaves. */
export function leftNotes(left: readonly LeftBehind[]): readonly ComposeNote[] {
  const byPath = new Map([...left].reverse().map((one) => [one.change.path, one]));
  const notes = [...byPath.values()].map((one) => ({ path: one.change.path, field: 'all of it', value: '', message: `${one.promotion} brought it as part of ${one.application}, which ${whereabouts(one)}: it is not undone` }));
  const [next] = notes.slice(MAX_NAMED);
  return next ? [...notes.slice(0, MAX_NAMED), { ...next, message: `${next.message}; nor are ${notes.length - MAX_NAMED - 1} more` }] : notes;
}

/** Whose the left files are today: with another answer the rollback is another one. Empty where nothing is left. */
export function leftKey(pipeline: Pipeline, notes: readonly ComposeNote[]): readonly string[] {
  const ownerOf = ownersIn(pipeline);
  return notes.length === 0 ? [] : [hashOf(notes.map(({ path }) => [path, ownerOf(path) ?? null]))];
}

interface Halves {
  readonly undone: readonly Undone[];
  readonly left: readonly LeftBehind[];
  /** All that goes back. */
  readonly whole: Application;
}

/**
 * An object that went to what is left, or came from there, would be in the target twice or not at all once the other half of its move is undone.
 * @returns in words what it would come to; undefined: nothing of the kind.
 */
export async function tornByLeft(reader: UntrustedReader, { mirror, onto, pipeline, target }: ChainPlace, { undone, left, whole }: Halves): Promise<string | undefined> {
  if (left.length === 0) return undefined;
  const there = (await lookInto(reader, mirror, await presentOf(mirror, onto, left))).added;
  for (const { promotion, merge, before } of undone) {
    const here = left.filter((one) => one.promotion === promotion.id);
    const [half] = here;
    if (!half) continue;
    const own = await lookInto(reader, mirror, await mirror.changedPaths(before, merge, promotedSelection(pipeline, whole, target)));
    const other = await lookInto(reader, mirror, here.map(({ change }) => change));
    for (const [key, words] of exchangedBetween({ name: whole.name, ...own }, { name: half.application, ...other })) {
      const wouldCome = own.removed.has(key);
      if (there.has(key) === wouldCome) return `${words} in ${promotion.id}, and ${half.application} ${whereabouts(half)}: going back would leave it ${wouldCome ? 'there twice' : 'nowhere'}`;
    }
  }
  return undefined;
}

async function presentOf(mirror: Mirror, onto: ChainPlace['onto'], left: readonly LeftBehind[]): Promise<readonly PathChange[]> {
  const entries = await mirror.entries(onto, left.map(({ change }) => change.path));
  return [...entries.values()].map(({ path, mode, sha }) => ({ path, after: { mode, sha } }));
}
