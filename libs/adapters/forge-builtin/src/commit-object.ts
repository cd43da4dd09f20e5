import { commitSha, type CommitSha, NotFound, type ObjectSha, objectSha } from '@sluice/kernel';
import { type CatFileSession, parseCommit, type Signature } from '@sluice/git-process';

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
  const { tree, parents, author, message } = parseCommit(answer.object.bytes);
  return { tree: objectSha(tree), parents: parents.map(commitSha), author, message };
}
