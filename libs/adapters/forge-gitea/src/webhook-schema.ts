import { commitSha } from '@sluice/kernel';
import { z } from 'zod';

// Bodies of webhooks, as far as they are read: docs.gitea.com/usage/webhooks, forgejo.org/docs/latest/user/webhooks; `modules/structs/hook.go` of both.

const zSha = z.string().regex(/^([0-9a-f]{40}|[0-9a-f]{64})$/);
/** All zeros: there is none. */
const zShaOrNone = zSha.transform((text) => (/^0+$/.test(text) ? undefined : commitSha(text)));
const zCommit = zSha.transform(commitSha);
const zRepository = z.object({ full_name: z.string().min(1) });
const zSender = z.object({ login: z.string() });

export const zWithRepository = z.object({ repository: zRepository.nullish() });

export const zPush = z.object({
  ref: z.string(),
  before: zShaOrNone,
  after: zShaOrNone,
  commits: z.array(z.object({ id: zCommit })).nullish(),
  pusher: zSender,
});

/** `delete`: a branch or a tag, by its short name. */
export const zDelete = z.object({ ref: z.string(), ref_type: z.string(), sender: zSender });

const zBranch = z.object({ label: z.string().nullish(), ref: z.string() });
/** All about a pull request. Comments come with one in newer versions only. */
export const zRequestEvent = z.object({ pull_request: z.object({ number: z.number().int(), head: zBranch, base: zBranch }).nullish(), sender: zSender.nullish() });

export const zStatus = z.object({ sha: zCommit, context: z.string().nullish() });
/** Gitea since 1.24. */
export const zWorkflowRun = z.object({ workflow_run: z.object({ head_sha: zCommit }) });
export const zWorkflowJob = z.object({ workflow_job: z.object({ head_sha: zCommit }) });
/** Forgejo since 12. Its repository stands in the run. */
export const zActionRun = z.object({ run: z.object({ commit_sha: zCommit, repository: zRepository.nullish() }) });
