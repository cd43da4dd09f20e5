import { commitSha, type CommitSha, type ObjectSha, objectSha } from '@sluice/kernel';
import { mergeTree, runGit, type Signature } from '@sluice/git-process';
import { readCommit } from './commit-object.js';
import { type BuiltMerge, conflictMessage, type MergePlan, nothingToMerge } from './merge-plan.js';
import { EMPTY_TREE, type RecordStore } from './record-store.js';

/** Commits that are put onto the target one by one, some 10 ms each. */
const MAX_COMMITS = 200;

interface Position {
  readonly commit: CommitSha;
  readonly tree: ObjectSha;
}

/** Puts the commits of the request onto the target, keeping author and message. Merge commits and what the target has already are left out, as `git rebase` does. */
export async function rebase(records: RecordStore, plan: MergePlan, committer: Signature): Promise<BuiltMerge> {
  const commits = await commitsToMove(records.gitDir, plan);
  if (commits.length > MAX_COMMITS) return { kind: 'refused', message: `${plan.sourceBranch} has more than ${MAX_COMMITS} commits to rebase: merge it by squash or with a merge commit` };
  let position: Position = { commit: plan.target, tree: (await readCommit(records.objects, plan.target)).tree };
  for (const commit of commits) {
    const moved = await move(records, commit, position, committer);
    if ('conflicts' in moved) return { kind: 'refused', message: conflictMessage(plan, moved.conflicts) };
    position = moved;
  }
  return position.commit === plan.target ? nothingToMerge(plan) : { kind: 'built', commit: position.commit };
}

async function commitsToMove(gitDir: string, plan: MergePlan): Promise<CommitSha[]> {
  const { stdout } = await runGit(['rev-list', '--reverse', '--topo-order', '--no-merges', plan.head, `^${plan.target}`], { gitDir });
  return stdout.toString('latin1').split('\n').filter(Boolean).map(commitSha);
}

async function move(records: RecordStore, name: CommitSha, onto: Position, committer: Signature): Promise<Position | { readonly conflicts: readonly string[] }> {
  const commit = await readCommit(records.objects, name);
  const [parent] = commit.parents;
  const base = parent === undefined ? EMPTY_TREE : (await readCommit(records.objects, parent)).tree;
  const merged = base === onto.tree ? ({ kind: 'clean', tree: commit.tree } as const) : await mergeTree(records.gitDir, base, onto.tree, commit.tree);
  if (merged.kind === 'conflict') return { conflicts: merged.paths };
  const tree = objectSha(merged.tree);
  // its change is on the target already
  if (tree === onto.tree && base !== commit.tree) return onto;
  const made = await records.writeCommit({ tree, parents: [onto.commit], message: commit.message, author: commit.author, committer });
  return { commit: made, tree };
}
