import { EVENT_ID, SCALAR_STYLE, YAMLException, parseEvents, type Event } from 'js-yaml';
import { printableLine } from '@sluice/kernel';
import type { Value } from '../model.js';
import { DocumentConstructor } from './construct-document.js';
import type { Refuse } from './constructed-node.js';
import { DEFAULT_LIMITS, type DecodeLimits } from './decode-limits.js';
import { indentFlow } from './indent-flow.js';
import { ManifestError } from './manifest-error.js';
import { splitDocuments, type DocumentText } from './split-documents.js';

/** A part of a text with the document in it; `value` is absent when there are only comments. */
export interface DecodedPart extends DocumentText {
  readonly value?: Value;
}

/**
 * The documents of a YAML or JSON text with the meaning that kubectl gives them; parts without content are left out.
 * @throws ManifestError when the text is no YAML, is over a limit, or has something that readers understand differently.
 */
export function decodeDocuments(text: string, limits: DecodeLimits = DEFAULT_LIMITS): Value[] {
  return decodeParts(text, limits).flatMap((part) => (part.value === undefined ? [] : [part.value]));
}

/** Like {@link decodeDocuments}, with the text of each part. */
export function decodeParts(text: string, limits: DecodeLimits = DEFAULT_LIMITS): DecodedPart[] {
  if (text.length > limits.maxLength) throw new ManifestError(`the text is longer than ${limits.maxLength} characters`, 'limit', { line: 1, column: 1 });
  return splitDocuments(text).map((part) => decodePart(part, limits));
}

function decodePart(part: DocumentText, limits: DecodeLimits): DecodedPart {
  refuseDirective(part);
  refuseForeignBreak(part);
  try {
    return { ...decodeText(part, limits), text: part.text };
  } catch (error) {
    const indented = error instanceof ManifestError && error.reason === 'syntax' && /[[{]/.test(part.text) ? indentFlow(part.text) : part.text;
    if (indented === part.text) throw error;
    return retried(() => ({ ...decodeText({ ...part, text: indented }, limits), text: part.text }), error);
  }
}

// the first error tells the place in the text as it is
function retried(decode: () => DecodedPart, first: unknown): DecodedPart {
  try {
    return decode();
  } catch (error) {
    throw error instanceof ManifestError && error.reason === 'syntax' ? first : error;
  }
}

function decodeText(document: DocumentText, limits: DecodeLimits): DecodedPart {
  const part = { ...document, text: withBlankLineEnded(document.text) };
  const events = eventsOf(part, limits);
  if (events.length === 0 || isEmpty(events)) return document;
  const refuse: Refuse = (offset, message, reason) => {
    throw errorAt(part, offset, message, reason);
  };
  refuseSecondDocument(part, events);
  return { ...part, value: new DocumentConstructor(part.text, events.slice(1), limits, refuse).construct() };
}

// kubectl counts a last line of spaces without a line break to a block text that keeps its blank lines, js-yaml does not
function withBlankLineEnded(text: string): string {
  return /\n[ \t]+$/.test(text) ? `${text}\n` : text;
}

function eventsOf(part: DocumentText, limits: DecodeLimits): Event[] {
  try {
    return parseEvents(part.text, { maxDepth: limits.maxDepth });
  } catch (error) {
    throw fromParser(part, error);
  }
}

// `---` with nothing below it: js-yaml gives an empty scalar, kubectl skips it
function isEmpty(events: readonly Event[]): boolean {
  const [document, node, end] = events;
  return document?.type === EVENT_ID.DOCUMENT && node?.type === EVENT_ID.SCALAR && isBlank(node) && end?.type === EVENT_ID.POP && events.length === 3;
}

function isBlank(node: Extract<Event, { type: typeof EVENT_ID.SCALAR }>): boolean {
  return node.style === SCALAR_STYLE.PLAIN && node.valueStart === node.valueEnd && node.tagStart < 0 && node.anchorStart < 0;
}

const DIRECTIVE = /^(?:\ufeff)?(?:[ \t]*(?:#.*)?\r?\n)*%/;

// kubectl's reader cuts the text before the `---` that a directive needs, and then refuses it
function refuseDirective(part: DocumentText): void {
  const match = DIRECTIVE.exec(part.text);
  if (match) throw errorAt(part, match[0].length - 1, 'directives are not supported: remove the line that starts with "%"', 'unsupported');
}

const FOREIGN_BREAK = /[\u0085\u2028\u2029]/;
const JSON_TEXT = /^\ufeff?\s*\{/;

// characters of a text in YAML 1.2 and in JSON, line breaks in YAML 1.1, which kubectl reads
function refuseForeignBreak(part: DocumentText): void {
  const offset = part.text.search(FOREIGN_BREAK);
  if (offset < 0 || JSON_TEXT.test(part.text)) return;
  const escape = part.text.charCodeAt(offset).toString(16).padStart(4, '0');
  throw errorAt(part, offset, `U+${escape.toUpperCase()} is a line break for some readers: write "\\u${escape}" in double quotes`, 'unsupported');
}

// what follows `...` without a `---` is not read by kubectl at all
function refuseSecondDocument(part: DocumentText, events: readonly Event[]): void {
  if (events.filter((event) => event.type === EVENT_ID.DOCUMENT).length < 2) return;
  throw errorAt(part, Math.max(0, part.text.search(/^\.\.\./m)), 'begin the document after "..." with "---"', 'unsupported');
}

function errorAt(part: DocumentText, offset: number, message: string, reason: ManifestError['reason']): ManifestError {
  const before = part.text.slice(0, Math.max(0, offset));
  return new ManifestError(message, reason, { line: part.firstLine + before.split('\n').length - 1, column: before.length - before.lastIndexOf('\n') });
}

// not kept as the cause: it quotes the text, which may hold a Secret
function fromParser(part: DocumentText, error: unknown): ManifestError {
  if (!(error instanceof YAMLException)) throw error;
  const reason = error.reason.includes('maxDepth') ? 'limit' : 'syntax';
  return new ManifestError(printableLine(error.reason), reason, { line: part.firstLine + (error.mark?.line ?? 0), column: (error.mark?.column ?? 0) + 1 });
}
