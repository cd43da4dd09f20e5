import type { ReactNode } from 'react';
import { Link } from 'wouter';
import { API, callApi } from './api.js';
import { useLive } from './live.js';
import { Age, Badge, Commit, ErrorNote } from './words.js';

interface ChangePlace {
  readonly repository: string;
  readonly number: string;
}

/** One request of the built-in forge, where the URL of a request leads; what is decided about a promotion is decided on its own page. */
export function ChangePage({ place }: { readonly place: ChangePlace }): ReactNode {
  const key = `change:${place.repository}/${place.number}`;
  const { value: change, error } = useLive(() => callApi(API.change, { params: { ...place } }), key);
  const promotions = useLive(() => promotionsOf(place.repository, change), `${key}:${change?.sourceBranch ?? ''}`);
  if (!change) return error ? <ErrorNote message={error.message} /> : <p className="quiet">Loading …</p>;
  return (
    <article>
      <ErrorNote message={error?.message ?? promotions.error?.message} />
      <Heading change={change} />
      {promotions.value?.map((promotion) => (
        <p key={promotion.id}>
          <Link href={`/promotions/${place.repository}/${promotion.id}`}>What it promotes, its gates and approvals</Link> <Badge state={promotion.state} />
        </p>
      ))}
      <pre className="body">{change.body}</pre>
    </article>
  );
}

function Heading({ change }: { readonly change: Change }): ReactNode {
  return (
    <header>
      <h1>
        {change.title} <Badge state={change.draft ? 'draft' : change.state} />
      </h1>
      <p className="quiet">
        request {change.number} · {change.sourceBranch} → {change.targetBranch} · head <Commit sha={change.head} /> · opened <Age time={change.createdAt} /> ago{change.labels?.map((label) => ` · ${label}`)}
        {change.mergedBy === undefined ? '' : ` · merged by ${change.mergedBy}`}
        {change.closedBy === undefined ? '' : ` · closed by ${change.closedBy}`}
      </p>
    </header>
  );
}

type Change = Awaited<ReturnType<typeof callApi<typeof API.change>>>;
type Promotions = Awaited<ReturnType<typeof callApi<typeof API.promotions>>>['items'];

/** The promotions that a request has carried, newest first; none for a request that a person opened. */
async function promotionsOf(repository: string, change: Change | undefined): Promise<Promotions> {
  const [, environment, application] = /^sluice\/promote\/([^/]+)\/([^/]+)$/.exec(change?.sourceBranch ?? '') ?? [];
  if (!change || environment === undefined) return [];
  const { items } = await callApi(API.promotions, { query: { repository, environment, application } });
  return items.filter((promotion) => promotion.change?.number === change.number);
}
