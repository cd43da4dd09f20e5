import { applicationName, clusterName, commitSha, digest, environmentName, instant, objectSha, personName, promotionId, repositoryId } from '@sluice/kernel';
import { z } from 'zod';

export const zRepository = z.string().transform(repositoryId);
export const zEnvironment = z.string().transform(environmentName);
export const zApplication = z.string().transform(applicationName);
export const zCluster = z.string().transform(clusterName);
export const zPerson = z.string().transform(personName);
export const zPromotion = z.string().transform(promotionId);
export const zCommit = z.string().transform(commitSha);
export const zObject = z.string().transform(objectSha);
export const zDigest = z.string().transform(digest);
export const zInstant = z.number().transform(instant);
export const zApplications = z.array(zApplication);
export const zTexts = z.array(z.string());
