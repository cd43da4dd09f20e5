import { CST, Parser } from 'yaml';
import { keyText, resolvePlain } from '../decode/resolve-scalar.js';
import type { CollectionLayout, DocumentLayout, EntryLayout, NodeLayout, ScalarLayout } from './layout.js';
import { lineIndent, columnOf } from './text-lines.js';
import { UnsupportedEdit } from './unsupported-edit.js';

type Props = Pick<NodeLayout, 'anchor' | 'tagged'>;

/**
 * Reads where the nodes of a document are. The text must be the part of one document that decodes.
 * @throws UnsupportedEdit when the tokens do not make one document.
 */
export function readLayout(text: string): DocumentLayout {
  const documents = [...new Parser().parse(text)].filter((token) => token.type === 'document');
  const [document] = documents;
  if (document?.type !== 'document' || documents.length > 1) throw new UnsupportedEdit('the document cannot be edited', 0);
  const reader = new LayoutReader(text);
  const root = reader.node(document.value, document.start, document.offset);
  return { text, root, hasAliases: reader.hasAliases };
}

class LayoutReader {
  hasAliases = false;

  constructor(private readonly text: string) {}

  /** `before`: the tokens between the indicator and the node, where its anchor and tag are. `at`: where an empty node would be. */
  node(token: CST.Token | null | undefined, before: readonly CST.SourceToken[], at: number): NodeLayout {
    const props = propsOf(before);
    if (token == null) return scalar('empty', endOfProps(before, at), endOfProps(before, at), props);
    switch (token.type) {
      case 'scalar':
      case 'single-quoted-scalar':
      case 'double-quoted-scalar':
        return scalar(STYLES[token.type], token.offset, token.offset + token.source.length, props);
      case 'alias':
        this.hasAliases = true;
        return { type: 'alias', name: token.source.slice(1), start: token.offset, end: token.offset + token.source.length, portable: false, anchored: false, ...props };
      case 'block-scalar':
        return scalar('block', token.offset, blockEnd(token), props);
      case 'block-map':
      case 'block-seq':
        return this.block(token, props);
      case 'flow-collection':
        return this.flow(token, props);
      default:
        throw new UnsupportedEdit('the text cannot be edited here', token.offset);
    }
  }

  private block(token: CST.BlockMap | CST.BlockSequence, props: Props): CollectionLayout {
    const type = token.type === 'block-map' ? 'map' : 'seq';
    const entries = (token.items as readonly CST.CollectionItem[]).filter((item) => hasContent(item)).map((item) => (type === 'map' ? this.pair(item) : this.item(item, token.offset)));
    const [first] = entries;
    const last = entries.at(-1);
    if (first === undefined || last === undefined) throw new UnsupportedEdit('the text cannot be edited here', token.offset);
    const opaque = (token.items as readonly CST.CollectionItem[]).some((item) => isExplicit(item) || (type === 'map' && hasContent(item) && !item.key));
    return { type, flow: false, column: columnOf(this.text, first.start), entries, commented: false, opaque, start: first.start, end: last.value.end, ...this.traits(entries, props, opaque) };
  }

  private flow(token: CST.FlowCollection, props: Props): CollectionLayout {
    const type = token.start.type === 'flow-map-start' ? 'map' : 'seq';
    const items = token.items.filter((item) => item.key != null || item.value !== undefined || hasIndicator(item));
    const entries = items.map((item) => (type === 'map' ? this.pair(item) : this.item(item, token.offset)));
    const opaque = items.some((item) => isExplicit(item) || (type === 'map' ? !item.key : item.key != null || hasIndicator(item)));
    const commented = /(^|\s)#/m.test(this.text.slice(token.offset, flowEnd(token))) && hasComment(token);
    return { type, flow: true, column: lineIndent(this.text, token.offset), entries, commented, opaque, start: token.offset, end: flowEnd(token), ...this.traits(entries, props, opaque) };
  }

  private pair(item: CST.CollectionItem): EntryLayout {
    const sep = item.sep ?? [];
    const keyStart = item.key?.offset ?? offsetAfter(item.start);
    const start = item.start.find((token) => token.type === 'anchor' || token.type === 'tag')?.offset ?? keyStart;
    const colon = sep.find((token) => token.type === 'map-value-ind');
    const slot = colon === undefined ? keyStart + sourceLength(item.key) : colon.offset + 1;
    return { ...keyOf(item.key), start, slot, value: this.node(item.value, afterIndicator(sep), slot) };
  }

  private item(item: CST.CollectionItem, at: number): EntryLayout {
    const dash = item.start.find((token) => token.type === 'seq-item-ind');
    const start = dash?.offset ?? item.value?.offset ?? at;
    const slot = dash === undefined ? start : dash.offset + 1;
    return { merge: false, start, slot, value: this.node(item.value, afterIndicator(item.start), slot) };
  }

  private traits(entries: readonly EntryLayout[], props: Props, opaque: boolean) {
    const anchoredKey = entries.some((entry) => /^[&!]/.test(this.text.slice(entry.start, entry.start + 1)) && entry.key !== undefined);
    const portable = !opaque && !anchoredKey && props.anchor === undefined && !props.tagged && entries.every((entry) => entry.value.portable && !entry.merge);
    const anchored = anchoredKey || props.anchor !== undefined || entries.some((entry) => entry.value.anchored);
    return { ...props, portable, anchored };
  }
}

const STYLES = { scalar: 'plain', 'single-quoted-scalar': 'single', 'double-quoted-scalar': 'double' } as const;

function scalar(style: ScalarLayout['style'], start: number, end: number, props: Props): ScalarLayout {
  return { type: 'scalar', style, start, end, portable: props.anchor === undefined && !props.tagged, anchored: props.anchor !== undefined, ...props };
}

function propsOf(tokens: readonly CST.SourceToken[]): Props {
  const anchor = tokens.find((token) => token.type === 'anchor')?.source.slice(1);
  return { ...(anchor !== undefined && { anchor }), tagged: tokens.some((token) => token.type === 'tag') };
}

function endOfProps(tokens: readonly CST.SourceToken[], at: number): number {
  const last = tokens.findLast((token) => token.type === 'anchor' || token.type === 'tag');
  return last === undefined ? at : last.offset + last.source.length;
}

function afterIndicator(tokens: readonly CST.SourceToken[]): readonly CST.SourceToken[] {
  return tokens.slice(tokens.findIndex((token) => token.type === 'map-value-ind' || token.type === 'seq-item-ind') + 1);
}

function offsetAfter(tokens: readonly CST.SourceToken[]): number {
  const last = tokens.at(-1);
  return last === undefined ? 0 : last.offset + last.source.length;
}

// trailing comments and blank lines make an item of their own
function hasContent(item: CST.CollectionItem): boolean {
  return item.key != null || item.value !== undefined || hasIndicator(item);
}

function isExplicit(item: CST.CollectionItem): boolean {
  return item.start.some((token) => token.type === 'explicit-key-ind');
}

function hasIndicator(item: CST.CollectionItem): boolean {
  return [...item.start, ...(item.sep ?? [])].some((token) => token.type === 'map-value-ind' || token.type === 'seq-item-ind' || token.type === 'explicit-key-ind');
}

// a map key as decode reads it; keys that are no plain texts have none
function keyOf(token: CST.Token | null | undefined): Pick<EntryLayout, 'key' | 'merge'> {
  if (!token || !CST.isScalar(token)) return { merge: false };
  if (token.type === 'scalar' && token.source === '<<') return { merge: true };
  const text = CST.resolveAsScalar(token, false)?.value ?? '';
  const key = token.type === 'scalar' ? keyText(resolvePlain(text)) : text;
  return { ...(key !== undefined && { key }), merge: false };
}

function sourceLength(token: CST.Token | null | undefined): number {
  return token && 'source' in token ? token.source.length : 0;
}

// blank lines behind a block scalar are its own only when it keeps them; the last line break belongs to the line
function blockEnd(token: CST.BlockScalar): number {
  const header = token.props.find((prop) => prop.type === 'block-scalar-header');
  const last = token.props.at(-1);
  const bodyStart = last && 'source' in last && typeof last.source === 'string' ? last.offset + last.source.length : token.offset;
  const keeps = header?.type === 'block-scalar-header' && header.source.includes('+');
  const body = keeps ? withoutBreak(token.source) : withoutBlankEnd(token.source);
  return body === '' ? bodyStart - trailingBreak(last) : bodyStart + body.length;
}

function withoutBreak(body: string): string {
  return body.replace(/\r?\n$/, '');
}

function withoutBlankEnd(body: string): string {
  let end = withoutBreak(body);
  for (let cut = end.lastIndexOf('\n'); end !== '' && end.slice(cut + 1).trim() === ''; cut = end.lastIndexOf('\n')) end = end.slice(0, Math.max(0, end[cut - 1] === '\r' ? cut - 1 : cut));
  return end;
}

function trailingBreak(token: CST.Token | undefined): number {
  return token?.type === 'newline' ? token.source.length : 0;
}

function flowEnd(token: CST.FlowCollection): number {
  const close = token.end.find((end) => end.type === 'flow-map-end' || end.type === 'flow-seq-end');
  if (close === undefined) throw new UnsupportedEdit('a bracket is not closed', token.offset);
  return close.offset + 1;
}

// looked for in the tokens: a hash may stand in a quoted text
function hasComment(token: CST.Token | null | undefined): boolean {
  if (token?.type !== 'flow-collection') return token != null && 'end' in token && (token.end ?? []).some((end) => end.type === 'comment');
  const close = token.end.findIndex((end) => end.type === 'flow-map-end' || end.type === 'flow-seq-end');
  if (token.end.slice(0, close).some((end) => end.type === 'comment')) return true;
  return token.items.some((item) => [...item.start, ...(item.sep ?? [])].some((each) => each.type === 'comment') || hasComment(item.key) || hasInnerComment(item.value));
}

function hasInnerComment(token: CST.Token | undefined): boolean {
  return hasComment(token) || (token?.type === 'flow-collection' && token.end.some((end) => end.type === 'comment'));
}
