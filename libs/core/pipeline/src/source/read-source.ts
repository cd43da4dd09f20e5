import { printableLine } from '@sluice/kernel';
import { Composer, LineCounter, type Document, type YAMLError } from 'yaml';
import type { Diagnostic } from '../model.js';
import { Locations, formatDocumentPath } from './location.js';
import { parseSyntax } from './parse-syntax.js';
import { NoPlainValue, toPlainValue } from './plain-value.js';

const MAX_BYTES = 1_048_576;

/** The text as a plain value with places, or what keeps it from being one. */
export type Source =
  | { readonly kind: 'read'; readonly value: unknown; readonly locations: Locations }
  | { readonly kind: 'unreadable'; readonly diagnostics: readonly Diagnostic[] };

/** Reads one YAML 1.2 document (JSON is one, too) within limits; never throws, whatever the text. */
export function readSource(text: string): Source {
  if (text.length > MAX_BYTES || new TextEncoder().encode(text).length > MAX_BYTES) return unreadable([{ message: 'the file is larger than 1 MiB', line: 1, column: 1 }]);
  const lines = new LineCounter();
  const locations = new Locations(lines);
  const syntax = parseSyntax(text, lines.addNewLine);
  if (syntax.kind === 'excess') return unreadable([{ message: `the file ${syntax.message}`, ...locations.at(syntax.offset) }]);
  const documents = [...new Composer({ prettyErrors: false, schema: 'core' }).compose(syntax.tokens, true, text.length)];
  const problems = documents.flatMap((document) => [...document.errors, ...document.warnings]);
  if (problems.length > 0) return unreadable(problems.map((problem) => ({ message: yamlMessage(problem), ...locations.at(problem.pos[0]) })));
  return readDocument(documents, locations);
}

function readDocument(documents: readonly Document[], locations: Locations): Source {
  const [document, second] = documents;
  if (second) return unreadable([{ message: 'the file holds several YAML documents; a pipeline file has exactly one', ...locations.at(second.range?.[0] ?? 0) }]);
  try {
    return { kind: 'read', value: toPlainValue(document?.contents ?? null, locations), locations };
  } catch (error) {
    if (!(error instanceof NoPlainValue)) throw error;
    return unreadable([{ message: error.message, ...locations.at(error.offset), at: formatDocumentPath(error.path) }]);
  }
}

function yamlMessage(problem: YAMLError): string {
  if (problem.code === 'DUPLICATE_KEY') return 'the same key is written twice in this map; remove one of them';
  return `not valid YAML: ${printableLine(problem.message)}`;
}

type Finding = Pick<Diagnostic, 'message' | 'line' | 'column'> & { readonly at?: string };

function unreadable(findings: readonly Finding[]): Source {
  return { kind: 'unreadable', diagnostics: findings.map((finding) => ({ severity: 'error', at: '', ...finding })) };
}
