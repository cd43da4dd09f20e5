import type { PromotionDetail } from '@sluice/contracts';
import type { ReactNode } from 'react';
import { API, callApi } from './api.js';
import { Decisions } from './decisions.js';
import { Diff } from './diff.js';
import { useLive } from './live.js';
import type { PromotionPlace } from './promotion-place.js';
import { Age, Badge, Commit, Countdown, ErrorNote } from './words.js';

/** One promotion: what it changes, what its gates say, who decided what, and what I may do. */
export function PromotionPage({ place }: { readonly place: PromotionPlace }): ReactNode {
  const params = { ...place };
  const key = `${place.repository}/${place.promotion}`;
  const { value: promotion, error, reload } = useLive(() => callApi(API.promotion, { params }), `promotion:${key}`);
  if (!promotion) return error ? <ErrorNote message={error.message} /> : <p className="quiet">Loading …</p>;
  return (
    <article>
      <ErrorNote message={error?.message} />
      <Heading promotion={promotion} />
      <Decisions promotion={promotion} decided={reload} />
      <div className="columns">
        <div>
          <h2>Changes</h2>
          {promotion.notes.map((note) => (
            <p key={`${note.path}:${note.field}`} className="note busy">
              <code>{note.field}</code> in <code>{note.path}</code>: {note.message}
            </p>
          ))}
          <Diff key={promotion.digest} place={place} />
        </div>
        <aside>
          <Gates promotion={promotion} />
          <People promotion={promotion} />
          <Timeline promotion={promotion} />
        </aside>
      </div>
    </article>
  );
}

function Heading({ promotion }: { readonly promotion: PromotionDetail }): ReactNode {
  return (
    <header>
      <h1>
        {promotion.application}: {promotion.from} → {promotion.target} <Badge state={promotion.state} />
      </h1>
      <p className="quiet">
        {promotion.title} · source <Commit sha={promotion.source} />
        {promotion.base === undefined ? '' : ', after '}
        <Commit sha={promotion.base} />
        {promotion.change ? ` · request ${promotion.change.number}` : ''} · opened <Age time={promotion.createdAt} /> ago
      </p>
      <p className="quiet digest">
        digest <code>{promotion.digest}</code>
      </p>
    </header>
  );
}

function Gates({ promotion }: { readonly promotion: PromotionDetail }): ReactNode {
  return (
    <section aria-labelledby="gates">
      <h2 id="gates">Gates</h2>
      {promotion.verdicts.length === 0 ? <p className="quiet">{promotion.kind === 'record-only' ? 'Only the ledger moves on: no gate is asked.' : 'This environment has no gates.'}</p> : null}
      <ul className="gates">
        {promotion.verdicts.map((verdict) => (
          <li key={verdict.gate}>
            <Badge state={verdict.outcome} /> <strong>{verdict.gate}</strong> <Countdown until={verdict.outcome === 'wait' ? verdict.until : undefined} />
            <div>{verdict.message}</div>
            {verdict.outcome !== 'pass' && verdict.clearedBy !== undefined ? <div className="quiet">Cleared by {verdict.clearedBy}.</div> : null}
          </li>
        ))}
      </ul>
    </section>
  );
}

function People({ promotion }: { readonly promotion: PromotionDetail }): ReactNode {
  return (
    <section aria-labelledby="people">
      <h2 id="people">People</h2>
      <ul>
        {promotion.authors.map((author) => (
          <li key={author.person ?? author.login ?? `${author.name} ${author.email}`}>
            {author.person ?? author.name} <span className="quiet">{author.person === undefined ? `${author.login === undefined ? author.email : 'pushed it'}, not mapped to a person` : 'author'}</span>
          </li>
        ))}
        {promotion.requester === undefined ? null : (
          <li>
            {promotion.requester} <span className="quiet">asked for it</span>
          </li>
        )}
        {promotion.approvals.map((approval) => (
          <li key={`${approval.person}:${approval.decision}:${approval.gate ?? ''}`}>
            {approval.person}{' '}
            <span className="quiet">
              {approval.decision} {approval.gate} by {approval.door}, <Age time={approval.at} /> ago{approval.comment === '' ? '' : `: ${approval.comment}`}
              {writtenThere(approval)}
            </span>
          </li>
        ))}
      </ul>
    </section>
  );
}

/** How it stands on the forge, where its person has linked an account there. */
function writtenThere({ written }: PromotionDetail['approvals'][number]): string {
  if (written?.login !== undefined) return ` (on the forge as ${written.login}’s own review)`;
  return written?.notOwn === undefined ? '' : ` (on the forge written by Sluice: ${written.notOwn})`;
}

function Timeline({ promotion }: { readonly promotion: PromotionDetail }): ReactNode {
  return (
    <section aria-labelledby="timeline">
      <h2 id="timeline">Timeline</h2>
      <ol className="timeline">
        {promotion.timeline.map((entry, index) => (
          // The timeline only grows at its end: the index is an entry's name.
          <li key={index}>
            <strong>{entry.what}</strong>
            {entry.by === undefined ? '' : ` by ${entry.by}`}{' '}
            <span className="quiet">
              <Age time={entry.at} /> ago
            </span>
            {entry.detail === undefined ? null : <div className="quiet detail">{entry.detail}</div>}
          </li>
        ))}
      </ol>
    </section>
  );
}
