import type { GitCredential } from './git-environment.js';
import { basicToken } from './git-environment.js';

const MAX_LENGTH = 2_000;
// C0 (but for line feed), DEL, C1 and the characters that reorder or hide text: a remote chooses what it writes to our standard error.
const UNSAFE = /[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff]/g;

/** What git wrote to standard error without credentials, progress and control characters, of bounded length. */
export function cleanStderr(text: string, credential?: GitCredential): string {
  let clean = text.replace(/^.*\r(?!\n)/gm, '').replace(/(\w+:\/\/)[^\s/@]*@/g, '$1');
  clean = clean.replace(/authorization:.*/gi, 'authorization: ***');
  for (const secret of credential ? [credential.password, encodeURIComponent(credential.password), basicToken(credential)] : []) {
    if (secret !== '') clean = clean.replaceAll(secret, '***');
  }
  clean = clean.replace(UNSAFE, '').trim();
  return clean.length > MAX_LENGTH ? `${clean.slice(0, MAX_LENGTH - 1)}…` : clean;
}

/** The one line of a cleaned standard error that says most. */
export function tellingLine(stderr: string): string {
  const lines = stderr.split('\n').filter((line) => line.trim() !== '');
  return lines.find((line) => /^(fatal|error|remote: (fatal|error)):/i.test(line)) ?? lines.at(-1) ?? 'no message';
}
