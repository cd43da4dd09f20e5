import type { Instant } from '@sluice/kernel';
import { membersOf } from '@sluice/promotion';
import type { Promotion, Verdict } from '@sluice/promotion';

/** The first thing that a promotion waits for, said so that it reads after "waits for"; undefined when it waits for nothing. */
export function waitsFor(promotion: Promotion): string | undefined {
  const [first] = obstacles(promotion);
  return promotion.state === 'open' && first ? `${first.gate}: ${first.message}` : waitsBeyondGates(promotion);
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

function waitsBeyondGates(promotion: Promotion): string | undefined {
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
