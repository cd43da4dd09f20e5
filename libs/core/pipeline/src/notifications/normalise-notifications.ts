import { InvalidInput } from '@sluice/kernel';
import type { NotificationsFile } from '../schema/pipeline-file.js';
import { toWindowRule } from '../windows/normalise-windows.js';
import { parseDigest, type Digest } from './digest.js';
import type { NotificationRule } from './rule.js';

type RuleFile = NotificationsFile[number];

/** Fills in defaults. */
export function toNotificationRule({ on, environments = [], applications = [], to, digest, quiet }: RuleFile): NotificationRule {
  return {
    on,
    environments,
    applications,
    to,
    ...(digest !== undefined && { digest: toDigest(digest) }),
    ...(quiet && { quiet: { times: quiet.times.map((deny) => toWindowRule({ deny, timezone: quiet.timezone })), except: quiet.except ?? [] } }),
  };
}

function toDigest(text: string): Digest {
  const result = parseDigest(text);
  if (!result.ok) throw new InvalidInput(`"${text}" passed the checks, but cannot be read: ${result.problem}`);
  return result.digest;
}
