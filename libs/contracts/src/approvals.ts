import { z } from 'zod';
import { verdict, written } from './api.js';
import { zApplication, zDigest, zEnvironment, zPerson, zPromotionId, zTime } from './fields.js';

export const approvalQuery = z.object({ application: zApplication, environment: zEnvironment });
export const listedApproval = z.object({
  person: zPerson,
  decision: z.enum(['approved', 'rejected', 'cleared', 'overridden']),
  gate: z.string().optional(),
  comment: z.string(),
  door: z.string(),
  promotion: zPromotionId,
  digest: zDigest,
  at: zTime,
  counts: z.boolean(),
  /** In whose right it counts, where that is somebody else’s. */
  for: z.string().optional(),
  /** Why it does not count. */
  why: z.string().optional(),
  voidedAt: zTime.optional(),
  written: written.optional(),
});
export type ListedApprovalDto = z.output<typeof listedApproval>;
export const approvalList = z.object({ promotion: zPromotionId.optional(), digest: zDigest.optional(), verdict: verdict.optional(), items: z.array(listedApproval) });
export type ApprovalListDto = z.output<typeof approvalList>;
