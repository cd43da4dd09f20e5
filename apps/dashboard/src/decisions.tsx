import type { PromotionDetail } from '@sluice/contracts';
import { useState } from 'react';
import type { FormEvent, ReactNode } from 'react';
import { API, callApi } from './api.js';
import { ErrorNote } from './words.js';

type Action = PromotionDetail['actions'][number];

/** What I may do with this promotion. Each decision is for the digest that is on the page: if it changed meanwhile, the server says so. */
export function Decisions({ promotion, decided }: { readonly promotion: PromotionDetail; readonly decided: () => void }): ReactNode {
  const allowed = promotion.actions.filter((action) => action.allowed);
  const approve = promotion.actions.find((action) => action.name === 'approve');
  const waits = promotion.state === 'open' || promotion.state === 'ready';
  if (!waits) return null;
  return (
    <section className="decisions" aria-label="Decide">
      {allowed.map((action) => (
        <DecisionForm key={`${action.name}:${action.gate ?? ''}:${promotion.digest}`} promotion={promotion} action={action} decided={decided} />
      ))}
      {approve && !approve.allowed && approve.reason !== undefined ? <p className="quiet">You cannot approve this: {approve.reason}.</p> : null}
    </section>
  );
}

const LABELS: Readonly<Record<Action['name'], string>> = { approve: 'Approve', reject: 'Reject', merge: 'Merge', clear: 'Clear', override: 'Override' };

function DecisionForm({ promotion, action, decided }: { readonly promotion: PromotionDetail; readonly action: Action; readonly decided: () => void }): ReactNode {
  const [text, setText] = useState('');
  const [busy, setBusy] = useState(false);
  const [error, setError] = useState<string>();
  const needsReason = action.name === 'reject' || action.name === 'clear' || action.name === 'override';
  const label = action.gate === undefined ? LABELS[action.name] : `${LABELS[action.name]} ${action.gate}`;
  const submit = (event: FormEvent): void => {
    event.preventDefault();
    setBusy(true);
    setError(undefined);
    send(promotion, action, text.trim())
      .then(decided, (failure: unknown) => setError(failure instanceof Error ? failure.message : String(failure)))
      .finally(() => setBusy(false));
  };
  return (
    <form onSubmit={submit} className={action.name}>
      {action.name === 'merge' ? null : (
        <label>
          <span className="hidden">{needsReason ? `Reason to ${label.toLowerCase()}` : 'Comment'}</span>
          <input value={text} onChange={(event) => setText(event.target.value)} required={needsReason} maxLength={2_000} placeholder={needsReason ? 'Reason' : 'Comment (optional)'} />
        </label>
      )}
      <button type="submit" disabled={busy}>
        {label}
      </button>
      <ErrorNote message={error} />
    </form>
  );
}

function send(promotion: PromotionDetail, action: Action, text: string): Promise<unknown> {
  const { repository, id, digest } = promotion;
  const params = { repository, promotion: id };
  switch (action.name) {
    case 'approve':
      return callApi(API.approve, { params, body: { digest, comment: text } });
    case 'reject':
      return callApi(API.reject, { params, body: { digest, reason: text } });
    case 'merge':
      return callApi(API.mergePromotion, { params, body: { digest } });
    case 'clear':
      return callApi(API.clearGate, { params, body: { digest, gate: action.gate, reason: text } });
    case 'override':
      return callApi(API.overrideGate, { params, body: { digest, gate: action.gate, reason: text } });
  }
}
