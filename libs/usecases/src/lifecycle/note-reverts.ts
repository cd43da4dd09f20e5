import { Conflict } from '@sluice/kernel';
import type { ApplicationName } from '@sluice/kernel';
import { kindOfTitle, transition } from '@sluice/promotion';
import type { Hold, Promotion, PromotionState } from '@sluice/promotion';
import type { EnvironmentState, Mirror } from '../ports/index.js';
import type { LifecyclePorts } from './ports.js';

type Ports = Pick<LifecyclePorts, 'promotions' | 'environments' | 'clock'>;

const IN_FORCE: readonly PromotionState[] = ['rolling-out', 'degraded', 'live'];
/** Promotions of a lane among which the reverted one is looked for, newest first. */
const MAX_LOOKED_AT = 20;

/** A hold ends, and git alone does not say when a revert was seen: the promotion that was put back by hand keeps it, for those who count failures (docs/metrics.md). Says it once. */
export async function noteReverts(ports: Ports, mirror: Mirror, states: readonly EnvironmentState[]): Promise<void> {
  for (const state of states) {
    for (const [application, hold] of Object.entries(state.held)) await noteRevert(ports, mirror, { state, application: application as ApplicationName, hold });
  }
}

interface Reverted {
  readonly state: EnvironmentState;
  readonly application: ApplicationName;
  readonly hold: Hold;
}

async function noteRevert(ports: Ports, mirror: Mirror, { state: { repository, environment }, application, hold }: Reverted): Promise<void> {
  const { items } = await ports.promotions.list({ repository, application, target: environment, states: IN_FORCE, limit: MAX_LOOKED_AT });
  const promotion = items.find((item) => sourceIn(item, application) === hold.source);
  const next = promotion && transition(promotion, { kind: 'reverted', by: hold.by, message: `${application} was put back by ${hold.undoneBy}` }, ports.clock());
  if (!promotion || !next || next === promotion) return;
  if (!(await isAfter(ports, promotion, hold)) || (await isRollback(mirror, hold))) return;
  try {
    await ports.promotions.update(next);
  } catch (error) {
    // somebody else has just changed it: the next look says it
    if (!(error instanceof Conflict)) throw error;
  }
}

function sourceIn({ candidate: { source, members } }: Promotion, application: ApplicationName): string {
  return members?.find((member) => member.application === application)?.source ?? source;
}

/** What somebody promotes again has the source commit that is held. */
async function isAfter({ environments }: Ports, { repository, target, mergedAs }: Promotion, { by }: Hold): Promise<boolean> {
  if (mergedAs === undefined) return false;
  const positions = await environments.positions(repository, target, [mergedAs, by]);
  const [merged, reverted] = [positions.get(mergedAs), positions.get(by)];
  return merged !== undefined && reverted !== undefined && merged < reverted;
}

/** A rollback by Sluice holds what it undid as well, and says so itself. */
async function isRollback(mirror: Mirror, { by }: Hold): Promise<boolean> {
  if (!(await mirror.has(by))) return false;
  const [entry] = await mirror.firstParent(by, { limit: 1 });
  return entry !== undefined && kindOfTitle(entry.subject) === 'rollback';
}
