import { CST, Parser } from 'yaml';

/**
 * The text with every line inside of brackets indented deeper than the block around them. Brackets that close in the column of their key are common and kubectl
 * reads them, but YAML forbids and js-yaml refuses them. Lines stay where they are; columns move.
 */
export function indentFlow(text: string): string {
  const breaks: { offset: number; indent: number }[] = [];
  for (const document of new Parser().parse(text)) {
    if (document.type !== 'document') continue;
    CST.visit(document, (item) => collect(item, breaks));
  }
  let result = '';
  let at = 0;
  for (const { offset, indent } of breaks.sort((a, b) => a.offset - b.offset)) {
    if (offset < at) continue;
    result += text.slice(at, offset) + ' '.repeat(indent + 1);
    at = offset;
  }
  return result + text.slice(at);
}

function collect(item: CST.CollectionItem, breaks: { offset: number; indent: number }[]): void {
  for (const token of [item.key, item.value]) {
    if (token?.type === 'flow-collection') collectBreaks(token, token.indent, breaks);
  }
}

function collectBreaks(token: CST.FlowCollection, indent: number, breaks: { offset: number; indent: number }[]): void {
  const close = token.end.findIndex((end) => end.type === 'flow-map-end' || end.type === 'flow-seq-end');
  const own = token.items.flatMap((item) => [...item.start, ...(item.sep ?? []), ...endOf(item.key), ...endOf(item.value)]);
  for (const each of [...own, ...token.end.slice(0, close)]) {
    if (each.type === 'newline') breaks.push({ offset: each.offset + each.source.length, indent });
  }
}

// inside of brackets the line break behind a scalar or an inner collection belongs to the collection around it
function endOf(token: CST.Token | null | undefined): readonly CST.SourceToken[] {
  return token != null && 'end' in token && token.end ? token.end : [];
}
