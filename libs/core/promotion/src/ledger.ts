import { applicationName, commitSha, digest, environmentName, objectSha, promotionId } from '@sluice/kernel';
import type { ApplicationName, CommitSha, Digest, EnvironmentName, ObjectSha, PromotionId } from '@sluice/kernel';
import { CORE_SCHEMA, load } from 'js-yaml';
import { z } from 'zod';

/** What `.sluice/<target>/<application>.yaml` says: written in the same commit as the change it records. */
export interface Ledger {
  readonly target: EnvironmentName;
  readonly application: ApplicationName;
  readonly source: EnvironmentName;
  readonly commit: CommitSha;
  readonly origin: CommitSha;
  readonly digest: Digest;
  readonly promotion: PromotionId;
  readonly attempt: number;
  readonly paths: readonly string[];
  /** Content key of the application's paths in the result: whoever reads the merge commit can tell whether it is what was composed. */
  readonly content: ObjectSha;
}

/** Larger files are not ledgers of ours. */
export const MAX_LEDGER_BYTES = 65_536;

const SCHEMA = z.object({
  version: z.literal(1),
  target: branded(environmentName),
  application: branded(applicationName),
  source: branded(environmentName),
  commit: branded(commitSha),
  origin: branded(commitSha),
  digest: branded(digest),
  promotion: branded(promotionId),
  attempt: z.number().int().min(0),
  paths: z.array(z.string()),
  content: branded(objectSha),
});

/** A text that the constructor of an identifier takes; what it throws becomes a finding. */
function branded<T>(construct: (text: string) => T): z.ZodPipe<z.ZodString, z.ZodTransform<T, string>> {
  return z.string().transform((text, context) => {
    try {
      return construct(text);
    } catch {
      context.addIssue({ code: 'custom', message: 'has not the form of its kind' });
      return z.NEVER;
    }
  });
}

/** Where the ledger of one application lies in the target's tree. */
export function ledgerPath(target: EnvironmentName, application: ApplicationName): string {
  return `.sluice/${target}/${application}.yaml`;
}

/** The ledger as a file's text; equal ledgers give equal text. */
export function formatLedger(ledger: Ledger): string {
  const lines = [
    '# Written by Sluice with the promotion that it records. Do not edit.',
    'version: 1',
    `target: ${ledger.target}`,
    `application: ${ledger.application}`,
    `source: ${ledger.source}`,
    `commit: "${ledger.commit}"`,
    `origin: "${ledger.origin}"`,
    `digest: "${ledger.digest}"`,
    `promotion: ${ledger.promotion}`,
    `attempt: ${ledger.attempt}`,
    `content: "${ledger.content}"`,
    'paths:',
    ...ledger.paths.map((path) => `  - ${JSON.stringify(path)}`),
  ];
  return `${lines.join('\n')}\n`;
}

/**
 * Reads a ledger. A text that is no ledger, or a ledger of another target or application (a branch made from another, a hand merge and a cherry-pick carry
 * foreign ones along), counts as none: undefined.
 */
export function parseLedger(text: string, target: EnvironmentName, application: ApplicationName): Ledger | undefined {
  if (text.length > MAX_LEDGER_BYTES) return undefined;
  const parsed = SCHEMA.safeParse(loadQuietly(text));
  if (!parsed.success) return undefined;
  const { version: _version, ...ledger } = parsed.data;
  return ledger.target === target && ledger.application === application ? ledger : undefined;
}

function loadQuietly(text: string): unknown {
  try {
    return load(text, { schema: CORE_SCHEMA, maxAliases: 0 });
  } catch {
    return undefined;
  }
}
