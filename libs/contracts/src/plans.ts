import { z } from 'zod';
import { plan } from './api.js';
import { zApplication, zCommit, zEnvironment, zMoment, zRepository } from './fields.js';

/** Bytes of a pack that is sent to be planned; manifests are far smaller. */
export const MAX_PLAN_PACK = 8 * 1_048_576;
/** In base64, with the rest of the request. */
export const MAX_PLAN_BODY = Math.ceil((MAX_PLAN_PACK * 4) / 3) + 65_536;

/** Which of a clone's commits the repository has: what is sent to be planned need not hold what those do. */
export const planKnownRequest = z.object({ repository: zRepository, commits: z.array(zCommit).min(1).max(1_000) });
export const planKnown = z.object({ known: z.array(zCommit) });

/** A plan of content that the repository does not have: a work tree, or a commit that was not pushed. Nothing of it is kept. */
export const planContentRequest = z.object({
  repository: zRepository,
  commit: zCommit,
  /** A git pack in base64 with what the repository lacks; it may be thin. */
  pack: z.string().max(Math.ceil((MAX_PLAN_PACK * 4) / 3) + 4, `a pack has at most ${MAX_PLAN_PACK} bytes`),
  /** The environment whose content it would be; absent: the first whose branch it is based on. */
  as: zEnvironment.optional(),
  application: zApplication.optional(),
  environment: zEnvironment.optional(),
  at: zMoment.optional(),
});
export const planContent = plan.extend({
  as: zEnvironment,
  /** The newest commit before it that this environment has. */
  base: zCommit.optional(),
  /** Commits that the environment has and this is not based on. */
  behind: z.number().int(),
});
export type ContentPlanDto = z.output<typeof planContent>;
