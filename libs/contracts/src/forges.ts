import { z } from 'zod';
import { zPerson, zTime } from './fields.js';
import { repositoryDto } from './api.js';

const zKind = z.enum(['github', 'gitlab', 'gitea', 'forgejo']);
export const zCredential = z.string().regex(/^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$/, 'lower-case letters, digits and -, at most 63 characters');
/** Where people see the forge. A path is one of an installation below a path. */
const zForgeUrl = z
  .url({ protocol: /^https?$/, error: 'the address of the forge, such as https://github.com' })
  .refine((text) => !/[?#@]/.test(text), 'an address without a user, a query or a fragment')
  .transform((text) => text.replace(/\/+$/, ''));
/** `owner/name`; on GitLab with its groups. */
const zPath = z.string().max(500).regex(/^[^\s/]+(\/[^\s/]+)+$/, 'the repository as the forge spells it, such as acme/shop');
const zLogin = z.string().trim().min(1).max(200);

export const forgeSecret = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('token'), token: z.string().trim().min(8).max(4_000) }),
  z.object({ kind: z.literal('app'), appId: z.number().int().min(1), privateKey: z.string().min(100).max(20_000), installation: z.number().int().min(1).optional() }),
]);

export const credentialDto = z.object({ name: z.string(), kind: zKind, url: z.string(), changedAt: zTime, repositories: z.array(z.string()) });
export type CredentialDto = z.output<typeof credentialDto>;
export const credentialList = z.object({ items: z.array(credentialDto) });
export const newCredential = z.object({ name: zCredential, kind: zKind, url: zForgeUrl, secret: forgeSecret });
export const rotation = z.object({ secret: forgeSecret });
export const credentialParams = z.object({ credential: zCredential });

/** `configBranch`: where the pipeline file is; default: the repository's default branch. */
export const connection = z.object({ credential: zCredential, path: zPath, configBranch: z.string().min(1).max(200).optional(), hook: z.boolean().default(true) });
export const forgeCheck = z.object({ login: z.string(), defaultBranch: z.string(), mergeMethods: z.array(z.enum(['squash', 'rebase', 'merge'])), missing: z.array(z.string()), notes: z.array(z.string()) });
export type ForgeCheckDto = z.output<typeof forgeCheck>;
export const connected = z.object({ repository: repositoryDto, check: forgeCheck, notes: z.array(z.string()) });

/** `abandon`: also while promotions are open; their requests stay open on the forge. */
export const disconnection = z.object({ abandon: z.enum(['true', 'false']).default('false').transform((text) => text === 'true') });
export const disconnected = z.object({ notes: z.array(z.string()) });

export const accountDto = z.object({ url: z.string(), login: z.string(), person: zPerson });
export type AccountDto = z.output<typeof accountDto>;
export const accountList = z.object({ items: z.array(accountDto) });
export const newAccount = z.object({ credential: zCredential, login: zLogin, person: zPerson });
export const accountParams = z.object({ credential: zCredential, login: zLogin });
