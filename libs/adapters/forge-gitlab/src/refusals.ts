/** What GitLab is still finding out; it takes seconds. */
const PASSING: readonly string[] = ['unchecked', 'checking', 'preparing', 'approvals_syncing'];

/** Why a request cannot be merged, by `detailed_merge_status`, and what to do: docs.gitlab.com/api/merge_requests/#merge-status */
const WHY: Readonly<Record<string, string>> = {
  blocked_status: 'it waits for another merge request that has to be merged before',
  broken_status: 'its source or target branch does not exist, or it has no commits',
  ci_must_pass: 'the project wants its pipeline to succeed, which it has not: look at the pipeline, or run it again',
  ci_still_running: 'its pipeline is still running: it can be merged when that has succeeded',
  commits_status: 'its source branch does not exist, or has no commits',
  conflict: 'its branch and the target conflict: resolve the conflict on the branch',
  discussions_not_resolved: 'the project wants all threads to be resolved: resolve them on the merge request',
  draft_status: 'it is a draft: mark it as ready to merge it',
  external_status_checks: 'an external status check has not passed: look at the checks of the merge request',
  jira_association_missing: 'its title or description has to name a Jira issue',
  locked_lfs_files: 'it changes LFS files that somebody has locked: have them unlocked',
  locked_paths: 'it changes paths that somebody has locked: have them unlocked',
  merge_request_blocked: 'it waits for another merge request that has to be merged before',
  merge_time: 'it may only be merged after a time that its settings name',
  need_rebase: 'it has to be rebased onto its target',
  not_approved: 'the project wants approvals in GitLab that it does not have: approve it there',
  not_open: 'it is not open',
  policies_denied: 'a security policy denies it: look at the merge request',
  requested_changes: 'a reviewer has requested changes: have the review done again',
  security_policy_pipeline_check: 'a pipeline that a security policy wants has not succeeded',
  security_policy_violations: 'it violates a security policy: look at the merge request',
  status_checks_must_pass: 'an external status check has not passed: look at the checks of the merge request',
  title_regex: 'its title has not the form that the project wants',
};

export function isPassing(status: string): boolean {
  return PASSING.includes(status);
}

/** A sentence about `!number`. */
export function whyNot(status: string, number: number): string {
  const why = WHY[status] ?? `GitLab does not allow it${status === '' || status === 'mergeable' ? '' : ` (${status.replaceAll('_', ' ')})`}: look at the merge request`;
  return `!${number} cannot be merged: ${why}`;
}
