import { Lexer, Parser, type CST } from 'yaml';

const MAX_DEPTH = 32;
const MAX_ENTRIES = 5_000;
const MAX_LEXEMES = 300_000;

export type Syntax =
  | { readonly kind: 'tokens'; readonly tokens: readonly CST.Token[] }
  /** A bound was exceeded at the offset. */
  | { readonly kind: 'excess'; readonly message: string; readonly offset: number };

/**
 * The flat syntax tree of a text, given up as soon as it exceeds a bound: what follows recurses with depth, and comparing the keys of one map takes time
 * quadratic in their number.
 */
export function parseSyntax(text: string, onNewLine: (offset: number) => void): Syntax {
  const parser = new Parser(onNewLine);
  const tokens: CST.Token[] = [];
  onNewLine(0);
  let seen = 0;
  for (const lexeme of new Lexer().lex(text)) {
    tokens.push(...parser.next(lexeme));
    const message = ++seen > MAX_LEXEMES ? 'is too long' : excessOf(parser.stack);
    if (message !== undefined) return { kind: 'excess', message, offset: parser.offset - lexeme.length };
  }
  tokens.push(...parser.end());
  return { kind: 'tokens', tokens };
}

function excessOf(open: readonly CST.Token[]): string | undefined {
  if (open.length > MAX_DEPTH) return `is nested deeper than ${MAX_DEPTH} levels`;
  const top = open.at(-1);
  return top && 'items' in top && top.items.length > MAX_ENTRIES ? `has a list or map of more than ${MAX_ENTRIES} entries` : undefined;
}
