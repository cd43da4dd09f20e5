import type { ObjectChangeDto } from '@sluice/contracts';
import { useEffect, useState } from 'react';
import type { ReactNode } from 'react';
import { API, callApi } from './api.js';
import type { PromotionPlace } from './promotion-place.js';
import { Badge, ErrorNote } from './words.js';

interface State {
  readonly changes?: readonly ObjectChangeDto[];
  readonly rendering?: readonly string[];
  readonly message?: string;
}

/** Object by object, field by field. It belongs to a digest, so it is read once. */
export function Diff({ place }: { readonly place: PromotionPlace }): ReactNode {
  const [state, setState] = useState<State>({});
  const { repository, promotion } = place;
  useEffect(() => {
    let gone = false;
    callApi(API.promotionDiff, { params: { repository, promotion } }).then(
      (diff) => {
        if (!gone) setState(diff);
      },
      (error: unknown) => {
        if (!gone) setState({ message: error instanceof Error ? error.message : String(error) });
      },
    );
    return () => {
      gone = true;
    };
  }, [repository, promotion]);
  if (!state.changes && state.message === undefined) return <p className="quiet">Loading …</p>;
  return (
    <>
      <ErrorNote message={state.message} />
      {state.changes?.length === 0 && state.message === undefined ? <p className="quiet">Nothing that runs changes.</p> : null}
      {state.changes?.map((change) => (
        <ObjectDiff key={`${change.path}:${nameOf(change)}`} change={change} />
      ))}
      {state.rendering?.map((line) => (
        <p key={line} className="quiet">
          {line}
        </p>
      ))}
    </>
  );
}

function nameOf(change: ObjectChangeDto): string {
  if (!change.object) return change.path;
  const { kind, group, namespace, name } = change.object;
  return `${kind}${group === '' ? '' : `.${group}`} ${namespace === '' ? '' : `${namespace}/`}${name}`;
}

function ObjectDiff({ change }: { readonly change: ObjectChangeDto }): ReactNode {
  const name = nameOf(change);
  return (
    <section className="object" aria-label={name}>
      <h3>
        <Badge state={change.change} /> {name} {change.object ? <span className="quiet">{change.path}</span> : null}
        {change.lines ? (
          <span className="quiet">
            {' '}
            +{change.lines.added} −{change.lines.removed} lines
          </span>
        ) : null}
      </h3>
      {change.fields.length > 0 ? (
        <table className="fields">
          <thead>
            <tr>
              <th scope="col">Field</th>
              <th scope="col">Before</th>
              <th scope="col">After</th>
            </tr>
          </thead>
          <tbody>
            {change.fields.map((field) => (
              <tr key={field.field}>
                <th scope="row">
                  <code>{field.field}</code>
                </th>
                <td className="before">{field.before === undefined ? <span className="quiet">nothing</span> : <code>{field.before}</code>}</td>
                <td className="after">{field.after === undefined ? <span className="quiet">nothing</span> : <code>{field.after}</code>}</td>
              </tr>
            ))}
          </tbody>
        </table>
      ) : null}
      {change.truncated ? <p className="quiet">There is more than is shown here.</p> : null}
    </section>
  );
}
