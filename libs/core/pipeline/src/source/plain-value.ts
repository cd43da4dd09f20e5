import { isAlias, isMap, isScalar, isSeq, type Node, type Pair, type YAMLMap } from 'yaml';
import type { DocumentPath, Locations } from './location.js';

/** More would only come from aliases that multiply their anchors. */
const MAX_VALUES = 50_000;
const MAX_DEPTH = 32;

/** Something in the document that has no plain value. */
export class NoPlainValue extends Error {
  constructor(
    message: string,
    readonly path: DocumentPath,
    readonly offset: number,
  ) {
    super(message);
  }
}

/**
 * The composed document as plain objects (without prototype), lists and scalars; every entry's place goes into `locations`.
 * @throws NoPlainValue for an alias without anchor, a key that is no text, and when aliases expand beyond any sensible size.
 */
export function toPlainValue(root: Node | null, locations: Locations): unknown {
  return new Conversion(locations).convert(root, []);
}

class Conversion {
  private readonly anchors = new Map<string, Node>();
  private count = 0;
  /** Offset of the alias that is being expanded: what is wrong in its expansion is shown there. */
  private alias: number | undefined;

  constructor(private readonly locations: Locations) {}

  convert(node: Node | null, path: DocumentPath, key?: number): unknown {
    const offset = node?.range?.[0] ?? key ?? 0;
    this.locations.set(path, { value: offset, collection: isMap(node) || isSeq(node), ...(key === undefined ? {} : { key }) });
    this.checkSize(path, this.alias ?? offset);
    if (!isAlias(node) || this.alias !== undefined) return this.valueOf(this.resolve(node, path), path);
    this.alias = offset;
    const value = this.valueOf(this.resolve(node, path), path);
    this.alias = undefined;
    return value;
  }

  private checkSize(path: DocumentPath, offset: number): void {
    if (++this.count > MAX_VALUES) throw new NoPlainValue(`expands to more than ${MAX_VALUES} values; use fewer aliases`, path, offset);
    if (path.length > MAX_DEPTH) throw new NoPlainValue(`is nested deeper than ${MAX_DEPTH} levels`, path, offset);
  }

  private resolve(node: Node | null, path: DocumentPath): Node | null {
    if (!isAlias(node)) {
      if (node && 'anchor' in node && typeof node.anchor === 'string') this.anchors.set(node.anchor, node);
      return node;
    }
    const target = this.anchors.get(node.source);
    if (!target) throw new NoPlainValue(`there is no anchor "&${node.source}" before this alias`, path, node.range?.[0] ?? 0);
    return target;
  }

  private valueOf(node: Node | null, path: DocumentPath): unknown {
    if (isMap(node)) return this.objectOf(node, path);
    if (isSeq(node)) return node.items.map((item, index) => this.convert(item as Node | null, [...path, index]));
    return isScalar(node) ? node.value : null;
  }

  private objectOf(map: YAMLMap, path: DocumentPath): unknown {
    const entries = Object.create(null) as Record<string, unknown>;
    for (const pair of map.items as Pair<Node, Node | null>[]) {
      const offset = pair.key.range?.[0] ?? 0;
      if (!isScalar(pair.key)) throw new NoPlainValue('a key must be a text', path, offset);
      const key = String(pair.key.value);
      entries[key] = this.convert(pair.value, [...path, key], offset);
    }
    return entries;
  }
}
