import type { Signature } from './commit-tree.js';

/** What a commit object says. */
export interface ParsedCommit {
  readonly tree: string;
  readonly parents: readonly string[];
  readonly author: Signature;
  readonly committer: Signature;
  /** Of the message and the names, when it is not UTF-8. */
  readonly encoding?: string;
  readonly message: string;
}

/** Takes apart the content of a commit object, read as UTF-8. Headers that are not used (signatures among them) are skipped. */
export function parseCommit(bytes: Buffer): ParsedCommit {
  const text = bytes.toString('utf8');
  const end = text.indexOf('\n\n');
  const header = (end < 0 ? text : text.slice(0, end)).split('\n');
  const values = (key: string): string[] => header.filter((line) => line.startsWith(`${key} `)).map((line) => line.slice(key.length + 1));
  const [encoding] = values('encoding');
  return {
    tree: values('tree')[0] ?? '',
    parents: values('parent'),
    author: parseSignature(values('author')[0] ?? ''),
    committer: parseSignature(values('committer')[0] ?? ''),
    ...(encoding === undefined || /^utf-?8$/i.test(encoding) ? {} : { encoding }),
    message: end < 0 ? '' : text.slice(end + 2),
  };
}

/** The first paragraph of a message on one line, as `git log --format=%s` gives it. */
export function subjectOf(message: string): string {
  const [paragraph = ''] = message.replace(/^(?:[ \t\r]*\n)+/, '').split(/\n[ \t\r]*(?:\n|$)/);
  return paragraph
    .split('\n')
    .map((line) => line.trimEnd())
    .join(' ')
    .trim();
}

function parseSignature(text: string): Signature {
  const [, name = '', email = '', date = '0'] = /^(.*?) ?<([^>]*)> (-?\d+)/.exec(text) ?? [];
  return { name, email, date: Number(date) };
}
