import { commitSha, type CommitSha, NotFound, type ObjectSha, objectSha } from '@sluice/kernel';
import type { CatFileSession, Signature } from '@sluice/git-process';

export interface CommitObject {
  readonly tree: ObjectSha;
  readonly parents: readonly CommitSha[];
  readonly author: Signature;
  readonly message: string;
}

const MAX_COMMIT = 4 * 1024 * 1024;

/** @throws NotFound when there is no such commit. */
export async function readCommit(objects: CatFileSession, commit: CommitSha): Promise<CommitObject> {
  const answer = await objects.readAtOnce(commit, MAX_COMMIT);
  if (answer.kind !== 'object' || answer.object.type !== 'commit') throw new NotFound(`There is no commit ${commit}, or it is larger than ${MAX_COMMIT} bytes`);
  return parseCommit(answer.object.bytes.toString('utf8'));
}

function parseCommit(text: string): CommitObject {
  const end = text.indexOf('\n\n');
  const header = text.slice(0, end).split('\n');
  const values = (key: string): string[] => header.filter((line) => line.startsWith(`${key} `)).map((line) => line.slice(key.length + 1));
  return { tree: objectSha(values('tree')[0] ?? ''), parents: values('parent').map(commitSha), author: parseSignature(values('author')[0] ?? ''), message: text.slice(end + 2) };
}

function parseSignature(text: string): Signature {
  const [, name = '', email = '', date = '0'] = /^(.*?) ?<([^>]*)> (\d+)/.exec(text) ?? [];
  return { name, email, date: Number(date) };
}
