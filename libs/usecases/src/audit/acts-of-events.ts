import type { AuditAct, DomainEvent } from '../ports/index.js';

/** Of what the engine tells, what it has written by itself; the rest is what it has seen, or waits for. */
const ACTIONS: Readonly<Record<string, string>> = {
  'promotion.opened': 'promotion.open',
  'promotion.superseded': 'promotion.supersede',
  'promotion.closed': 'promotion.close',
  'promotion.merged': 'promotion.merge',
  'promotion.taken-back': 'promotion.take-back',
  'rollout.begun': 'rollout.begin',
  'rollout.wave': 'rollout.wave',
  'rollout.paused': 'rollout.pause',
  'rollout.done': 'rollout.end',
};

/** Entries for the writes among some events. What somebody has done on the forge itself is theirs. */
export function actsOf(events: readonly DomainEvent[]): readonly AuditAct[] {
  return events.flatMap((event) => {
    const action = ACTIONS[event.type];
    if (action === undefined) return [];
    const { repository, environment, application, promotion, by, message } = event;
    const place = Object.fromEntries(Object.entries({ repository, environment, application, promotion }).filter(([, name]) => name !== undefined));
    return [by === undefined || by === 'sluice' ? { action, place, by: 'sluice', why: message } : { action, place, by: { kind: 'person', name: by }, door: 'forge', why: message }];
  });
}
