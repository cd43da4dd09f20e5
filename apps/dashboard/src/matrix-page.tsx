import type { Matrix, MatrixCell } from '@sluice/contracts';
import { useMemo, useState } from 'react';
import type { ReactNode } from 'react';
import { Link } from 'wouter';
import { API, callApi } from './api.js';
import { useLive } from './live.js';
import { Age, Badge, Commit, Countdown, ErrorNote } from './words.js';

/** The first page: which version is where, for how long, and what waits on whom. */
export function MatrixPage(): ReactNode {
  const { value, error } = useLive(() => callApi(API.repositories), 'repositories');
  const [chosen, choose] = useState<string>();
  if (!value) return error ? <ErrorNote message={error.message} /> : <p className="quiet">Loading …</p>;
  const names = value.items.map((item) => item.id);
  const repository = chosen ?? names[0];
  if (repository === undefined) return <p className="quiet">There is no repository yet.</p>;
  return (
    <>
      {names.length > 1 ? <RepositoryChooser names={names} chosen={repository} choose={choose} /> : null}
      <RepositoryMatrix key={repository} repository={repository} />
    </>
  );
}

interface ChooserProps {
  readonly names: readonly string[];
  readonly chosen: string;
  readonly choose: (name: string) => void;
}

function RepositoryChooser({ names, chosen, choose }: ChooserProps): ReactNode {
  return (
    <label className="chooser">
      Repository{' '}
      <select value={chosen} onChange={(event) => choose(event.target.value)}>
        {names.map((name) => (
          <option key={name}>{name}</option>
        ))}
      </select>
    </label>
  );
}

function RepositoryMatrix({ repository }: { readonly repository: string }): ReactNode {
  const { value: matrix, error } = useLive(() => callApi(API.matrix, { params: { repository } }), `matrix:${repository}`);
  const [filter, setFilter] = useState('');
  if (!matrix) return error ? <ErrorNote message={error.message} /> : <p className="quiet">Loading …</p>;
  return (
    <>
      <ErrorNote message={error?.message} />
      <Findings matrix={matrix} />
      <div className="toolbar">
        <h1>{matrix.pipeline}</h1>
        <label>
          <span className="hidden">Filter applications</span>
          <input type="search" placeholder="Filter applications" value={filter} onChange={(event) => setFilter(event.target.value)} />
        </label>
      </div>
      <MatrixTable matrix={matrix} filter={filter} />
    </>
  );
}

function Findings({ matrix }: { readonly matrix: Matrix }): ReactNode {
  return (
    <>
      {matrix.diagnostics.map((finding) => (
        <p key={`${finding.line}:${finding.column}:${finding.message}`} className={`note ${finding.severity === 'error' ? 'bad' : 'busy'}`}>
          <code>
            sluice.yaml:{finding.line}:{finding.column}
          </code>{' '}
          {finding.message}
        </p>
      ))}
      {matrix.breakGlass.map((glass) => (
        <p key={glass.id} className="note bad" role="status">
          <strong>Break-glass in {glass.environment ?? 'every environment'}{glass.missing === undefined ? '' : ` asked for, ${glass.missing} more needed`}</strong>: {glass.person} until {glass.until}: {glass.reason}
        </p>
      ))}
      {matrix.freezes.map((freeze) => (
        <p key={freeze.id} className="note busy">
          <strong>{[freeze.application, freeze.environment ?? 'every environment'].filter((part) => part !== undefined).join(' in ')}</strong>: {freeze.message}
        </p>
      ))}
      {matrix.unownedPaths.length > 0 ? (
        <p className="note busy">
          Not promoted, because no application owns them: <code>{matrix.unownedPaths.slice(0, 8).join(', ')}</code>
          {matrix.unownedPaths.length > 8 ? ` and ${matrix.unownedPaths.length - 8} more` : ''}
        </p>
      ) : null}
    </>
  );
}

function MatrixTable({ matrix, filter }: { readonly matrix: Matrix; readonly filter: string }): ReactNode {
  const cells = useMemo(() => new Map(matrix.cells.map((cell) => [`${cell.application}/${cell.environment}`, cell])), [matrix]);
  const subjects = useMemo(() => subjectsOf(matrix.cells), [matrix]);
  const applications = matrix.applications.filter((application) => application.includes(filter.trim().toLowerCase()));
  if (matrix.applications.length === 0)
    return (
      <p className="quiet">
        There is no application yet: <code>sluice.yaml</code> lists them.
      </p>
    );
  if (applications.length === 0) return <p className="quiet">No application matches.</p>;
  return (
    <div className="scroll" role="region" aria-label="Environments and applications" tabIndex={0}>
      <table className="matrix">
        <thead>
          <tr>
            <th scope="col">Application</th>
            {matrix.environments.map((environment) => (
              <th scope="col" key={environment.name}>
                {environment.name}
                <span className="quiet">
                  {environment.from.length > 0 ? ` from ${environment.fromAny ? 'any of ' : ''}${environment.from.join(', ')}` : ''} · {environment.connected}/{environment.clusters} {environment.clusters === 1 ? 'agent' : 'agents'}
                </span>
                {environment.rollout === undefined ? null : <span className="warning">{environment.rollout}</span>}
                {environment.message === undefined ? null : <span className="warning">{environment.message}</span>}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {applications.map((application) => (
            <tr key={application}>
              <th scope="row">{application}</th>
              {matrix.environments.map((environment) => (
                <Cell key={environment.name} cell={cells.get(`${application}/${environment.name}`)} subjects={subjects} first={environment.from.length === 0} />
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

/** What each commit was about, by its name: a promoted version is known by the change that it carries, not by its promotion. */
function subjectsOf(cells: readonly MatrixCell[]): ReadonlyMap<string, string> {
  return new Map(cells.flatMap(({ commit, subject }) => (commit === undefined || subject === undefined ? [] : [[commit, subject] as const])));
}

interface CellProps {
  readonly cell: MatrixCell | undefined;
  readonly subjects: ReadonlyMap<string, string>;
  readonly first: boolean;
}

function Cell({ cell, subjects, first }: CellProps): ReactNode {
  if (!cell) return <td className="empty">–</td>;
  return (
    <td data-environment={cell.environment} data-application={cell.application}>
      <Version cell={cell} />
      {cell.subject === undefined ? null : (
        <div className="subject" title={cell.subject}>
          {(cell.origin && subjects.get(cell.origin)) ?? cell.subject}
        </div>
      )}
      {first || cell.condition === 'in-sync' ? null : <Next cell={cell} />}
    </td>
  );
}

function Version({ cell }: { readonly cell: MatrixCell }): ReactNode {
  return (
    <div className="version">
      {cell.commit === undefined ? <span className="quiet">nothing yet</span> : <Commit sha={cell.origin ?? cell.commit} />}
      {cell.commit === undefined ? null : <Badge state={cell.health} />}
      <span className="quiet">
        <Age time={cell.since} />
      </span>
      {cell.drift > 0 ? <Badge state={`${cell.drift} drifted`} /> : null}
      {cell.targetOnly === undefined ? null : <Badge state={`${cell.targetOnly} target-only`} />}
    </div>
  );
}

function Next({ cell }: { readonly cell: MatrixCell }): ReactNode {
  const { promotion } = cell;
  return (
    <div className="next">
      <Badge state={promotion?.state ?? cell.condition} />{' '}
      {promotion ? <Link href={`/promotions/${promotion.repository}/${promotion.id}`}>{promotion.waitsFor === undefined ? promotion.title : `waits for ${promotion.waitsFor}`}</Link> : <span>{cell.message}</span>}{' '}
      <Countdown until={cell.until} />
    </div>
  );
}
