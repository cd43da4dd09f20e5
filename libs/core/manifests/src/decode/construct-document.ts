import { COLLECTION_STYLE, EVENT_ID, SCALAR_STYLE, getScalarValue, type Event } from 'js-yaml';
import type { Value } from '../model.js';
import type { DecodeLimits } from './decode-limits.js';
import type { ConstructedNode, Refuse } from './constructed-node.js';
import { readPairs, type MapReader } from './construct-map.js';
import { isInt64, isInteger, resolvePlain } from './resolve-scalar.js';

type ScalarEvent = Extract<Event, { type: typeof EVENT_ID.SCALAR }>;
type CollectionEvent = Extract<Event, { type: typeof EVENT_ID.SEQUENCE | typeof EVENT_ID.MAPPING }>;

const CORE_TAGS: Readonly<Record<string, string>> = { '!!map': 'map', '!!seq': 'seq', '!!str': 'str', '!!int': 'int', '!!float': 'float', '!!bool': 'bool', '!!null': 'null' };
/** What every reader takes for a name: kubectl knows no others. */
const ANCHOR = /^[\w-]+$/;
const SURROGATE = /\p{Surrogate}/u;
/** A line break that is escaped in double quotes, and a blank line below it. */
const ESCAPED_BREAK_AND_BLANK = /(?<!\\)(?:\\\\)*\\\r?\n[ \t]*\r?\n/;
/** What may stand before a block map on its first line, if it is the value of a key: nothing, or the colon of a key that `?` begins. */
const BEFORE_MAP = /^\ufeff?[ \t]*(?::[ \t]+)?$/;
const OPEN = Symbol('an anchor whose node is not complete');

/** Builds the value of one document from the events of js-yaml's parser, with kubectl's meaning. */
export class DocumentConstructor implements MapReader {
  private readonly anchors = new Map<string, ConstructedNode | typeof OPEN>();
  private index = 0;
  private brackets = 0;

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

  /** `key: &a inner: 1`: js-yaml takes it for a map inside of another on one line, which no YAML allows. */
  isMapBehindKey(event: Event): boolean {
    if (event.type !== EVENT_ID.MAPPING || event.style !== COLLECTION_STYLE.BLOCK) return false;
    const line = this.source.lastIndexOf('\n', event.start - 1) + 1;
    return !BEFORE_MAP.test(this.source.slice(line, event.start));
  }

  isMergeKey(event: Event): boolean {
    return event.type === EVENT_ID.SCALAR && event.style === SCALAR_STYLE.PLAIN && event.tagStart < 0 && getScalarValue(this.source, event) === '<<';
  }

  private anchored(event: ScalarEvent | CollectionEvent, read: () => ConstructedNode): ConstructedNode {
    if (event.anchorStart < 0) return read();
    const name = this.source.slice(event.anchorStart, event.anchorEnd);
    if (!ANCHOR.test(name)) this.refuse(event.anchorStart, 'an anchor is understood by every reader only if it has letters, digits, "_" and "-": rename it', 'unsupported');
    this.anchors.set(name, OPEN);
    const node = read();
    // an anchor of the same name inside of the node comes later in the text, and counts
    if (this.anchors.get(name) === OPEN) this.anchors.set(name, node);
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
    return this.within(event, () => this.readItems(event.start));
  }

  private readItems(offset: number): ConstructedNode {
    const items: Value[] = [];
    let size = 1;
    while (this.peek() !== undefined) {
      const item = this.readNode();
      size = this.grow(size, item.size, offset);
      items.push(item.value);
    }
    return { value: items, size };
  }

  private readMapping(event: CollectionEvent): ConstructedNode {
    this.checkTag(event, 'map');
    return this.within(event, () => readPairs(this, event.start));
  }

  private within(event: CollectionEvent, read: () => ConstructedNode): ConstructedNode {
    const bracket = event.style === COLLECTION_STYLE.FLOW ? 1 : 0;
    this.brackets += bracket;
    const node = read();
    this.brackets -= bracket;
    this.index++;
    return node;
  }

  // long texts count for more, or a few aliases of one would still expand to gigabytes
  private readScalar(event: ScalarEvent): ConstructedNode {
    const value = this.scalarOf(event);
    return { value, size: typeof value === 'string' ? 1 + Math.floor(value.length / 256) : 1 };
  }

  private scalarOf(event: ScalarEvent): Value {
    const source = this.textOf(event);
    if (event.tagStart < 0) return this.finite(event.style === SCALAR_STYLE.PLAIN ? resolvePlain(source) : source, event);
    const tag = this.tagOf(event);
    if (tag === 'str') return source;
    const value = this.finite(resolvePlain(source), event);
    if (!hasType(value, tag) || (tag === 'int' && !isInteger(source))) this.refuse(event.tagStart, `the value is no !!${tag}`, 'syntax');
    return tag === 'float' ? Number(value) : value;
  }

  private textOf(event: ScalarEvent): string {
    const escaped = event.style === SCALAR_STYLE.DOUBLE_QUOTED && ESCAPED_BREAK_AND_BLANK.test(this.source.slice(event.valueStart, event.valueEnd));
    if (escaped) this.refuse(event.valueStart, 'a blank line below an escaped line break is understood differently: write "\\n"', 'unsupported');
    const text = getScalarValue(this.source, event);
    if (this.brackets > 0 && event.style === SCALAR_STYLE.PLAIN) this.refuseInBrackets(text, event);
    if (SURROGATE.test(text)) this.refuse(event.valueStart, 'half of a surrogate pair is no character: write the whole character', 'unsupported');
    return text;
  }

  // kubectl ends a text in brackets elsewhere than YAML 1.2 does
  private refuseInBrackets(text: string, event: ScalarEvent): void {
    if (/^:|\?/.test(text)) this.refuse(event.valueStart, 'a text in brackets with "?" in it or ":" before it is understood differently: quote it', 'unsupported');
    if (/^:[,[\]{}]/.test(this.source.slice(event.valueEnd, event.valueEnd + 2))) this.refuse(event.valueEnd, 'put a blank behind this ":"', 'unsupported');
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
      return typeof value === 'number' || typeof value === 'bigint';
    case 'float':
      return typeof value === 'number' || (typeof value === 'bigint' && isInt64(value));
    case 'bool':
      return typeof value === 'boolean';
    default:
      return tag === 'null' && value === null;
  }
}
