import { commitSha, instant } from '@sluice/kernel';
import { z } from 'zod';

// What is read of the answers of Gitea's and Forgejo's REST API (`<url>/api/swagger` of each instance; docs.gitea.com/api, codeberg.org/api/swagger). Only what is used.

const zSha = z.string().regex(/^([0-9a-f]{40}|[0-9a-f]{64})$/).transform(commitSha);
/** Empty where a branch or its repository is gone. */
const zShaIfAny = z.string().nullish().transform((text) => zSha.safeParse(text).data);
const zTime = z.iso.datetime({ offset: true }).transform((text) => instant(Date.parse(text)));
const zUser = z.object({ login: z.string() });

/** `User` of `GET /user`. */
export const zSelf = zUser;

const zNamed = z.array(z.object({ name: z.string() }));
/** `Label`. */
export const zLabel = z.object({ id: z.number(), name: z.string() });
export const zLabels = z.array(zLabel);

/** `PullRequest`. `draft` came with Gitea 1.22; before, only the title says it. */
export const zRequest = z.object({
  number: z.number(),
  html_url: z.string(),
  state: z.enum(['open', 'closed']),
  merged: z.boolean().nullish(),
  draft: z.boolean().nullish(),
  mergeable: z.boolean().nullish(),
  title: z.string(),
  body: z.string().nullish(),
  labels: zNamed.nullish(),
  /** `sha`: where the target branch is now. */
  base: z.object({ ref: z.string(), sha: zShaIfAny, repo_id: z.number() }),
  /** `label`: the branch, also when it is gone; `ref` is another one then. `sha`: where the branch is now, also after the end of the request. */
  head: z.object({ label: z.string(), sha: zShaIfAny, repo_id: z.number(), repo: z.object({ full_name: z.string() }).nullish() }),
  merge_base: zShaIfAny,
  merge_commit_sha: zShaIfAny,
  merged_by: zUser.nullish(),
  closed_at: zTime.nullish(),
  created_at: zTime,
  updated_at: zTime,
});
export type PullRequest = z.output<typeof zRequest>;
export const zRequests = z.array(zRequest);

/** `PullReview`. */
export const zReview = z.object({
  id: z.number(),
  user: zUser.nullish(),
  state: z.string(),
  body: z.string().nullish(),
  commit_id: zShaIfAny,
  dismissed: z.boolean().nullish(),
  submitted_at: zTime,
});
export type PullReview = z.output<typeof zReview>;
export const zReviews = z.array(zReview);

/** `TimelineComment`. */
export const zTimeline = z.array(z.object({ type: z.string(), user: zUser.nullish(), old_title: z.string().nullish(), new_title: z.string().nullish() }));

/** `CommitStatus`; its state is called `status`. */
export const zStatus = z.object({
  status: z.string(),
  context: z.string(),
  description: z.string().nullish(),
  target_url: z.string().nullish(),
  creator: zUser.nullish(),
  created_at: zTime,
  updated_at: zTime.nullish(),
});
export type Status = z.output<typeof zStatus>;
/** `CombinedStatus`: the newest of each context. Older versions answer with nothing at all where there is none. */
export const zCombined = z.object({ statuses: z.array(zStatus).nullish(), total_count: z.number().nullish() }).optional();

/** `Repository`. */
export const zRepository = z.object({
  full_name: z.string(),
  default_branch: z.string(),
  archived: z.boolean().nullish(),
  empty: z.boolean().nullish(),
  mirror: z.boolean().nullish(),
  has_pull_requests: z.boolean().nullish(),
  permissions: z.object({ admin: z.boolean(), push: z.boolean(), pull: z.boolean() }).nullish(),
  allow_merge_commits: z.boolean().nullish(),
  allow_rebase: z.boolean().nullish(),
  allow_rebase_explicit: z.boolean().nullish(),
  allow_squash_merge: z.boolean().nullish(),
  allow_fast_forward_only_merge: z.boolean().nullish(),
  default_merge_style: z.string().nullish(),
  default_delete_branch_after_merge: z.boolean().nullish(),
});
export type Repository = z.output<typeof zRepository>;

/** `Branch`. */
export const zBranch = z.object({ name: z.string(), commit: z.object({ id: zSha }) });

/** `Reference`; a list where more than one begins so. */
const zReference = z.object({ ref: z.string(), object: z.object({ sha: zSha }) });
export const zReferences = z.union([z.array(zReference), zReference.transform((one) => [one])]);

/** `BranchProtection`. */
export const zProtections = z.array(
  z.object({
    rule_name: z.string().nullish(),
    branch_name: z.string().nullish(),
    enable_push: z.boolean().nullish(),
    enable_push_whitelist: z.boolean().nullish(),
    push_whitelist_usernames: z.array(z.string()).nullish(),
    enable_merge_whitelist: z.boolean().nullish(),
    merge_whitelist_usernames: z.array(z.string()).nullish(),
    enable_status_check: z.boolean().nullish(),
    status_check_contexts: z.array(z.string()).nullish(),
    required_approvals: z.number().nullish(),
    require_signed_commits: z.boolean().nullish(),
    block_on_outdated_branch: z.boolean().nullish(),
  }),
);
export type Protection = z.output<typeof zProtections>[number];

/** `Hook`; its secret is never told. */
export const zHooks = z.array(z.object({ id: z.number(), config: z.record(z.string(), z.string()) }));

/** `Activity`. */
export const zActivities = z.array(z.object({ op_type: z.string(), act_user: zUser.nullish(), content: z.string().nullish() }));
export type Activity = z.output<typeof zActivities>[number];

/** `content` of a `commit_repo` activity, a JSON text: at most five commits of a push, and its last one. */
const zPushed = z.object({ Sha1: z.string() });
export const zPushContent = z.object({ Commits: z.array(zPushed).nullish(), HeadCommit: zPushed.nullish() });

/** `ChangedFile`. */
export const zFiles = z.array(z.object({ filename: z.string(), previous_filename: z.string().nullish() }));

/** `Compare`: the commits of the second that the first has not, with their files. */
export const zCompare = z.object({ commits: z.array(z.object({ files: z.array(z.object({ filename: z.string() })).nullish() })).nullish() });
