import { present } from '@sluice/kernel';
import type { CommitSha, Instant, PersonName } from '@sluice/kernel';
import type { Promotion, PromotionState, TimelineEntry } from './model.js';
import { RECOMPOSED, withRefusal } from './refused-merge.js';
import type { Verdict } from './verdict.js';

/** What can happen to a promotion. */
export type PromotionEvent =
  | { readonly kind: 'opened'; readonly change: { readonly number: number; readonly url: string } }
  | { readonly kind: 'gates-evaluated'; readonly verdicts: readonly Verdict[]; readonly mergeBy: 'auto' | 'manual' }
  | { readonly kind: 'merge-requested'; readonly by: PersonName | 'sluice' }
  /** `byForge`: not by what we know ourselves. */
  | { readonly kind: 'merge-refused'; readonly message: string; readonly byForge?: true }
  /** The same content on what its target has become, because the forge merges nothing else. */
  | { readonly kind: 'recomposed'; readonly head: CommitSha; readonly onto: CommitSha; readonly message: string }
  | { readonly kind: 'merged'; readonly commit: CommitSha; readonly by?: string }
  | { readonly kind: 'tampered'; readonly message: string }
  | { readonly kind: 'live' }
  | { readonly kind: 'degraded'; readonly message: string }
  | { readonly kind: 'rolled-back'; readonly by: Promotion['id'] }
  /** Its merge is on the target's branch no more. */
  | { readonly kind: 'taken-back'; readonly message: string }
  /** Somebody put its content, or some of it, back on the target by hand. */
  | { readonly kind: 'reverted'; readonly by: CommitSha; readonly message: string }
  /** A later promotion was merged while what it had brought had Failed. */
  | { readonly kind: 'mended'; readonly by: Promotion['id']; readonly message: string }
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
  if (event.kind === 'opened') return promotion.change ? promotion : moved(promotion, { change: event.change }, { at: now, what: 'opened', detail: `request ${event.change.number}` });
  if (event.kind === 'gates-evaluated') return evaluated(promotion, event, now);
  return APPLIES_IN[event.kind].includes(promotion.state) ? applied(promotion, event, now) : promotion;
}

type StateEvent = Exclude<PromotionEvent, { kind: 'opened' | 'gates-evaluated' }>;

const APPLIES_IN: Readonly<Record<StateEvent['kind'], readonly PromotionState[]>> = {
  'merge-requested': ['open', 'ready'],
  'merge-refused': ['merging'],
  recomposed: ['merging'],
  merged: CURRENT_STATES,
  tampered: ['rolling-out', 'degraded', 'live'],
  live: ['rolling-out', 'degraded'],
  degraded: ['rolling-out'],
  'rolled-back': ['rolling-out', 'degraded', 'live', 'tampered'],
  'taken-back': ['rolling-out', 'degraded', 'live', 'tampered'],
  reverted: ['rolling-out', 'degraded', 'live'],
  mended: ['degraded', 'live'],
  closed: CURRENT_STATES,
  superseded: CURRENT_STATES,
};

function applied(promotion: Promotion, event: StateEvent, at: Instant): Promotion {
  switch (event.kind) {
    case 'merge-requested':
      return moved(promotion, { state: 'merging' }, { at, what: 'merging', by: event.by });
    case 'merge-refused':
      return refused(promotion, event, at);
    case 'recomposed':
      return recomposed(promotion, event, at);
    case 'merged':
      return moved(promotion, { state: 'rolling-out', mergedAs: event.commit, mergedAt: at }, { at, what: 'merged', ...present({ by: event.by }), detail: event.commit });
    case 'tampered':
      return moved(promotion, { state: 'tampered' }, { at, what: 'tampered', detail: event.message });
    case 'degraded':
      return moved(promotion, { state: 'degraded' }, { at, what: 'degraded', detail: event.message });
    case 'rolled-back':
      return moved(promotion, { state: 'rolled-back' }, { at, what: 'rolled back', detail: event.by });
    case 'taken-back':
      return moved(promotion, { state: 'rolled-back' }, { at, what: 'taken back', detail: event.message });
    case 'reverted':
      return notedOnce(promotion, { at, what: 'reverted by hand', by: event.by, detail: event.message });
    case 'mended':
      return notedOnce(promotion, { at, what: 'mended', by: event.by, detail: event.message });
    case 'live':
      return moved(promotion, { state: 'live', liveAt: at }, { at, what: 'live' });
    case 'closed':
      return moved(promotion, { state: 'rejected' }, { at, what: 'closed', ...present({ by: event.by, detail: event.reason }) });
    case 'superseded':
      return moved(promotion, { state: 'superseded' }, { at, what: 'superseded', detail: event.message });
  }
}

/** Its state stays: what happened to it is kept for those who count failures. The first time counts. */
function notedOnce(promotion: Promotion, entry: TimelineEntry): Promotion {
  return promotion.timeline.some(({ what }) => what === entry.what) ? promotion : moved(promotion, {}, entry);
}

function refused(promotion: Promotion, { message, byForge }: Extract<PromotionEvent, { kind: 'merge-refused' }>, at: Instant): Promotion {
  if (byForge) return { ...promotion, state: 'open', updatedAt: at, timeline: withRefusal(promotion.timeline, { at, detail: message }) };
  return moved(promotion, { state: 'open' }, { at, what: 'merge refused', detail: message });
}

/** Its gates, and whoever has approved it, were asked about the content, which stays. All that was written for its head before is written again. */
function recomposed({ written: _written, ...promotion }: Promotion, { head, onto, message }: Extract<PromotionEvent, { kind: 'recomposed' }>, at: Instant): Promotion {
  return moved(promotion, { state: 'open', candidate: { ...promotion.candidate, head, onto } }, { at, what: RECOMPOSED, detail: message });
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
  const { overridden, overriddenBy } = verdict.evidence;
  if (overridden !== undefined && verdict.outcome === 'pass') return [{ at: now, what: 'gate overridden', ...(typeof overriddenBy === 'string' ? { by: overriddenBy } : {}), detail: `${verdict.gate}: ${verdict.message}` }];
  return [{ at: now, what: `gate ${verdict.outcome === 'pass' ? 'passed' : 'failed'}`, detail: `${verdict.gate}: ${verdict.message}` }];
}

function sameVerdicts(a: readonly Verdict[], b: readonly Verdict[]): boolean {
  return JSON.stringify(a) === JSON.stringify(b);
}

function moved(promotion: Promotion, fields: Partial<Promotion>, entry: TimelineEntry): Promotion {
  return { ...promotion, ...fields, updatedAt: entry.at, timeline: [...promotion.timeline, entry] };
}
