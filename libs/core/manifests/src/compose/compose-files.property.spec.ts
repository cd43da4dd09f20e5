import fc from 'fast-check';
import type { ValueMap } from '../model.js';
import { decodeDocuments } from '../decode/decode-documents.js';
import { promoted, type Tree } from './compose-files.fixture.js';
import { RUNS } from './property-runs.fixture.js';

/** An object: its file and its one value. */
interface Spot {
  readonly path: string;
  readonly level: string;
}
type World = Readonly<Record<string, Spot | undefined>>;

const NAMES = ['web', 'cart', 'mail', 'log'];
const spot = fc.option(fc.record({ path: fc.constantFrom('a.yaml', 'b.yaml', 'dir/c.yaml'), level: fc.constantFrom('info', 'debug', 'error') }), { nil: undefined, freq: 5 });
const world: fc.Arbitrary<World> = fc.record(Object.fromEntries(NAMES.map((name) => [name, spot])));
/** The base with some of the other world's spots. */
const edited = fc.tuple(world, fc.subarray(NAMES));

function changed(base: World, [other, names]: readonly [World, readonly string[]]): World {
  return { ...base, ...Object.fromEntries(names.map((name) => [name, other[name]])) };
}

function treeOf(objects: World, comment: string): Tree {
  const files = new Map<string, string[]>();
  for (const [name, at] of Object.entries(objects)) {
    if (at === undefined) continue;
    const text = `${comment}apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: ${name}\ndata:\n  level: ${at.level}\n`;
    files.set(at.path, [...(files.get(at.path) ?? []), text]);
  }
  return Object.fromEntries([...files].map(([path, texts]) => [path, texts.join('---\n')]));
}

/** Where each object is, and its value; the texts of an object that is there twice are put behind each other. */
function worldOf(tree: Tree): Record<string, Spot> {
  const result: Record<string, Spot> = {};
  for (const [path, text] of Object.entries(tree)) {
    for (const document of decodeDocuments(text) as ValueMap[]) {
      const name = String((document.get('metadata') as ValueMap).get('name'));
      const level = String((document.get('data') as ValueMap).get('level'));
      result[name] = result[name] ? { path: `${result[name].path} ${path}`, level: `${result[name].level} ${level}` } : { path, level };
    }
  }
  return result;
}

const CONFLICT = 'conflict';

function mergeOne<Item>(base: Item | undefined, source: Item | undefined, target: Item | undefined): Item | undefined | typeof CONFLICT {
  if (source === base || source === target) return target;
  return target === base ? source : CONFLICT;
}

function same(a: Spot | undefined, b: Spot | undefined): boolean {
  return a?.path === b?.path && a?.level === b?.level;
}

/** The rule for one object: it is there or not, its file and its value, each told by who changed it. */
function mergeSpot(base: Spot | undefined, source: Spot | undefined, target: Spot | undefined): Spot | undefined | typeof CONFLICT {
  if (same(source, base) || same(source, target)) return target;
  if (source !== undefined && target !== undefined) return mergeSpots(base, source, target);
  const left = source ?? target;
  if (base === undefined) return left;
  return left === undefined || left.level === base.level ? undefined : CONFLICT;
}

function mergeSpots(base: Spot | undefined, source: Spot, target: Spot): Spot | typeof CONFLICT {
  const [path, level] = [mergeOne(base?.path, source.path, target.path), mergeOne(base?.level, source.level, target.level)];
  return path === CONFLICT || level === CONFLICT || path === undefined || level === undefined ? CONFLICT : { path, level };
}

/** What the promotion cannot know of: the target has the object in a file that the release did not touch. */
function isOutOfSight(base: Tree, source: Tree, target: World): boolean {
  return Object.values(target).some((at) => at !== undefined && base[at.path] === source[at.path]);
}

test('every object ends up in one file, with one value: what release and environment did to either is kept, or it is a conflict', () => {
  fc.assert(
    fc.property(world, edited, edited, fc.constantFrom('', '# ours\n'), (base, theirs, ours, comment) => {
      const [source, target] = [changed(base, theirs), changed(base, ours)];
      const trees = { base: treeOf(base, ''), source: treeOf(source, ''), target: treeOf(target, comment) };
      fc.pre(!isOutOfSight(trees.base, trees.source, target));
      const wanted = NAMES.map((name) => [name, mergeSpot(base[name], source[name], target[name])] as const);
      const result = promoted(trees);
      if (wanted.some(([, at]) => at === CONFLICT)) return expect(Array.isArray(result)).toBe(true);
      expect(worldOf(result as Tree)).toEqual(Object.fromEntries(wanted.filter(([, at]) => at !== undefined)));
      return expect(promoted({ ...trees, target: result as Tree })).toEqual(result);
    }),
    RUNS,
  );
});
