import { type CommitSha, printableLine } from '@sluice/kernel';
import type { MergeMethod } from '@sluice/usecases';

export interface MergePlan {
  readonly number: number;
  readonly title: string;
  readonly body: string;
  readonly sourceBranch: string;
  readonly targetBranch: string;
  readonly head: CommitSha;
  readonly target: CommitSha;
  readonly method: MergeMethod;
}

export interface Refused {
  readonly kind: 'refused';
  readonly message: string;
}

export type BuiltMerge = { readonly kind: 'built'; readonly commit: CommitSha } | Refused;

const MAX_PATHS = 20;

export function conflictMessage(plan: MergePlan, paths: readonly string[]): string {
  const shown = paths.slice(0, MAX_PATHS).map((path) => printableLine(path));
  const more = paths.length > MAX_PATHS ? ` and ${paths.length - MAX_PATHS} more` : '';
  return `${plan.sourceBranch} and ${plan.targetBranch} conflict in ${shown.join(', ')}${more}: resolve it on ${plan.sourceBranch}`;
}

export function nothingToMerge(plan: MergePlan): Refused {
  return { kind: 'refused', message: `${plan.targetBranch} has everything that is on ${plan.sourceBranch} already: close the request` };
}
