import { commitSha, instant } from '@sluice/kernel';
import { z } from 'zod';

// Only the fields that are used, each as its page of docs.gitlab.com/api says.

const zUser = z.object({ username: z.string() });
const zTime = z
  .string()
  .refine((text) => !Number.isNaN(Date.parse(text)), 'no time')
  .transform((text) => instant(Date.parse(text)));
const zSha = z.string().transform(commitSha);

/** docs.gitlab.com/api/merge_requests */
export const zMergeRequest = z.object({
  iid: z.number().int(),
  web_url: z.string(),
  state: z.enum(['opened', 'closed', 'locked', 'merged']),
  draft: z.boolean().optional(),
  title: z.string(),
  description: z.string().nullish(),
  labels: z.array(z.string()).nullish(),
  source_branch: z.string(),
  target_branch: z.string(),
  source_project_id: z.number().nullish(),
  target_project_id: z.number().nullish(),
  /** The source branch's commit; null when there is no such branch. */
  sha: zSha.nullish(),
  /** Of the newest version; filled in some time after the request was made. */
  diff_refs: z.object({ head_sha: zSha.nullish() }).nullish(),
  created_at: zTime,
  updated_at: zTime,
  merge_commit_sha: zSha.nullish(),
  squash_commit_sha: zSha.nullish(),
  merge_user: zUser.nullish(),
  /** Before GitLab 14.7. */
  merged_by: zUser.nullish(),
  closed_by: zUser.nullish(),
  /** Since GitLab 15.6. */
  detailed_merge_status: z.string().nullish(),
  has_conflicts: z.boolean().nullish(),
  merge_error: z.string().nullish(),
  squash: z.boolean().nullish(),
  /** Only when asked for. */
  rebase_in_progress: z.boolean().nullish(),
});
export type MergeRequest = z.output<typeof zMergeRequest>;
export const zMergeRequests = z.array(zMergeRequest);

/** docs.gitlab.com/api/merge_requests/#get-merge-request-diff-versions */
export const zVersions = z.array(z.object({ head_commit_sha: zSha, created_at: zTime }));

/** docs.gitlab.com/api/merge_request_approvals; `approved_at` since GitLab 18, `approvals_required` where the plan has rules. */
export const zApprovals = z.object({ approvals_required: z.number().nullish(), approved_by: z.array(z.object({ user: zUser, approved_at: zTime.nullish() })).default([]) });

/** docs.gitlab.com/api/notes */
export const zNote = z.object({ id: z.number(), body: z.string(), author: zUser, system: z.boolean(), created_at: zTime });
export type Note = z.output<typeof zNote>;
export const zNotes = z.array(zNote);

/** docs.gitlab.com/api/commits/#commit-status */
export const zStatus = z.object({
  id: z.number(),
  name: z.string(),
  status: z.string(),
  description: z.string().nullish(),
  target_url: z.string().nullish(),
  allow_failure: z.boolean().nullish(),
  author: zUser.nullish(),
  created_at: zTime,
  finished_at: zTime.nullish(),
});
export type Status = z.output<typeof zStatus>;
export const zStatuses = z.array(zStatus);

/** docs.gitlab.com/api/pipelines */
export const zPipelines = z.array(z.object({ id: z.number(), status: z.string(), source: z.string().nullish(), web_url: z.string().nullish(), created_at: zTime }));

/** docs.gitlab.com/api/branches */
export const zBranch = z.object({ name: z.string(), commit: z.object({ id: zSha }) });

const zAccess = z.object({ access_level: z.number() }).nullish();
/** docs.gitlab.com/api/projects */
export const zProject = z.object({
  id: z.number(),
  path_with_namespace: z.string(),
  default_branch: z.string().nullish(),
  merge_method: z.enum(['merge', 'rebase_merge', 'ff']).catch('merge'),
  squash_option: z.enum(['never', 'always', 'default_on', 'default_off']).catch('default_off'),
  permissions: z.object({ project_access: zAccess, group_access: zAccess }).nullish(),
  archived: z.boolean().nullish(),
  merge_requests_enabled: z.boolean().nullish(),
  remove_source_branch_after_merge: z.boolean().nullish(),
  only_allow_merge_if_pipeline_succeeds: z.boolean().nullish(),
  only_allow_merge_if_all_discussions_are_resolved: z.boolean().nullish(),
  merge_trains_enabled: z.boolean().nullish(),
});
export type Project = z.output<typeof zProject>;

/** docs.gitlab.com/api/users/#get-the-current-user */
export const zSelf = z.object({ id: z.number(), username: z.string(), is_admin: z.boolean().nullish() });

/** docs.gitlab.com/api/project_members */
export const zMember = z.object({ access_level: z.number() });

/** docs.gitlab.com/api/personal_access_tokens */
export const zToken = z.object({ scopes: z.array(z.string()), active: z.boolean().nullish(), revoked: z.boolean().nullish(), expires_at: z.string().nullish() });

const zLevels = z.array(z.object({ access_level: z.number().nullish(), user_id: z.number().nullish(), group_id: z.number().nullish() })).default([]);
/** docs.gitlab.com/api/protected_branches */
export const zProtected = z.array(z.object({ name: z.string(), push_access_levels: zLevels, merge_access_levels: zLevels, allow_force_push: z.boolean().nullish() }));
export type ProtectedBranch = z.output<typeof zProtected>[number];

/** docs.gitlab.com/api/merge_request_approvals/#list-all-approval-rules-for-a-project */
export const zRules = z.array(z.object({ name: z.string(), approvals_required: z.number() }));

/** docs.gitlab.com/api/project_webhooks */
export const zHooks = z.array(z.object({ id: z.number(), url: z.string() }));

/** docs.gitlab.com/api/events */
export const zEvents = z.array(
  z.object({
    author_username: z.string(),
    created_at: zTime,
    push_data: z.object({ commit_count: z.number(), ref_type: z.string(), commit_from: z.string().nullish(), commit_to: z.string().nullish() }).nullish(),
  }),
);

/** docs.gitlab.com/api/repositories/#compare-branches-tags-or-commits */
export const zComparison = z.object({
  commits: z.array(z.object({ id: zSha })),
  diffs: z.array(z.object({ old_path: z.string(), new_path: z.string() })),
});

/** docs.gitlab.com/api/repositories/#merge-base */
export const zCommit = z.object({ id: zSha });
