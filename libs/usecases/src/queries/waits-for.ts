import type { Instant } from '@sluice/kernel';
import type { Promotion } from '@sluice/promotion';

/** The first thing that a promotion waits for, in one sentence; undefined when it waits for nothing. */
export function waitsFor(promotion: Promotion): string | undefined {
  switch (promotion.state) {
    case 'open':
      return verdictSentence(promotion) ?? 'its gates are about to be evaluated';
    case 'ready':
      return 'all gates passed: somebody merges it';
    case 'merging':
      return 'the forge merges it';
    case 'rolling-out':
      return `the agents of ${promotion.target} converge`;
    case 'tampered':
      return 'what was merged is not what was approved: it is composed again';
    default:
      return undefined;
  }
}

function verdictSentence(promotion: Promotion): string | undefined {
  const first = promotion.verdicts.find(({ outcome }) => outcome === 'fail') ?? promotion.verdicts.find(({ outcome }) => outcome === 'wait');
  return first && `${first.gate}: ${first.message}`;
}

/** When it can move by itself at the earliest: the latest of the times that its gates name. */
export function waitsUntil(promotion: Promotion): Instant | undefined {
  const times = promotion.verdicts.flatMap(({ outcome, until }) => (outcome === 'wait' && until !== undefined ? [until] : []));
  return times.length === 0 ? undefined : (Math.max(...times) as Instant);
}
