import { randomUUID } from 'node:crypto';
import type { Json } from './kube-object.js';

// Node 20 shows a reviver no source text; what no other text can begin with stands for a number meanwhile
const MARK = `big-${randomUUID()}-`;
const LONG_NUMBER = /\d{16}/;
const STRING_OR_NUMBER = /"(?:[^"\\]|\\.)*"|-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?/g;
const WHOLE = /^-?\d{16,}$/;

/** JSON whose whole numbers of 64 bits are kept exactly, as `bigint` where a number cannot hold them. @throws SyntaxError */
export function parseExactly(text: string): Json {
  // hardly any answer has one: the plain parser is ten times faster
  if (!LONG_NUMBER.test(text)) return JSON.parse(text) as Json;
  const marked = text.replace(STRING_OR_NUMBER, (token) => (WHOLE.test(token) && !Number.isSafeInteger(Number(token)) ? `"${MARK}${token}"` : token));
  return JSON.parse(marked, (_, value: unknown) => (typeof value === 'string' && value.startsWith(MARK) ? BigInt(value.slice(MARK.length)) : value)) as Json;
}
