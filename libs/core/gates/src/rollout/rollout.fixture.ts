import { applicationName, clusterName, commitSha, environmentName, instant, promotionId, repositoryId } from '@sluice/kernel';
import type { Instant, Labels } from '@sluice/kernel';
import { beginRollout } from './plan-rollout.js';
import type { Rollout, RolloutCluster, RolloutFacts, RunningApplication } from './rollout.js';

export const NOW: Instant = instant(1_700_000_000_000);
export const BASE = commitSha('b'.repeat(40));
export const HEAD = commitSha('a'.repeat(40));
export const FIX = commitSha('f'.repeat(40));
const CHECKOUT = applicationName('checkout');
export const CANARY: Labels = { canary: 'true' };
const SOAK = 900_000;

/** A batch of one promotion of checkout, in two waves; its begin is waited for. */
export function aRollout(fields: Partial<Rollout> = {}): Rollout {
  const begun = beginRollout(undefined, {
    repository: repositoryId('shop'),
    environment: environmentName('prod'),
    waves: [
      { clusters: CANARY, soak: SOAK },
      { clusters: {}, soak: 0 },
    ],
    head: HEAD,
    base: BASE,
    promotions: [promotionId('prod-checkout-1')],
    at: NOW,
  });
  return { ...begun, ...fields };
}

/** A cluster that runs checkout as it was before the rollout. */
export function aCluster(name: string, labels: Labels = {}, fields: Partial<Omit<RolloutCluster, 'name' | 'labels' | 'running'>> & Partial<RunningApplication> = {}): RolloutCluster {
  const { connected = true, hasHead = false, ...running } = fields;
  return { name: clusterName(name), labels, connected, hasHead, running: new Map([[CHECKOUT, { content: BASE, touched: 1, status: 'Current', healthySince: NOW, message: '', ...running }]]) };
}

/** What makes {@link aCluster} one that runs the batch. */
export function runsIt(fields: Partial<RunningApplication> = {}): Partial<RunningApplication> & { readonly hasHead: true } {
  return { content: HEAD, touched: 2, hasHead: true, ...fields };
}

export function facts(clusters: readonly RolloutCluster[], fields: Partial<RolloutFacts> = {}): RolloutFacts {
  return { clusters, applications: [{ application: CHECKOUT, content: HEAD, touched: 2 }], promoted: [CHECKOUT], now: NOW, ...fields };
}
