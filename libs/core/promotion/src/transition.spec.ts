import { later, promotionId } from '@sluice/kernel';
import { aPromotion, NOW, sha } from './promotion.fixture.js';
import { isCurrent, transition } from './transition.js';
import type { PromotionEvent } from './transition.js';
import type { PromotionState } from './model.js';
import type { Verdict } from './verdict.js';

const verdict = (outcome: Verdict['outcome'], gate = 'unit'): Verdict => ({ gate, type: 'check', outcome, message: 'm', since: NOW, evidence: {} });
const STATES: readonly PromotionState[] = ['open', 'ready', 'merging', 'rolling-out', 'live', 'superseded', 'rejected', 'tampered'];

describe('a promotion', () => {
  it('goes from open through merging and rolling out to live', () => {
    const merging = transition(aPromotion(), { kind: 'merge-requested', by: 'sluice' }, NOW);
    const merged = transition(merging, { kind: 'merged', commit: sha('9') }, later(NOW, 5));
    const live = transition(merged, { kind: 'live' }, later(NOW, 9));
    expect([merging.state, merged.state, live.state]).toEqual(['merging', 'rolling-out', 'live']);
    expect(merged).toMatchObject({ mergedAs: sha('9'), mergedAt: later(NOW, 5) });
    expect(live.timeline.map((entry) => entry.what)).toEqual(['merging', 'merged', 'live']);
  });

  it('is ready when all gates have passed and a person merges', () => {
    const ready = transition(aPromotion(), { kind: 'gates-evaluated', verdicts: [verdict('pass')], mergeBy: 'manual' }, NOW);
    expect(ready.state).toBe('ready');
    const back = transition(ready, { kind: 'gates-evaluated', verdicts: [verdict('fail')], mergeBy: 'manual' }, NOW);
    expect(back.state).toBe('open');
  });

  it('notes a gate in its timeline once, when it settles', () => {
    const waiting = transition(aPromotion(), { kind: 'gates-evaluated', verdicts: [verdict('wait')], mergeBy: 'auto' }, NOW);
    const passed = transition(waiting, { kind: 'gates-evaluated', verdicts: [verdict('pass')], mergeBy: 'auto' }, NOW);
    const again = transition(passed, { kind: 'gates-evaluated', verdicts: [verdict('pass')], mergeBy: 'auto' }, later(NOW, 5));
    expect(waiting.timeline).toHaveLength(0);
    expect(passed.timeline).toHaveLength(1);
    expect(again).toBe(passed);
  });

  it('notes loudly that a gate was overridden, and by whom', () => {
    const overridden: Verdict = { ...verdict('pass'), evidence: { overridden: 'fail', overriddenBy: 'eve' } };
    const passed = transition(aPromotion({ verdicts: [verdict('fail')] }), { kind: 'gates-evaluated', verdicts: [overridden], mergeBy: 'auto' }, NOW);
    expect(passed.timeline).toEqual([{ at: NOW, what: 'gate overridden', by: 'eve', detail: 'unit: m' }]);
  });

  it('goes back to open when the forge refuses the merge', () => {
    const merging = transition(aPromotion(), { kind: 'merge-requested', by: 'sluice' }, NOW);
    expect(transition(merging, { kind: 'merge-refused', message: 'conflict' }, NOW).state).toBe('open');
  });

  it('is the same content on another head when the forge wants it on what its target has become, and all is written for that anew', () => {
    const merging = transition(aPromotion({ written: 'what its statuses say' }), { kind: 'merge-requested', by: 'sluice' }, NOW);
    const again = transition(merging, { kind: 'recomposed', head: sha('7'), onto: sha('8'), message: 'behind' }, later(NOW, 5));
    expect(again).toMatchObject({ state: 'open', candidate: { ...merging.candidate, head: sha('7'), onto: sha('8') } });
    expect([again.written, again.timeline.at(-1)]).toEqual([undefined, { at: later(NOW, 5), what: 'composed again', detail: 'behind' }]);
  });

  it('is rolled back when its merge is taken off the branch, and only one that was merged', () => {
    const event: PromotionEvent = { kind: 'taken-back', message: 'by force' };
    expect(transition(aPromotion({ state: 'live' }), event, NOW)).toMatchObject({ state: 'rolled-back', timeline: [{ what: 'taken back', detail: 'by force' }] });
    const open = aPromotion({ state: 'open' });
    expect(transition(open, event, NOW)).toBe(open);
  });

  it.each([
    ['reverted by hand', { kind: 'reverted', by: sha('7'), message: 'checkout was put back by bob' }, ['rolling-out', 'degraded', 'live']],
    ['mended', { kind: 'mended', by: promotionId('qa-checkout-2'), message: 'checkout had Failed' }, ['degraded', 'live']],
  ] as const)('notes that it was %s, once, and stays what it is', (what, event, states) => {
    const all: readonly PromotionState[] = [...STATES, 'degraded', 'rolled-back'];
    expect(all.filter((state) => transition(aPromotion({ state }), event, NOW).timeline.length > 0).sort()).toEqual([...states].sort());
    const noted = transition(aPromotion({ state: 'live' }), event, NOW);
    expect(noted).toMatchObject({ state: 'live', timeline: [{ at: NOW, what, by: event.by, detail: event.message }] });
    expect(transition(noted, event, later(NOW, 5))).toBe(noted);
  });

  it('keeps the request that it has', () => {
    const opened = transition(aPromotion(), { kind: 'opened', change: { number: 1, url: 'u' } }, NOW);
    expect(transition(opened, { kind: 'opened', change: { number: 2, url: 'v' } }, NOW).change?.number).toBe(1);
  });

  // Every state × event: a late or repeated message never takes a promotion out of a final state.
  const events: readonly PromotionEvent[] = [
    { kind: 'gates-evaluated', verdicts: [verdict('pass')], mergeBy: 'manual' },
    { kind: 'merge-requested', by: 'sluice' },
    { kind: 'merge-refused', message: '' },
    { kind: 'recomposed', head: sha('7'), onto: sha('8'), message: '' },
    { kind: 'merged', commit: sha('9') },
    { kind: 'live' },
    { kind: 'closed' },
    { kind: 'superseded', message: '' },
  ];
  const final = STATES.filter((state) => state === 'superseded' || state === 'rejected' || state === 'tampered' || state === 'live');
  it.each(final.flatMap((state) => events.map((event) => [state, event.kind, event] as const)))('%s stays as it is on %s', (state, _kind, event) => {
    const before = aPromotion({ state });
    expect(transition(before, event, NOW)).toBe(before);
  });

  it('occupies its lane while it is open, ready or merging', () => {
    expect(STATES.filter((state) => isCurrent({ state }))).toEqual(['open', 'ready', 'merging']);
  });
});
