import { placeText } from '@sluice/cel';
import { parseDuration } from '@sluice/kernel';
import { policyExpressionProblem } from '@sluice/policy';
import { z } from 'zod';
import { checkGlob } from '../globs/glob-syntax.js';
import { httpAddressProblem } from './http-address.js';
import { publicKeyProblem } from './public-key.js';
import { duration, name, text } from './scalars.js';
import { section } from './section.js';

const MAX_VALIDATIONS = 50;

const expression = z
  .string()
  .min(1)
  .superRefine((value, context) => {
    const problem = policyExpressionProblem(value);
    if (problem) context.addIssue({ code: 'custom', message: `is no valid CEL expression${placeText(problem)}: ${problem.message}` });
  })
  .describe('CEL that gives true or false, over `objects`, `changes`, `application`, `environment` and `source`.');

const policy = section({
  name,
  type: z.literal('policy'),
  validations: z
    .array(section({ expression, message: text.describe('What the verdict says when the expression is false.') }))
    .min(1)
    .max(MAX_VALIDATIONS)
    .describe('As in a ValidatingAdmissionPolicy of Kubernetes: each must be true.'),
}).describe('Passes when every CEL expression holds for the objects that the target would have.');

const secretName = z
  .string()
  .refine((value) => /^[a-z0-9.*?-]+(\/[a-z0-9.*?-]+)?$/.test(value) && value.split('/').every((part) => checkGlob(part) === undefined), 'must be "namespace/name" or "name", with "*" and "?"')
  .describe('A Secret: "namespace/name" or "name", with "*" and "?".');

const secrets = section({
  name,
  type: z.literal('secrets'),
  allow: z.array(secretName).max(100).optional().describe('Secrets that may stand there in plain text, such as examples.'),
}).describe('Passes when the promotion brings no Secret whose values can be read. SealedSecret, ExternalSecret and values encrypted by SOPS are none.');

const publicKey = z
  .string()
  .max(100_000)
  .superRefine((value, context) => {
    const problem = publicKeyProblem(value);
    if (problem !== undefined) context.addIssue({ code: 'custom', message: problem });
  })
  .describe('A public key: "ssh-ed25519 AAAA… comment", or a PGP public key block.');

const signature = section({
  name,
  type: z.literal('signature'),
  keys: z.array(publicKey).min(1).max(200).describe('Whose signatures count.'),
}).describe('Passes when every commit that the promotion brings is signed with one of the keys. Merges that Sluice made itself need none.');

const http = section({
  name,
  type: z.literal('http'),
  url: z
    .string()
    .max(2_000)
    .superRefine((value, context) => {
      const problem = httpAddressProblem(value);
      if (problem !== undefined) context.addIssue({ code: 'custom', message: problem });
    })
    .describe('What is asked, by POST.'),
  secret: z
    .string()
    .regex(/^[A-Z][A-Z0-9_]{0,62}$/, 'must be the name of a secret of the server: capital letters, digits and "_"; not the secret itself')
    .describe('Signs the question: NAME stands for the variable SLUICE_GATE_SECRET_NAME of the server.'),
  timeout: duration
    .refine((value) => isWithin(value, '1m', '90d'), 'must be between 1m and 90d')
    .optional()
    .describe('How long it is asked again while it waits or does not answer; default 7d.'),
}).describe('Asks a URL about the promotion; it answers pass, wait or fail.');

function isWithin(text: string, least: string, most: string): boolean {
  const [value, from, to] = [text, least, most].map((one) => parseDuration(one) ?? 0);
  return value !== undefined && from !== undefined && to !== undefined && value >= from && value <= to;
}

const images = section({ name, type: z.literal('images') }).describe('Passes when every image that the target would run is in its registry.');

/** Gates that look at what would be promoted, and those that ask others about it. */
export const CONTENT_GATES = [policy, secrets, signature, http, images] as const;
