import type { CommitSha } from '@sluice/kernel';
import type { DoubleRepository } from '../base/double-repository.js';
import type { StoredRequest } from '../base/records.js';

export interface ProtectedBranch {
  readonly name: string;
  /** Roles; 0: nobody. */
  readonly push: number;
  readonly merge: number;
  readonly allowForcePush: boolean;
}

/** What a project's owner chose, as far as only GitLab has it. A test may change it. */
export interface GitlabSettings {
  mergeMethod: 'merge' | 'rebase_merge' | 'ff';
  squashOption: 'never' | 'always' | 'default_on' | 'default_off';
  removeSourceBranchAfterMerge: boolean;
  onlyAllowMergeIfPipelineSucceeds: boolean;
  onlyAllowMergeIfAllDiscussionsAreResolved: boolean;
  protectedBranches: readonly ProtectedBranch[];
  /** undefined: the plan has none, and the route is not found. */
  approvalRules?: readonly { readonly name: string; readonly approvals_required: number }[];
  /** A `detailed_merge_status` that holds whatever else does. */
  mergeStatus?: string;
  /** Before GitLab 18 approvals had no time. */
  approvalTimes: boolean;
  /** The plan (Premium) lets a bot take back approvals. */
  resetsApprovals: boolean;
  /** Looks at a request before a rebase has ended. */
  rebaseLooks: number;
  /** Looks at a request before GitLab has taken notice of a push to its branch, which it does in the background. */
  noticeLooks: number;
  /** Milliseconds until then, whoever looks. */
  noticeAfter: number;
}

/** What GitLab keeps about a merge request beside what every forge has. */
export interface RequestExtra {
  squash: boolean;
  forceRemoveSourceBranch: boolean;
  squashCommit?: CommitSha;
  mergeCommit?: CommitSha;
  mergeError?: string;
  /** Looks until a rebase that was asked for is done. */
  rebasing?: number;
  /** Of how many versions is known whether they were noticed, and after how many looks the newest will be. */
  counted?: number;
  unnoticed?: number;
}

export class GitlabProjects {
  private readonly settings = new WeakMap<DoubleRepository, GitlabSettings>();
  private readonly extras = new WeakMap<StoredRequest, RequestExtra>();

  of(repository: DoubleRepository): GitlabSettings {
    const known = this.settings.get(repository);
    if (known) return known;
    const made: GitlabSettings = {
      mergeMethod: 'merge',
      squashOption: 'default_off',
      removeSourceBranchAfterMerge: true,
      onlyAllowMergeIfPipelineSucceeds: false,
      onlyAllowMergeIfAllDiscussionsAreResolved: false,
      protectedBranches: [{ name: 'main', push: 40, merge: 30, allowForcePush: false }],
      approvalTimes: true,
      resetsApprovals: true,
      rebaseLooks: 1,
      noticeLooks: 0,
      noticeAfter: 0,
    };
    this.settings.set(repository, made);
    return made;
  }

  extra(request: StoredRequest): RequestExtra {
    const known = this.extras.get(request);
    if (known) return known;
    const made: RequestExtra = { squash: false, forceRemoveSourceBranch: false };
    this.extras.set(request, made);
    return made;
  }
}
