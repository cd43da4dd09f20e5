import { EVENT_ID, SCALAR_STYLE, type Event } from 'js-yaml';
import type { Value, ValueMap } from '../model.js';
import type { ConstructedNode, Refuse } from './constructed-node.js';
import { keyText } from './resolve-scalar.js';

/** What reading a map needs from the constructor of its document. */
export interface MapReader {
  readonly refuse: Refuse;
  peek(): Event | undefined;
  readNode(): ConstructedNode;
  grow(size: number, by: number, offset: number): number;
  isMapBehindKey(event: Event): boolean;
  isMergeKey(event: Event): boolean;
}

interface OpenMap {
  readonly map: Map<string, Value>;
  readonly explicit: Set<string>;
  merged: boolean;
  size: number;
}

/** Reads pairs up to the end of the map. Two keys of one text (`1` and `"1"`) and two merge keys are refused: readers disagree on which one counts. */
export function readPairs(reader: MapReader, offset: number): ConstructedNode {
  const open: OpenMap = { map: new Map(), explicit: new Set(), merged: false, size: 1 };
  for (let event = reader.peek(); event !== undefined; event = reader.peek()) {
    if (reader.isMergeKey(event)) readMerge(reader, open, offsetOf(event, offset));
    else readPair(reader, open, offsetOf(event, offset));
  }
  return { value: open.map, size: open.size };
}

function readPair(reader: MapReader, open: OpenMap, offset: number): void {
  const key = keyText(reader.readNode().value);
  if (key === undefined) return reader.refuse(offset, 'a key must be a text, a boolean or a plain number: quote it', 'unsupported');
  if (open.explicit.has(key)) reader.refuse(offset, `key ${JSON.stringify(key.slice(0, 100))} is there twice in one map: remove one`, 'unsupported');
  const node = readValue(reader, offset);
  open.size = reader.grow(open.size, node.size, offset);
  open.explicit.add(key);
  open.map.set(key, node.value);
}

function readValue(reader: MapReader, offset: number): ConstructedNode {
  const event = reader.peek();
  if (event && reader.isMapBehindKey(event)) reader.refuse(offsetOf(event, offset), 'a map must begin on a line of its own', 'syntax');
  return reader.readNode();
}

function readMerge(reader: MapReader, open: OpenMap, offset: number): void {
  reader.readNode();
  if (open.merged) reader.refuse(offset, 'a second "<<" in one map: write one with a list', 'unsupported');
  open.merged = true;
  const alias = reader.peek()?.type === EVENT_ID.ALIAS;
  const node = readValue(reader, offset);
  open.size = reader.grow(open.size, node.size, offset);
  if (alias && !(node.value instanceof Map)) reader.refuse(offset, '"<<" takes an alias of a map: write a list of aliases in brackets', 'unsupported');
  const sources = Array.isArray(node.value) ? (node.value as readonly Value[]) : [node.value];
  const inherited = new Map<string, Value>();
  for (const source of sources) {
    if (!(source instanceof Map)) return reader.refuse(offset, '"<<" takes a map or a list of maps', 'syntax');
    for (const [key, value] of source as ValueMap) if (!inherited.has(key)) inherited.set(key, value);
  }
  inherit(reader, open, inherited, offset);
}

// kubectl lets a merge key override keys above it, the YAML specification does not
function inherit(reader: MapReader, open: OpenMap, inherited: ValueMap, offset: number): void {
  for (const [key, value] of inherited) {
    if (open.explicit.has(key)) reader.refuse(offset, `"<<" sets ${JSON.stringify(key.slice(0, 100))}, which is set above it: move "<<" to the top of its map`, 'unsupported');
    open.map.set(key, value);
  }
}

function offsetOf(event: Event, fallback: number): number {
  if ('valueStart' in event) return event.valueStart - (event.style === SCALAR_STYLE.SINGLE_QUOTED || event.style === SCALAR_STYLE.DOUBLE_QUOTED ? 1 : 0);
  if ('start' in event) return event.start;
  return fallback;
}
