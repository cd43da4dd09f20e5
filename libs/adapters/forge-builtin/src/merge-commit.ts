import { type ObjectSha, objectSha } from '@sluice/kernel';
import { firstParentLine, GitFailed, mergeByPath, runGit, type Signature, type TreeCommit } from '@sluice/git-process';
import { type CommitObject, readCommit } from './commit-object.js';
import { type BuiltMerge, conflictMessage, type MergePlan, nothingToMerge, type Refused } from './merge-plan.js';
import { rebase } from './rebase.js';
import { FORGE_IDENTITY, type RecordStore } from './record-store.js';

type MergedTree = { readonly kind: 'tree'; readonly tree: ObjectSha } | Refused;

const CONFLICT = 1;
const MAX_MESSAGE = 20_000;
/** Commits of the target since the request's base that are looked through. */
const MAX_BEHIND = 200;

/** Makes the commit that the target branch would get, through the object database only. No ref is changed. */
export async function buildMerge(records: RecordStore, plan: MergePlan): Promise<BuiltMerge> {
  const committer = { ...FORGE_IDENTITY, date: Math.trunc(records.now() / 1000) };
  const head = await readCommit(records.objects, plan.head);
  if (plan.method === 'rebase') return rebase(records, plan, committer);
  const merged = await mergedTree(records, plan, head);
  if (merged.kind === 'refused') return merged;
  const commit = plan.method === 'squash' ? squashOf(plan, head.author) : mergeOf(plan, committer);
  return { kind: 'built', commit: await records.writeCommit({ ...commit, tree: merged.tree, committer }) };
}

function squashOf(plan: MergePlan, author: Signature): Omit<TreeCommit, 'tree' | 'committer'> {
  const body = plan.body.replace(/<!--[\s\S]*?(-->|$)/g, '').trim().slice(0, MAX_MESSAGE);
  return { parents: [plan.target], author, message: `${plan.title} (#${plan.number})\n${body === '' ? '' : `\n${body}\n`}` };
}

function mergeOf(plan: MergePlan, author: Signature): Omit<TreeCommit, 'tree' | 'committer'> {
  return { parents: [plan.target, plan.head], author, message: `Merge #${plan.number} from ${plan.sourceBranch}\n\n${plan.title}\n` };
}

async function mergedTree(records: RecordStore, plan: MergePlan, head: CommitObject): Promise<MergedTree> {
  // what Sluice composes is one commit on the target: nothing to merge
  if (head.parents.length === 1 && head.parents[0] === plan.target) return { kind: 'tree', tree: head.tree };
  const byPath = await mergedByPath(records, plan, head);
  return byPath === undefined ? mergedByGit(records.gitDir, plan) : { kind: 'tree', tree: byPath };
}

/** The target has gone on since one commit was put onto it, elsewhere in the tree: the usual case when much is promoted at once. */
async function mergedByPath(records: RecordStore, plan: MergePlan, head: CommitObject): Promise<ObjectSha | undefined> {
  const [base] = head.parents;
  if (head.parents.length !== 1 || base === undefined) return undefined;
  const since = await firstParentLine(records.objects, plan.target, base, MAX_BEHIND);
  const ours = since?.line[0];
  // a head that is on that line has been merged already
  if (since?.end !== 'until' || !ours || since.line.some(({ sha }) => sha === plan.head)) return undefined;
  const theirs = await readCommit(records.objects, base);
  const tree = await mergeByPath(records.objects, records.gitDir, { base: theirs.tree, ours: ours.commit.tree, theirs: head.tree }, records.writing);
  return tree === undefined ? undefined : objectSha(tree);
}

async function mergedByGit(gitDir: string, plan: MergePlan): Promise<MergedTree> {
  try {
    const { stdout: base } = await runGit(['merge-base', plan.target, plan.head], { gitDir, answers: [1] });
    if (base.toString('latin1').trim() === plan.head) return nothingToMerge(plan);
    const { stdout, exitCode } = await runGit(['merge-tree', '--write-tree', '-z', '--name-only', '--no-messages', plan.target, plan.head], { gitDir, answers: [CONFLICT] });
    const [tree = '', ...paths] = stdout.toString('utf8').split('\0');
    if (exitCode === CONFLICT) return { kind: 'refused', message: conflictMessage(plan, [...new Set(paths.filter((path) => path !== ''))]) };
    return { kind: 'tree', tree: objectSha(tree.trim()) };
  } catch (error) {
    if (!(error instanceof GitFailed) || !error.stderr.includes('unrelated histories')) throw error;
    return { kind: 'refused', message: `${plan.sourceBranch} and ${plan.targetBranch} have no commit in common` };
  }
}
