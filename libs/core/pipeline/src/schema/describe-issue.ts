import { printableLine } from '@sluice/kernel';
import type { z } from 'zod';
import type { Finding } from '../finding.js';
import type { DocumentPath } from '../source/location.js';
import { didYouMean } from '../suggestion.js';

type Issue = z.core.$ZodIssue;

/** The findings of one zod issue, in words of the pipeline file. `root` is the document that was checked. */
export function describeIssue(issue: Issue, root: unknown): readonly Finding[] {
  const path = issue.path.filter((part) => typeof part !== 'symbol');
  if (issue.code === 'unrecognized_keys') return issue.keys.map((key) => ({ path: [...path, key], message: unknownKey(key, issue.message.split(' ')), aspect: 'key' }));
  const value = valueAt(root, path);
  const meant = issue.code === 'invalid_union' ? formThatWasMeant(issue.errors) : [];
  if (meant.length > 0) return meant.flatMap((inner) => describeIssue({ ...inner, path: [...path, ...inner.path] }, root));
  if (value === undefined) return [{ path, message: missing(path) }];
  return [{ path, message: messageOfValue(issue, value) }];
}

/** Of several forms of a value, what is wrong in the only one of the right type. */
function formThatWasMeant(forms: readonly (readonly Issue[])[]): readonly Issue[] {
  const fitting = forms.filter((issues) => !issues.some(({ code, path }) => path.length === 0 && (code === 'invalid_type' || code === 'invalid_value')));
  return fitting.length === 1 ? (fitting[0] ?? []) : [];
}

function unknownKey(key: string, known: readonly string[]): string {
  return `unknown key ${quoted(key)}${didYouMean(key, known) || ` (known: ${known.join(', ')})`}`;
}

function missing(path: DocumentPath): string {
  const key = path.at(-1);
  return key === undefined ? 'the file is empty' : `"${key}" is missing`;
}

function messageOfValue(issue: Issue, value: unknown): string {
  switch (issue.code) {
    case 'invalid_type':
      return wrongType(issue.expected, value);
    case 'invalid_value':
      return notOneOf(issue.values.map(String), value);
    case 'invalid_union':
      return issue.errors.length > 0 ? issue.message : unknownGate(issue.message.split(' '), value);
    case 'too_small':
      return typeof value === 'number' ? `must be at least ${issue.minimum}` : 'must not be empty';
    case 'too_big':
      return tooBig(issue.maximum, value);
    default:
      return issue.message;
  }
}

function wrongType(expected: string, value: unknown): string {
  const hint = expected === 'string' && value !== null && typeof value !== 'object' ? '; put it in double quotes' : '';
  return `must be ${TYPES[expected] ?? expected}, ${described(value)}${hint}`;
}

const TYPES: Readonly<Record<string, string>> = {
  object: 'a map',
  record: 'a map',
  array: 'a list',
  string: 'a text',
  boolean: 'true or false',
  number: 'a number',
  int: 'a whole number',
};

function described(value: unknown): string {
  if (value === null) return 'but nothing is written here';
  if (Array.isArray(value)) return 'not a list';
  if (typeof value === 'object') return 'not a map';
  return typeof value === 'string' ? `not the text ${quoted(value)}` : `not ${String(value)}`;
}

function notOneOf(values: readonly string[], value: unknown): string {
  const wanted = values.map((one) => `"${one}"`).join(', ');
  const given = typeof value === 'string' ? `, not ${quoted(value)}${didYouMean(value, values)}` : `, ${described(value)}`;
  return values.length === 1 ? `must be ${wanted}${given}` : `must be one of ${wanted}${given}`;
}

function unknownGate(known: readonly string[], value: unknown): string {
  if (typeof value !== 'string') return `must be one of ${known.join(', ')}, ${described(value)}`;
  return `unknown gate type ${quoted(value)} (known: ${known.join(', ')})${didYouMean(value, known)}`;
}

function tooBig(maximum: number | bigint, value: unknown): string {
  if (typeof value === 'number') return `must be at most ${maximum}`;
  return typeof value === 'string' ? `must not be longer than ${maximum} characters` : `must not have more than ${maximum} entries`;
}

function valueAt(root: unknown, path: DocumentPath): unknown {
  return path.reduce<unknown>((value, part) => (typeof value === 'object' && value !== null ? (value as Record<string | number, unknown>)[part] : undefined), root);
}

function quoted(text: string): string {
  return `"${printableLine(text, 80)}"`;
}
