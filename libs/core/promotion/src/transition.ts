import type { CommitSha, Instant, PersonName } from '@sluice/kernel';
import type { Promotion, PromotionState, TimelineEntry } from './model.js';
import type { Verdict } from './verdict.js';

/** What can happen to a promotion. */
export type PromotionEvent =
  | { readonly kind: 'opened'; readonly change: { readonly number: number; readonly url: string } }
  | { readonly kind: 'gates-evaluated'; readonly verdicts: readonly Verdict[]; readonly mergeBy: 'auto' | 'manual' }
  | { readonly kind: 'merge-requested'; readonly by: PersonName | 'sluice' }
  | { readonly kind: 'merge-refused'; readonly message: string }
  | { readonly kind: 'merged'; readonly commit: CommitSha; readonly by?: string }
  | { readonly kind: 'tampered'; readonly message: string }
  | { readonly kind: 'live' }
  | { readonly kind: 'closed'; readonly by?: string; readonly reason?: string }
  | { readonly kind: 'superseded'; readonly message: string };

/** States in which a promotion occupies its lane. */
export const CURRENT_STATES: readonly PromotionState[] = ['open', 'ready', 'merging'];

export function isCurrent(promotion: Pick<Promotion, 'state'>): boolean {
  return CURRENT_STATES.includes(promotion.state);
}

/**
 * The one place where a promotion changes its state: pure, and the identity for an event that does not apply (a repeated or late message is harmless).
 */
export function transition(promotion: Promotion, event: PromotionEvent, now: Instant): Promotion {
  switch (event.kind) {
    case 'opened':
      return promotion.change ? promotion : moved(promotion, { change: event.change }, { at: now, what: 'opened', detail: `request ${event.change.number}` });
    case 'gates-evaluated':
      return evaluated(promotion, event, now);
    case 'merge-requested':
      return promotion.state === 'open' || promotion.state === 'ready' ? moved(promotion, { state: 'merging' }, { at: now, what: 'merging', by: event.by }) : promotion;
    case 'merge-refused':
      return promotion.state === 'merging' ? moved(promotion, { state: 'open' }, { at: now, what: 'merge refused', detail: event.message }) : promotion;
    case 'merged':
      return isCurrent(promotion) ? moved(promotion, { state: 'rolling-out', mergedAs: event.commit, mergedAt: now }, { at: now, what: 'merged', ...optional('by', event.by), detail: event.commit }) : promotion;
    case 'tampered':
      return promotion.state === 'rolling-out' || promotion.state === 'live' ? moved(promotion, { state: 'tampered' }, { at: now, what: 'tampered', detail: event.message }) : promotion;
    case 'live':
      return promotion.state === 'rolling-out' ? moved(promotion, { state: 'live', liveAt: now }, { at: now, what: 'live' }) : promotion;
    case 'closed':
      return isCurrent(promotion) ? moved(promotion, { state: 'rejected' }, { at: now, what: 'closed', ...optional('by', event.by), ...optional('detail', event.reason) }) : promotion;
    case 'superseded':
      return isCurrent(promotion) ? moved(promotion, { state: 'superseded' }, { at: now, what: 'superseded', detail: event.message }) : promotion;
  }
}

function evaluated(promotion: Promotion, event: Extract<PromotionEvent, { kind: 'gates-evaluated' }>, now: Instant): Promotion {
  if (promotion.state !== 'open' && promotion.state !== 'ready') return promotion;
  const passed = event.verdicts.every((verdict) => verdict.outcome === 'pass');
  const entries = event.verdicts.flatMap((verdict) => settledEntry(promotion.verdicts, verdict, now));
  const state: PromotionState = passed && event.mergeBy === 'manual' ? 'ready' : 'open';
  if (state === promotion.state && sameVerdicts(promotion.verdicts, event.verdicts)) return promotion;
  return { ...promotion, state, verdicts: event.verdicts, updatedAt: now, timeline: [...promotion.timeline, ...entries] };
}

function settledEntry(before: readonly Verdict[], verdict: Verdict, now: Instant): TimelineEntry[] {
  const previous = before.find((other) => other.gate === verdict.gate);
  if (verdict.outcome === 'wait' || previous?.outcome === verdict.outcome) return [];
  return [{ at: now, what: `gate ${verdict.outcome === 'pass' ? 'passed' : 'failed'}`, detail: `${verdict.gate}: ${verdict.message}` }];
}

function sameVerdicts(a: readonly Verdict[], b: readonly Verdict[]): boolean {
  return JSON.stringify(a) === JSON.stringify(b);
}

function moved(promotion: Promotion, fields: Partial<Promotion>, entry: TimelineEntry): Promotion {
  return { ...promotion, ...fields, updatedAt: entry.at, timeline: [...promotion.timeline, entry] };
}

function optional<Key extends string>(key: Key, value: string | undefined): Partial<Record<Key, string>> {
  return value === undefined ? {} : ({ [key]: value } as Partial<Record<Key, string>>);
}
