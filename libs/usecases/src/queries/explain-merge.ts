import { CURRENT_STATES, refusedMerge } from '@sluice/promotion';
import type { Promotion, Verdict } from '@sluice/promotion';
import { wakeKey } from '../ports/index.js';
import type { Outbox } from '../ports/index.js';

/** Everything that a lane wants done at once is fewer. */
const BOUND = 50;

/** Why what is decided is not done yet at the forge: it refuses the merge by its own rules, or what it was asked for has failed. */
export async function mergeVerdicts(outbox: Pick<Outbox, 'pending'>, promotion: Promotion): Promise<readonly Verdict[]> {
  if (!CURRENT_STATES.includes(promotion.state)) return [];
  const refused = refusedVerdict(promotion);
  return [...(refused ? [refused] : []), ...(await failedVerdicts(outbox, promotion))];
}

function refusedVerdict(promotion: Promotion): Verdict | undefined {
  const refused = refusedMerge(promotion);
  if (!refused || promotion.verdicts.some(({ outcome }) => outcome !== 'pass')) return undefined;
  const { message, since, nextTry } = refused;
  const again = promotion.state === 'ready' ? 'and whoever merges it then' : `after which Sluice merges it by itself: it tries again at ${new Date(nextTry).toISOString()}`;
  return { gate: 'merge', type: 'forge', outcome: 'fail', message, clearedBy: `what the forge asks for, or another setting there, ${again}`, since, evidence: { ...(promotion.change && { link: promotion.change.url }) } };
}

/** Nothing is asked of the outbox for those of which all is done: most only wait for their gates. */
async function failedVerdicts(outbox: Pick<Outbox, 'pending'>, { repository, application, target, state, change, updatedAt }: Promotion): Promise<readonly Verdict[]> {
  if (state !== 'merging' && change) return [];
  const [first] = await outbox.pending(wakeKey({ kind: 'lane', repository, application, target }), BOUND);
  if (!first || first.attempts === 0 || first.lastError === undefined) return [];
  return [{ gate: state === 'merging' ? 'merge' : 'request', type: 'forge', outcome: 'wait', message: first.lastError, clearedBy: `the forge, when it answers as it should: it is asked again by itself (${first.attempts} times until now)`, since: updatedAt, evidence: {} }];
}
