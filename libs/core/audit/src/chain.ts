import { sha256 } from '@noble/hashes/sha2.js';
import { bytesToHex, utf8ToBytes } from '@noble/hashes/utils.js';
import canonicalize from 'canonicalize';
import type { AuditEntry } from './audit-entry.js';

/** A place in the chain: how many entries there are up to it, and the hash of the last. */
export interface ChainPoint {
  readonly sequence: number;
  /** 64 hex digits. */
  readonly hash: string;
}

/** A link without what it says: enough to follow the chain past it. */
export interface ChainLink extends ChainPoint {
  /** Hash of the link before. */
  readonly previous: string;
  /** Hash of the entry's text. */
  readonly content: string;
}

/** A link with the entry as it was hashed, in canonical JSON. */
export interface ChainRecord extends ChainLink {
  readonly entry: string;
}

/** Before the first entry. */
export const CHAIN_START: ChainPoint = { sequence: 0, hash: '0'.repeat(64) };

/** Canonical JSON (RFC 8785): one text for equal values, whatever the order of their keys. */
export function canonicalJson(value: unknown): string {
  const text = canonicalize(value);
  if (text === undefined) throw new TypeError('this is no JSON value');
  return text;
}

/** What is hashed and stored of an entry. NUL, which no database takes, and half of a surrogate pair, which RFC 8785 refuses, become U+FFFD. */
export function entryText(entry: AuditEntry): string {
  return canonicalJson(JSON.parse(JSON.stringify(entry), (_key, value: unknown) => (typeof value === 'string' ? wellFormed(value) : value)));
}

export function contentHash(text: string): string {
  return bytesToHex(sha256(utf8ToBytes(text)));
}

/** Of a link: over its place, the link before and the hash of what it says, so that the chain can be followed without knowing every entry. */
export function linkHash({ sequence, previous, content }: Omit<ChainLink, 'hash'>): string {
  return contentHash(canonicalJson({ content, previous, sequence }));
}

/** The record that follows a point. */
export function nextRecord(before: ChainPoint, entry: AuditEntry): ChainRecord {
  const text = entryText(entry);
  const parts = { sequence: before.sequence + 1, previous: before.hash, content: contentHash(text) };
  return { ...parts, hash: linkHash(parts), entry: text };
}

function wellFormed(text: string): string {
  return text.replace(/\u0000|[\ud800-\udbff](?![\udc00-\udfff])|(?<![\ud800-\udbff])[\udc00-\udfff]/g, '\ufffd');
}
