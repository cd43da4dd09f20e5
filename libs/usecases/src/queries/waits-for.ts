import type { Instant } from '@sluice/kernel';
import { membersOf, refusedMerge } from '@sluice/promotion';
import type { Promotion, Verdict } from '@sluice/promotion';

/** The first thing that a promotion waits for, said so that it reads after "waits for"; undefined when it waits for nothing. */
export function waitsFor(promotion: Promotion): string | undefined {
  const [first] = obstacles(promotion);
  if (promotion.state === 'open' && first) return `${first.gate}: ${first.message}`;
  const refused = isReadyToMerge(promotion) ? refusedMerge(promotion) : undefined;
  return refused ? `${waitsBeyondGates(promotion) ?? ''}: ${refused.message}` : waitsBeyondGates(promotion);
}

/** One sentence beside the verdicts, which say the rest: it names the gates and repeats none of them. Empty when it waits for nothing. */
export function waitingSentence(promotion: Promotion): string {
  const gates = promotion.state === 'open' ? obstacles(promotion).map(({ gate }) => gate) : [];
  const what = gates.length > 0 ? gates.join(', ') : waitsBeyondGates(promotion);
  return what === undefined ? '' : `waits for ${what}`;
}

/** What has failed comes before what only takes its time. */
function obstacles({ verdicts }: Promotion): readonly Verdict[] {
  return [...verdicts.filter(({ outcome }) => outcome === 'fail'), ...verdicts.filter(({ outcome }) => outcome === 'wait')];
}

/** Whether nothing but the merge itself is missing, as far as Sluice knows. */
function isReadyToMerge(promotion: Promotion): boolean {
  return promotion.state === 'merging' || promotion.state === 'ready' || (promotion.state === 'open' && promotion.verdicts.every(({ outcome }) => outcome === 'pass'));
}

function waitsBeyondGates(promotion: Promotion): string | undefined {
  if (isReadyToMerge(promotion) && refusedMerge(promotion)) return promotion.state === 'ready' ? 'somebody to merge it again: the forge has refused to' : 'the forge, which refuses to merge it';
  switch (promotion.state) {
    case 'open':
      return 'its gates to be evaluated';
    case 'ready':
      return 'somebody to merge it: all gates have passed';
    case 'merging':
      return 'the forge to merge it';
    case 'rolling-out':
      return `the agents of ${promotion.target} to converge`;
    case 'degraded':
      return `${membersOf(promotion).join(', ')} to recover in ${promotion.target}, or a rollback`;
    case 'tampered':
      return 'another composition: what was merged is not what was approved';
    default:
      return undefined;
  }
}

/** When it can move by itself at the earliest: the latest of the times that its gates name. */
export function waitsUntil(promotion: Promotion): Instant | undefined {
  const times = promotion.verdicts.flatMap(({ outcome, until }) => (outcome === 'wait' && until !== undefined ? [until] : []));
  return times.length === 0 ? undefined : (Math.max(...times) as Instant);
}
