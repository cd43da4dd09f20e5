import type { ClusterDto } from '@sluice/contracts';
import type { ReactNode } from 'react';
import { Link } from 'wouter';
import { API, callApi } from './api.js';
import { useLive } from './live.js';
import { Age, Badge, Commit, ErrorNote } from './words.js';

/** Agents: connection, revision, health and drift. */
export function ClustersPage(): ReactNode {
  const { value, error } = useLive(() => callApi(API.clusters), 'clusters');
  if (!value) return error ? <ErrorNote message={error.message} /> : <p className="quiet">Loading …</p>;
  return (
    <>
      <h1>Clusters</h1>
      <ErrorNote message={error?.message} />
      {value.items.length === 0 ? <p className="quiet">No agent is enrolled yet.</p> : null}
      <div className="scroll" role="region" aria-label="Clusters" tabIndex={0}>
        <table>
          <thead>
            <tr>
              {['Cluster', 'Environment', 'Connected', 'Labels', 'Phase', 'Health', 'Runs', 'Assigned', 'Drift', 'Message'].map((title) => (
                <th scope="col" key={title}>
                  {title}
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {value.items.map((cluster) => (
              <ClusterRow key={cluster.name} cluster={cluster} />
            ))}
          </tbody>
        </table>
      </div>
    </>
  );
}

function ClusterRow({ cluster }: { readonly cluster: ClusterDto }): ReactNode {
  return (
    <tr>
      <th scope="row">{cluster.name}</th>
      <td>{cluster.environment}</td>
      <td>
        {cluster.revoked ? 'revoked' : cluster.connected ? 'yes' : 'no, seen '}
        {cluster.revoked || cluster.connected ? null : <Age time={cluster.lastSeenAt} />}
      </td>
      <td>
        {Object.entries(cluster.labels).map(([key, label]) => (
          <div key={key}>
            <code>
              {key}={label}
            </code>
          </div>
        ))}
        {cluster.wave ? <span className="quiet">{cluster.wave.number === undefined ? 'in no wave' : `wave ${cluster.wave.number} of ${cluster.wave.of}`}</span> : null}
      </td>
      <td>{cluster.phase}</td>
      <td>
        <Badge state={cluster.health} />
      </td>
      <td>
        <Commit sha={cluster.commit} />
      </td>
      <td>
        <Commit sha={cluster.assigned} />
      </td>
      <td>
        {cluster.drift.length === 0 ? <span className="quiet">none</span> : null}
        {cluster.drift.map((entry) => (
          <div key={`${entry.path}:${entry.object}:${entry.kind}`}>
            <code>{entry.object ?? entry.path}</code> {entry.kind}
            {entry.reverted ? ', reverted' : ''}
          </div>
        ))}
        {cluster.drift.length === 0 ? null : <Link href={`/repositories/${cluster.repository}/clusters/${cluster.name}/drift`}>What differs</Link>}
      </td>
      <td className="message">
        {cluster.skew === undefined ? null : <div>{cluster.skew}</div>}
        {cluster.message}
        {cluster.resources.map((resource) => (
          <div key={`${resource.path}:${resource.object}`} className="quiet">
            <code>{resource.object ?? resource.path}</code> {resource.status}: {resource.message}
          </div>
        ))}
      </td>
    </tr>
  );
}
