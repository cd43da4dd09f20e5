import { printableLine } from '@sluice/kernel';
import type { Instant } from '@sluice/kernel';
import type { Verdict } from '@sluice/promotion';
import type { Delegator } from './standing.js';

/** An approval that counts, and in whose right. */
export interface Voice {
  readonly person: string;
  readonly right: Delegator;
}

/** What approvals rest on that ends by itself, for everybody to see. */
interface ForATimeSaid {
  /** What a message begins with; empty when nothing does. */
  readonly loud: string;
  readonly evidence: Verdict['evidence'];
  /** The earliest end. */
  readonly restsUntil?: Instant;
}

/** A reason may be long, and a status on a forge is short. */
const MAX_REASON = 60;

/** Break-glass and delegations that make approvals count. */
export function sayForATime(voices: readonly Voice[]): ForATimeSaid {
  const glasses = voices.flatMap(({ right }) => (right.glass ? [`${right.person} (${printableLine(right.glass.reason, MAX_REASON)})`] : []));
  const delegations = voices.flatMap(({ person, right }) => (right.delegation ? [`${person} for ${right.person} (${printableLine(right.delegation.reason, MAX_REASON)})`] : []));
  const ends = voices.flatMap(({ right }) => [right.glass, right.delegation]).flatMap((right) => (right ? [right.until] : []));
  const said = [...(glasses.length > 0 ? [`BREAK-GLASS by ${glasses.join(', ')}`] : []), ...(delegations.length > 0 ? [`DELEGATED: ${delegations.join(', ')}`] : [])];
  return {
    loud: said.length === 0 ? '' : `${said.join('; ')}: `,
    evidence: { ...(glasses.length > 0 && { breakGlass: glasses.join(', ') }), ...(delegations.length > 0 && { delegated: delegations.join(', ') }) },
    ...(ends.length > 0 && { restsUntil: Math.min(...ends) as Instant }),
  };
}

/** What a verdict rests on that ends by itself: who sees only outcomes is told of it. */
export function restsOn({ evidence }: Pick<Verdict, 'evidence'>): readonly string[] {
  return ['breakGlass', 'delegated'].filter((key) => evidence[key] !== undefined);
}
