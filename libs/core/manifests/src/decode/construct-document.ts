import { EVENT_ID, SCALAR_STYLE, getScalarValue, type Event } from 'js-yaml';
import type { Value } from '../model.js';
import type { DecodeLimits } from './decode-limits.js';
import type { ConstructedNode, Refuse } from './constructed-node.js';
import { readPairs, type MapReader } from './construct-map.js';
import { resolvePlain } from './resolve-scalar.js';

type ScalarEvent = Extract<Event, { type: typeof EVENT_ID.SCALAR }>;
type CollectionEvent = Extract<Event, { type: typeof EVENT_ID.SEQUENCE | typeof EVENT_ID.MAPPING }>;

const CORE_TAGS: Readonly<Record<string, string>> = { '!!map': 'map', '!!seq': 'seq', '!!str': 'str', '!!int': 'int', '!!float': 'float', '!!bool': 'bool', '!!null': 'null' };
const OPEN = Symbol('an anchor whose node is not complete');

/** Builds the value of one document from the events of js-yaml's parser, with kubectl's meaning. */
export class DocumentConstructor implements MapReader {
  private readonly anchors = new Map<string, ConstructedNode | typeof OPEN>();
  private index = 0;

  constructor(
    private readonly source: string,
    private readonly events: readonly Event[],
    private readonly limits: DecodeLimits,
    readonly refuse: Refuse,
  ) {}

  /** The value of the node that the events begin with. */
  construct(): Value {
    return this.readNode().value;
  }

  /** The next event, still to be read; `undefined` at the end of the collection. */
  peek(): Event | undefined {
    const event = this.events[this.index];
    return event === undefined || event.type === EVENT_ID.POP ? undefined : event;
  }

  readNode(): ConstructedNode {
    const event = this.events[this.index++];
    switch (event?.type) {
      case EVENT_ID.SCALAR:
        return this.anchored(event, () => this.readScalar(event));
      case EVENT_ID.SEQUENCE:
        return this.anchored(event, () => this.readSequence(event));
      case EVENT_ID.MAPPING:
        return this.anchored(event, () => this.readMapping(event));
      case EVENT_ID.ALIAS:
        return this.resolveAlias(this.source.slice(event.anchorStart, event.anchorEnd), event.anchorStart);
      default:
        return this.refuse(0, 'the document is incomplete', 'syntax');
    }
  }

  /** Counts expanded nodes; the sum is bounded at every node, so nothing can grow in between. */
  grow(size: number, by: number, offset: number): number {
    const sum = size + by;
    if (sum > this.limits.maxNodes) this.refuse(offset, `more than ${this.limits.maxNodes} nodes with every alias expanded: use fewer aliases`, 'limit');
    return sum;
  }

  isMergeKey(event: Event): boolean {
    return event.type === EVENT_ID.SCALAR && event.style === SCALAR_STYLE.PLAIN && event.tagStart < 0 && getScalarValue(this.source, event) === '<<';
  }

  private anchored(event: ScalarEvent | CollectionEvent, read: () => ConstructedNode): ConstructedNode {
    if (event.anchorStart < 0) return read();
    const name = this.source.slice(event.anchorStart, event.anchorEnd);
    this.anchors.set(name, OPEN);
    const node = read();
    this.anchors.set(name, node);
    return node;
  }

  private resolveAlias(name: string, offset: number): ConstructedNode {
    const node = this.anchors.get(name);
    if (node === undefined) return this.refuse(offset, `there is no anchor "${name}" before this alias`, 'syntax');
    if (node === OPEN) return this.refuse(offset, `anchor "${name}" contains itself`, 'unsupported');
    return node;
  }

  private readSequence(event: CollectionEvent): ConstructedNode {
    this.checkTag(event, 'seq');
    const items: Value[] = [];
    let size = 1;
    while (this.peek() !== undefined) {
      const item = this.readNode();
      size = this.grow(size, item.size, event.start);
      items.push(item.value);
    }
    this.index++;
    return { value: items, size };
  }

  private readMapping(event: CollectionEvent): ConstructedNode {
    this.checkTag(event, 'map');
    const node = readPairs(this, event.start);
    this.index++;
    return node;
  }

  // long texts count for more, or a few aliases of one would still expand to gigabytes
  private readScalar(event: ScalarEvent): ConstructedNode {
    const value = this.scalarOf(event);
    return { value, size: typeof value === 'string' ? 1 + Math.floor(value.length / 256) : 1 };
  }

  private scalarOf(event: ScalarEvent): Value {
    const source = getScalarValue(this.source, event);
    if (event.tagStart < 0) return this.finite(event.style === SCALAR_STYLE.PLAIN ? resolvePlain(source) : source, event);
    const tag = this.tagOf(event);
    if (tag === 'str') return source;
    const value = this.finite(resolvePlain(source), event);
    if (!hasType(value, tag)) this.refuse(event.tagStart, `the value is no !!${tag}`, 'syntax');
    return value;
  }

  // JSON has no such numbers; kubectl refuses them too
  private finite(value: Value, event: ScalarEvent): Value {
    if (typeof value === 'number' && !Number.isFinite(value)) this.refuse(event.valueStart, 'infinities and NaN have no JSON form: quote the value', 'unsupported');
    return value;
  }

  private tagOf(event: ScalarEvent | CollectionEvent): string {
    const text = this.source.slice(event.tagStart, event.tagEnd);
    return CORE_TAGS[text] ?? this.refuse(event.tagStart, `tag ${text.slice(0, 60)} is not supported: remove it`, 'unsupported');
  }

  private checkTag(event: CollectionEvent, wanted: 'map' | 'seq'): void {
    if (event.tagStart >= 0 && this.tagOf(event) !== wanted) this.refuse(event.tagStart, `the value is no !!${this.tagOf(event)}`, 'syntax');
  }
}

function hasType(value: Value, tag: string): boolean {
  switch (tag) {
    case 'int':
      return typeof value === 'bigint' || (typeof value === 'number' && Number.isInteger(value));
    case 'float':
      return typeof value === 'number';
    case 'bool':
      return typeof value === 'boolean';
    default:
      return tag === 'null' && value === null;
  }
}
