import { SCOPES } from '@sluice/kernel';
import { z } from 'zod';
import { zApplication, zEnvironment, zPerson, zRepository, zTime } from './fields.js';

const zId = z.string().min(1).max(100);
const zLabel = z.string().trim().min(1).max(100);

/** What a signed-out page offers beside login links. */
export const signInWays = z.object({ oidc: z.object({ name: z.string() }).optional() });

export const zScopes = z.array(z.enum(SCOPES)).min(1).max(SCOPES.length);
const zRepositories = z.array(zRepository).min(1).max(100);
const zEnvironments = z.array(zEnvironment).min(1).max(100);
const zApplications = z.array(zApplication).min(1).max(100);
const zTtl = z.number().int().min(60).max(31_536_000).default(2_592_000);

/** POST /api/v1/me/tokens. Without scopes it may do all that its person may. */
export const newOwnToken = z.object({ label: zLabel, ttlSeconds: zTtl, scopes: zScopes.optional(), repositories: zRepositories.optional(), environments: zEnvironments.optional(), applications: zApplications.optional() });
/** POST /api/v1/people/:person/tokens, by an admin: an API token for a machine or for a person who cannot open a login link. */
export const newToken = newOwnToken.extend({ label: z.string().max(100).default('api') });

export const credentialEntry = z.object({
  id: z.string(),
  person: zPerson,
  label: z.string(),
  scopes: z.array(z.enum(SCOPES)).optional(),
  repositories: z.array(z.string()).optional(),
  environments: z.array(z.string()).optional(),
  applications: z.array(z.string()).optional(),
  createdAt: zTime,
  /** To some minutes. */
  usedAt: zTime.optional(),
  expiresAt: zTime.optional(),
  /** What this request was made with. */
  current: z.boolean(),
});
export type CredentialEntry = z.output<typeof credentialEntry>;
export const credentialEntries = z.object({ items: z.array(credentialEntry) });
export const tokenParams = z.object({ token: zId });
export const sessionParams = z.object({ session: zId });
export const tokenQuery = z.object({ person: zPerson.optional(), everybody: z.stringbool().default(false) });

/** POST /api/v1/me/login-codes: base64url of the SHA-256 of the verifier (RFC 7636, S256). */
export const loginCodeRequest = z.object({ challenge: z.string().regex(/^[A-Za-z0-9_-]{43}$/, 'the base64url of a SHA-256') });
export const loginCode = z.object({ code: z.string(), expiresAt: zTime });

export const identityEntry = z.object({ issuer: z.string().min(1).max(500), subject: z.string().min(1).max(255), person: zPerson });
export const identityList = z.object({ items: z.array(identityEntry) });
export const identityKey = identityEntry.omit({ person: true });

const zSlackId = z.string().regex(/^[A-Z0-9]{2,30}$/, 'an id of Slack, such as U024BE7LH');
export const slackParams = z.object({ team: zSlackId, user: zSlackId });
export const newSlackCode = z.object({ code: z.string(), expiresAt: zTime });
/** POST /api/v1/slack/links */
export const finishSlackLink = z.object({ teamId: zSlackId, userId: zSlackId, code: z.string().min(1).max(40) });
export const slackLink = z.object({ teamId: z.string(), userId: z.string(), person: zPerson, displayName: z.string(), linkedAt: zTime });
export type SlackLinkDto = z.output<typeof slackLink>;
/** GET /api/v1/slack/links: of one workspace. */
export const slackLinksQuery = z.object({ team: zSlackId });
export const slackAccounts = z.object({ items: z.array(slackLink.pick({ teamId: true, userId: true, person: true })) });
/** DELETE /api/v1/slack/links/:team/:user: they have asked for it, or Slack says that the account is deactivated. */
export const unlinkQuery = z.object({ because: z.enum(['asked', 'deactivated']).default('asked') });
