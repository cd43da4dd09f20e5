import type { DriftList } from '@sluice/contracts';
import type { ReactNode } from 'react';
import { Link } from 'wouter';
import { API, callApi } from './api.js';
import { useLive } from './live.js';
import { Age, Badge, Commit, ErrorNote } from './words.js';

interface DriftPagePlace {
  readonly repository: string;
  readonly cluster: string;
}

type Drift = DriftList['items'][number];
type Place = Drift['places'][number];
type Field = NonNullable<Place['fields']>[number];

/** What differs in one cluster from what was applied there, field by field. Secrets are masked before they leave the cluster. */
export function DriftPage({ place: { repository, cluster } }: { readonly place: DriftPagePlace }): ReactNode {
  const { value, error } = useLive(() => callApi(API.drift, { params: { repository }, query: { cluster } }), `drift:${repository}/${cluster}`);
  const drift = value?.items[0];
  if (!drift) return error ? <ErrorNote message={error.message} /> : <p className="quiet">Loading …</p>;
  return (
    <article>
      <ErrorNote message={error?.message} />
      <Heading drift={drift} />
      {drift.places.length === 0 ? <p className="quiet">Everything is as it was applied.</p> : null}
      {drift.places.map((one) => (
        <PlaceDrift key={`${one.path}:${one.object}`} place={one} />
      ))}
      {drift.places.some(({ capturable }) => capturable) ? (
        <p>
          What was right becomes a request on the environment’s branch: <code>sluice drift capture {drift.environment} {drift.cluster}</code>
        </p>
      ) : null}
    </article>
  );
}

function Heading({ drift }: { readonly drift: Drift }): ReactNode {
  return (
    <header>
      <h1>What differs in {drift.cluster}</h1>
      <p className="quiet">
        runs <Commit sha={drift.commit} /> of {drift.environment}
        {drift.reportedAt === undefined ? ' · has not reported yet' : ' · as reported '}
        {drift.reportedAt === undefined ? null : <Age time={drift.reportedAt} />}
        {drift.reportedAt === undefined ? '' : ' ago'} · {drift.mode === 'revert' ? 'what differs is put back' : 'what differs is only reported'} · <Link href="/clusters">all clusters</Link>
      </p>
    </header>
  );
}

function PlaceDrift({ place }: { readonly place: Place }): ReactNode {
  const name = place.object ?? place.path;
  const fields = [...(place.fields ?? []), ...(place.foreign ?? []).map((field) => ({ ...field, foreign: true }))];
  return (
    <section className="object" aria-label={name}>
      <h2>
        <Badge state={place.reverted ? `${place.kind}, put back` : place.kind} /> {name}{' '}
        <span className="quiet">
          {place.object === undefined ? '' : `${place.path} · `}seen <Age time={place.at} /> ago
          {place.lines ? ` · ${place.lines.wanted} lines not there, ${place.lines.live} not wanted` : ''}
        </span>
      </h2>
      {fields.length > 0 ? <FieldTable fields={fields} /> : null}
      {place.truncated ? <p className="quiet">There is more than is shown here.</p> : null}
    </section>
  );
}

function FieldTable({ fields }: { readonly fields: readonly (Field & { readonly foreign?: boolean })[] }): ReactNode {
  return (
    <table className="fields">
      <thead>
        <tr>
          {['Field', 'Wanted', 'There', 'Set by'].map((title) => (
            <th scope="col" key={title}>
              {title}
            </th>
          ))}
        </tr>
      </thead>
      <tbody>
        {fields.map((field) => (
          <tr key={`${field.object}:${field.field}:${field.foreign}`}>
            <th scope="row">
              <code>{field.object === undefined ? field.field : `${field.object}: ${field.field}`}</code>
            </th>
            <td>
              <Text value={field.wanted} none={field.foreign ? 'not said' : 'nothing'} />
            </td>
            <td className="before">
              <Text value={field.live} none="nothing" />
            </td>
            <td>
              <Text value={field.by} none="not known" />
            </td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}

function Text({ value, none }: { readonly value: string | undefined; readonly none: string }): ReactNode {
  return value === undefined ? <span className="quiet">{none}</span> : <code>{value}</code>;
}
