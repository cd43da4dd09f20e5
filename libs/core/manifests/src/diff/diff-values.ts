import type { FieldChange, Value } from '../model.js';
import { alignItems } from '../merge/align-items.js';
import { interleave } from '../merge/merge-order.js';
import { itemLabels, type ListPlace } from '../value/map-keys.js';
import { formatPath, type Path } from '../value/path.js';
import { isSecret, printValue } from '../value/redact.js';
import { isList, isMap, valuesEqual } from '../value/values-equal.js';

type Maybe = Value | undefined;

/** Collects field changes up to a bound. */
export class FieldChanges {
  readonly fields: FieldChange[] = [];
  truncated = false;
  /** How deep the Secret stands that is being compared, if one is. */
  private secretAt: number | undefined;

  constructor(
    private readonly document: ListPlace,
    private readonly limit: number,
  ) {}

  /** Walks two versions of a node; lists are matched by their map keys. */
  compare(path: Path, before: Maybe, after: Maybe): void {
    if (this.truncated || valuesEqual(before, after)) return;
    const [old, now] = [before ?? after, after ?? before];
    if (isMap(old) && isMap(now)) return this.compareMaps(path, before, after);
    if (holdsMaps(old) && holdsMaps(now)) return this.compareLists(path, listOf(before), listOf(after));
    this.add(path, before, after);
  }

  private compareMaps(path: Path, before: Maybe, after: Maybe): void {
    if (path.length > 0 && this.secretAt === undefined && (isSecret(before) || isSecret(after))) return this.inSecret(path, before, after);
    const [old, now] = [before, after].map((value) => (isMap(value) ? value : new Map<string, Value>()));
    if (old === undefined || now === undefined) return;
    if (old.size + now.size === 0) return this.add(path, before, after);
    for (const key of interleave([...now.keys()], [...old.keys()])) this.compare([...path, key], old.get(key), now.get(key));
  }

  /** A Secret that stands in another object. */
  private inSecret(path: Path, before: Maybe, after: Maybe): void {
    this.secretAt = path.length;
    this.compareMaps(path, before, after);
    this.secretAt = undefined;
  }

  private compareLists(path: Path, before: readonly Value[], after: readonly Value[]): void {
    const labels = [before, after].map((list) => itemLabels(this.document, path, list));
    const [old, now] = labels;
    if (old === undefined || now === undefined) return this.compareByIndex(path, before, after);
    for (const label of interleave(now, old)) this.compare([...path, { item: label }], before[old.indexOf(label)], after[now.indexOf(label)]);
    const kept = old.filter((label) => now.includes(label));
    const order = now.filter((label) => old.includes(label));
    if (kept.join('\n') !== order.join('\n')) this.add(path, kept, order);
  }

  private compareByIndex(path: Path, before: readonly Value[], after: readonly Value[]): void {
    const partners = alignItems(before.length, after.length, (a, b) => valuesEqual(before[a], after[b]));
    for (const [index, partner] of partners.entries()) this.compare([...path, { item: String(index) }], partner === undefined ? undefined : before[partner], after[index]);
    for (const [index, item] of before.entries()) if (!partners.includes(index)) this.compare([...path, { item: String(index) }], item, undefined);
  }

  private add(path: Path, before: Maybe, after: Maybe): void {
    if (this.fields.length >= this.limit) {
      this.truncated = true;
      return;
    }
    const print = (value: Value): string => (this.secretAt === undefined ? printValue(this.document.kind, path, value) : printValue('Secret', path.slice(this.secretAt), value));
    this.fields.push({ field: formatPath(path), ...(before !== undefined && { before: print(before) }), ...(after !== undefined && { after: print(after) }) });
  }
}

function listOf(value: Maybe): readonly Value[] {
  return isList(value) ? value : [];
}

// lists of texts and numbers are easier to read as one value
function holdsMaps(value: Maybe): value is readonly Value[] {
  return isList(value) && (value.length === 0 || value.some(isMap));
}
