import { sha256 } from '@noble/hashes/sha2.js';
import { bytesToHex, utf8ToBytes } from '@noble/hashes/utils.js';
import type { Value } from '@sluice/manifests';
import { writeJson } from './json.js';

/** SHA-256, in hex, of what is wanted: the same for every order of keys. It tells, with a resourceVersion, whether anything can have changed. */
export function contentHash(value: Value): string {
  return hashText(writeJson(value));
}

export function hashText(text: string): string {
  return bytesToHex(sha256(utf8ToBytes(text)));
}
