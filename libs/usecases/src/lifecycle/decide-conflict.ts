import { present } from '@sluice/kernel';
import { promotionBranch, transition } from '@sluice/promotion';
import type { ConflictDraft, LaneStatus } from '@sluice/promotion';
import type { DomainEvent } from '../ports/index.js';
import type { KeyedEffect } from './effects.js';
import type { LanePlan } from './lane-plan.js';
import type { ConflictOffer, LaneView } from './lane-view.js';

/** A lane with conflicts: a draft request on which a person can resolve them, which takes over the request of a promotion that was open. Pure. */
export function withConflict(view: LaneView, offer: ConflictOffer, status: LaneStatus): LanePlan {
  const conflicted = { ...status, message: messageOf(view, offer), conflicts: offer.conflicts };
  if (view.current?.state === 'merging') return { status: conflicted, effects: [], events: [] };
  const known = view.status?.draft;
  if (known?.change && known.inputsKey === offer.draft.inputsKey) return { status: { ...conflicted, draft: asItIs(view, known) }, effects: [], events: conflictEvent(view, conflicted) };
  return opening(view, offer, conflicted);
}

/** A new draft, in the request that is open in the lane, if one is. */
function opening(view: LaneView, offer: ConflictOffer, conflicted: LaneStatus): LanePlan {
  const { current, change, status } = view;
  const inPlaceOf = current ? current.change : change?.state === 'open' ? status?.draft?.change : undefined;
  const draft: ConflictDraft = { ...offer.draft, ...present({ change: inPlaceOf }) };
  const superseded = current && transition(current, { kind: 'superseded', message: offer.message }, view.now);
  return { status: { ...conflicted, draft }, ...present({ update: superseded }), effects: [drafting(view, offer, draft)], events: conflictEvent(view, conflicted) };
}

function messageOf(view: LaneView, offer: ConflictOffer): string {
  const closedBy = view.change?.state === 'closed' && view.status?.draft?.inputsKey === offer.draft.inputsKey ? (view.change.closedBy ?? 'somebody') : undefined;
  return closedBy === undefined ? offer.message : `${offer.message}; ${closedBy} closed its request: opened again when something changes, or by \`sluice promote\``;
}

/** A person who closes the draft does not want it: it stays closed for what it was about. */
function asItIs(view: LaneView, draft: ConflictDraft): ConflictDraft {
  return view.change?.state === 'closed' ? { ...draft, closedBy: view.change.closedBy ?? 'somebody' } : draft;
}

function drafting(view: LaneView, offer: ConflictOffer, draft: ConflictDraft): KeyedEffect {
  const { application, target } = view.lane;
  const replaces = view.change?.state === 'open' ? view.change.head : undefined;
  return {
    idempotencyKey: `draft:${target}:${application}:${draft.head}:${view.now}`,
    effect: {
      kind: 'draft',
      branch: promotionBranch(target, application),
      target: view.target?.branch ?? target,
      head: draft.head,
      ...present({ replaces, number: draft.change?.number }),
      title: offer.title,
      body: offer.body,
      statuses: [{ context: 'sluice/ready', state: 'failure', description: `${offer.conflicts.length} conflicts to resolve on this branch`, by: 'sluice' }],
    },
  };
}

/** What ends a draft that is no longer wanted. */
export function closingDraft(view: LaneView, comment: string): readonly KeyedEffect[] {
  const draft = view.status?.draft;
  if (!draft?.change || view.change?.state !== 'open') return [];
  return [{ idempotencyKey: `close-draft:${draft.change.number}:${draft.head}`, effect: { kind: 'close', number: draft.change.number, comment, by: 'sluice' } }];
}

function conflictEvent({ lane, status: before }: LaneView, status: LaneStatus): readonly DomainEvent[] {
  if (before?.condition === 'conflicted' && before.message === status.message) return [];
  return [{ type: 'lane.conflicted', repository: lane.repository, application: lane.application, environment: lane.target, message: status.message }];
}
