import { applicationName, environmentName, instant, promotionId } from '@sluice/kernel';
import type { ApplicationName, Instant } from '@sluice/kernel';
import type { DeliveryFact } from './facts.js';

export const CHECKOUT = applicationName('checkout');
export const CART = applicationName('cart');
export const QA = environmentName('qa');
export const PROD = environmentName('prod');
/** A Sunday, midnight in UTC. */
const EPOCH = Date.parse('2026-11-01T00:00:00Z');
const HOUR = 3_600_000;

/** Hours after the beginning of November 2026. */
export function hour(count: number): Instant {
  return instant(EPOCH + count * HOUR);
}

let numbers = 0;

/** A promotion of checkout into qa that was merged at hour 1 and is not live yet; tests name what happened to it, in hours. */
export function fact(fields: Partial<DeliveryFact> = {}): DeliveryFact {
  return { promotion: promotionId(`qa-checkout-${++numbers}`), environment: QA, applications: [CHECKOUT], mergedAt: hour(1), isUndone: false, wentWithNewer: false, isRestored: false, changes: [], ...fields };
}

/** One that became live at an hour, with commits from these hours. */
export function live(at: number, committed: readonly number[] = [], fields: Partial<DeliveryFact> = {}): DeliveryFact {
  return fact({ mergedAt: hour(at - 0.5), liveAt: hour(at), changes: [changes(committed)], ...fields });
}

export function changes(committed: readonly number[] | 'unknown', application: ApplicationName = CHECKOUT): DeliveryFact['changes'][number] {
  return { application, committedAt: committed === 'unknown' ? committed : committed.map(hour) };
}

export function rollback(createdAt: number, liveAt?: number): Pick<DeliveryFact, 'isUndone' | 'undoneAt' | 'undoneBy'> {
  return { isUndone: true, undoneAt: hour(createdAt), undoneBy: { promotion: promotionId(`rollback-${createdAt}`), createdAt: hour(createdAt), ...(liveAt !== undefined && { liveAt: hour(liveAt) }) } };
}
