import { contentHash, type Json } from '@sluice/audit';

const MAX_TEXT = 2_000;
const MAX_VALUE = 16_000;
/** What the names of fields that hold secrets look like, and secrets of ours and of forges themselves: a second fence, should a use case ever hand one over. */
const SECRET_NAME = /secret|token|password|private.?key|authorization|cookie|hash$/i;
const SECRET_TEXT = /\b(?:sl[tslj]_[\w-]{20,}|gh[opsur]_\w{20,}|github_pat_\w{20,}|glpat-[\w-]{15,})|-----BEGIN [A-Z ]*PRIVATE KEY-----[\s\S]*/g;

/** A value as the audit keeps it: without secrets, and short. What is cut says how long it was and what its hash is. */
export function auditValue(value: Json): Json {
  const clean = cleaned(value);
  const text = JSON.stringify(clean);
  return text.length <= MAX_VALUE ? clean : { cut: true, length: text.length, sha256: contentHash(text) };
}

export function auditText(text: string): string {
  const clean = text.replace(SECRET_TEXT, '[secret]');
  return clean.length <= MAX_TEXT ? clean : `${clean.slice(0, MAX_TEXT)}… (${clean.length} characters, SHA-256 ${contentHash(clean)})`;
}

function cleaned(value: Json): Json {
  if (typeof value === 'string') return auditText(value);
  if (value === null || typeof value !== 'object') return value;
  if (isList(value)) return value.map(cleaned);
  return Object.fromEntries(Object.entries(value).flatMap(([name, field]) => (field === undefined ? [] : [[name, typeof field === 'string' && SECRET_NAME.test(name) ? '[secret]' : cleaned(field)]])));
}

function isList(value: Json): value is readonly Json[] {
  return Array.isArray(value);
}
