import { applicationName, clusterName, commitSha, digest, environmentName, instant, isName, labelsProblem, personName, promotionId, repositoryId } from '@sluice/kernel';
import { z } from 'zod';

const NAME = z.string().refine(isName, 'lower-case letters, digits and -, at most 63 characters');
export const zRepository = NAME.transform(repositoryId);
export const zEnvironment = NAME.transform(environmentName);
export const zApplication = NAME.transform(applicationName);
export const zCluster = NAME.transform(clusterName);
export const zPerson = NAME.transform(personName);
export const zCommit = z.string().regex(/^([0-9a-f]{40}|[0-9a-f]{64})$/, 'a full commit name').transform(commitSha);
export const zDigest = z.string().regex(/^[0-9a-f]{64}$/, 'a digest of 64 hex digits').transform(digest);
export const zPromotionId = z.string().regex(/^[a-z0-9][a-z0-9-]{0,200}$/, 'a promotion id').transform(promotionId);
const YEAR_10000 = Date.UTC(10_000, 0);
/** A time that a caller gives: RFC 3339 with an offset or Z. Others than these no database keeps, and an offset can lead to one. */
export const zMoment = z.iso.datetime({ offset: true, error: 'a time with its offset, such as 2026-12-24T18:00:00Z' }).refine((text) => !(Date.parse(text) < 0) && !(Date.parse(text) >= YEAR_10000), 'a time from 1970 to 9999').transform((text) => instant(Date.parse(text)));
/** RFC 3339, UTC. */
export const zTime = z.string();
export const zCursor = z.string().max(200);
export const zLimit = z.coerce.number().int().min(1).max(200).default(50);
/** As Kubernetes has them. */
export const zLabels = z.record(z.string(), z.string()).superRefine((labels, context) => {
  const message = labelsProblem(labels);
  if (message !== undefined) context.addIssue({ code: 'custom', message });
});
export const zReason = z.string().trim().min(1, 'say why').max(2_000);
