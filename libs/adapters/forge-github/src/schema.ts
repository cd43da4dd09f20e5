import { commitSha, instant } from '@sluice/kernel';
import { z } from 'zod';

// Only what is read. The form is that of GitHub's published description: docs.github.com/en/rest

const zSha = z.string().transform((text, context) => {
  try {
    return commitSha(text);
  } catch {
    context.addIssue({ code: 'custom', message: 'no commit' });
    return z.NEVER;
  }
});
const zTime = z.string().refine((text) => !Number.isNaN(Date.parse(text)), 'no time').transform((text) => instant(Date.parse(text)));
/** Accounts that were deleted are `null`, and shown as `ghost`. */
const zAccount = z.object({ login: z.string() }).nullish().transform((account) => account?.login ?? 'ghost');

/** docs.github.com/en/rest/issues/labels#add-labels-to-an-issue */
export const zLabels = z.array(z.object({ name: z.string() }));

/** docs.github.com/en/rest/pulls/pulls#get-a-pull-request, and the shorter form of lists. */
export const zPull = z.object({
  number: z.number(),
  node_id: z.string(),
  html_url: z.string(),
  state: z.enum(['open', 'closed']),
  draft: z.boolean().optional().transform((draft) => draft ?? false),
  title: z.string(),
  body: z.string().nullish().transform((body) => body ?? ''),
  labels: zLabels.default([]),
  head: z.object({ ref: z.string(), sha: zSha, label: z.string().nullish(), repo: z.object({ full_name: z.string() }).nullish() }),
  base: z.object({ ref: z.string(), repo: z.object({ full_name: z.string() }) }),
  created_at: zTime,
  updated_at: zTime,
  closed_at: zTime.nullish(),
  merged_at: zTime.nullish(),
  merge_commit_sha: zSha.nullish(),
  merged_by: z.object({ login: z.string() }).nullish(),
  /** `null`: GitHub has not found out yet. */
  mergeable: z.boolean().nullish(),
  mergeable_state: z.string().optional(),
});
export type Pull = z.output<typeof zPull>;

export const zPulls = z.array(zPull);
export const zMerged = z.object({ sha: zSha, merged: z.literal(true) });
export const zIssue = z.object({ closed_by: z.object({ login: z.string() }).nullish() });
export const zIssueEvents = z.array(z.object({ event: z.string().nullish(), actor: zAccount }));

export const zReview = z.object({ id: z.number(), user: zAccount, body: z.string().nullish().transform((body) => body ?? ''), state: z.string(), commit_id: zSha.nullish(), submitted_at: zTime.optional() });
export type NativeReview = z.output<typeof zReview>;
export const zReviews = z.array(zReview);
export const zComment = z.object({ id: z.number(), body: z.string().nullish().transform((body) => body ?? ''), user: zAccount, created_at: zTime });
export const zComments = z.array(zComment);
export type Comment = z.output<typeof zComment>;

export const zStatuses = z.array(z.object({ context: z.string(), state: z.enum(['pending', 'success', 'failure', 'error']), description: z.string().nullish(), target_url: z.string().nullish(), creator: zAccount, created_at: zTime }));

/** docs.github.com/en/rest/checks/runs#list-check-runs-for-a-git-reference */
export const zCheckRuns = z.object({
  check_runs: z.array(
    z.object({
      name: z.string(),
      status: z.string(),
      conclusion: z.string().nullish(),
      html_url: z.string().nullish(),
      details_url: z.string().nullish(),
      started_at: zTime.nullish(),
      completed_at: zTime.nullish(),
      output: z.object({ title: z.string().nullish() }).nullish(),
      app: z.object({ slug: z.string().optional() }).nullish(),
    }),
  ),
});

export const zRepository = z.object({
  full_name: z.string(),
  default_branch: z.string(),
  archived: z.boolean().optional(),
  disabled: z.boolean().optional(),
  // only for those who may administrate it
  allow_squash_merge: z.boolean().optional(),
  allow_merge_commit: z.boolean().optional(),
  allow_rebase_merge: z.boolean().optional(),
  delete_branch_on_merge: z.boolean().optional(),
  permissions: z.object({ push: z.boolean().optional(), pull: z.boolean().optional(), admin: z.boolean().optional(), maintain: z.boolean().optional() }).optional(),
});
export type Repository = z.output<typeof zRepository>;

export const zAccountName = z.object({ login: z.string() });
export const zApp = z.object({ slug: z.string() });
export const zActivities = z.array(z.object({ before: z.string(), after: z.string(), ref: z.string(), activity_type: z.string(), actor: zAccount }));
export const zComparison = z.object({ total_commits: z.number(), commits: z.array(z.object({ sha: zSha })), files: z.array(z.object({ filename: z.string() })).optional() });
export const zFiles = z.array(z.object({ filename: z.string() }));
export const zHooks = z.array(z.object({ id: z.number(), config: z.object({ url: z.string().optional() }) }));
export const zRules = z.array(z.object({ type: z.string(), parameters: z.record(z.string(), z.unknown()).optional() }));
export const zAnything = z.unknown();
