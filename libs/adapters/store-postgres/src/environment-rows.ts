import type { EnvironmentName, RepositoryId } from '@sluice/kernel';
import type { EnvironmentCommit, IndexedCommit } from '@sluice/usecases';
import { sql, type SQL } from 'drizzle-orm';
import { storableJson } from './schema/columns.js';
import { environmentCommits, environmentLedgers, environmentTouches } from './schema/environments.js';

interface Place {
  readonly repository: RepositoryId;
  readonly environment: EnvironmentName;
}

// A history is long: one parameter with all rows is built many times faster than one parameter a value.
export function insertCommits({ repository, environment }: Place, commits: readonly EnvironmentCommit[]): SQL {
  const rows = storableJson(commits.map(({ committedAt, ...commit }) => ({ ...commit, committed_at: new Date(committedAt) })));
  return sql`
    insert into ${environmentCommits} (repository, environment, position, commit, subject, author, committed_at, content, uses, origin)
    select ${repository}, ${environment}, added.*
    from jsonb_to_recordset(${rows}::jsonb)
      as added(position integer, commit text, subject text, author text, committed_at timestamptz, content jsonb, uses jsonb, origin text)`;
}

export function insertTouches({ repository, environment }: Place, commits: readonly EnvironmentCommit[]): SQL {
  return sql`
    insert into ${environmentTouches} (repository, environment, application, position, content)
    select ${repository}, ${environment}, added.*
    from jsonb_to_recordset(${storableJson(commits.flatMap(touchesOf))}::jsonb) as added(application text, position integer, content boolean)`;
}

export function insertLedgers({ repository, environment }: Place, commits: readonly IndexedCommit[]): SQL {
  const rows = commits.flatMap(({ position, ledgers = [] }) => ledgers.map(({ application, from = null }) => ({ application, position, origin: from?.origin, source: from?.source })));
  return sql`
    insert into ${environmentLedgers} (repository, environment, application, position, origin, source)
    select ${repository}, ${environment}, added.*
    from jsonb_to_recordset(${storableJson(rows)}::jsonb) as added(application text, position integer, origin text, source text)`;
}

function touchesOf({ position, content, uses }: EnvironmentCommit) {
  const changed = new Set(content);
  const used = [...new Set(uses)].filter((application) => !changed.has(application));
  return [...[...changed].map((application) => ({ application, position, content: true })), ...used.map((application) => ({ application, position, content: false }))];
}
