import type { RepositoryId } from '@sluice/kernel';

export const DEV = 'dev';
export const FIRST_DAY = Date.UTC(2025, 0, 1);
export const YEAR = 365 * 86_400_000;

export interface RecordSize {
  readonly repository: RepositoryId;
  readonly applications: number;
  readonly targets: number;
  readonly eachLane: number;
}

interface Queries {
  query(text: string, values?: readonly unknown[]): Promise<unknown>;
}

// as large as one with five gates and a dozen entries in its timeline: what is read of it must not grow with it
const DOCUMENT = `jsonb_build_object(
  'mergedAt', live - 600000, 'liveAt', live,
  'candidate', jsonb_build_object('kind', 'change', 'origin', ${commitAt('origin')}, 'base', ${commitAt('origin - 1')}, 'digest', md5(id) || md5(id || 'x'), 'fingerprint', md5(id || 'y') || md5(id || 'z'),
    'changedPaths', (select jsonb_agg('apps/' || application || '/' || md5(id || n) || '.yaml') from generate_series(1, 10) n)),
  'verdicts', (select jsonb_agg(jsonb_build_object('gate', 'gate-' || n, 'type', 'check', 'outcome', 'pass', 'message', 'ci/' || n || ' of ' || md5(id || n) || ' has succeeded', 'since', live, 'evidence', jsonb_build_object('url', 'https://ci.example.org/' || md5(id || n || 'u')))) from generate_series(1, 5) n),
  'timeline', (select jsonb_agg(jsonb_build_object('at', live - 60000 * n, 'what', 'updated', 'by', 'sluice', 'detail', md5(id || n || 't') || md5(id || n || 'd'))) from generate_series(1, 12) n))`;

/** A commit of the first environment by its position: 40 hex digits. */
function commitAt(position: string): string {
  return `md5((${position})::text) || substr(md5('more' || (${position})), 1, 8)`;
}

/** So many deployments in each lane over a year, one after the other, each of which brings two commits of the first environment. */
export async function fillRecord(database: Queries, { repository, applications, targets, eachLane }: RecordSize): Promise<void> {
  const commits = applications * eachLane * 2;
  const application = `'app-' || (1 + (position - 1) % ${applications})`;
  const committed = `to_timestamp(${FIRST_DAY / 1_000} + position * ${YEAR / 1_000 / commits})`;
  await database.query(
    `insert into sluice.environment_commits (repository, environment, position, commit, subject, author, committed_at, content, uses, origin)
     select $1, '${DEV}', position, ${commitAt('position')}, 'Change it', 'Ada', ${committed}, jsonb_build_array(${application}), '[]', 'direct' from generate_series(1, ${commits}) position`,
    [repository],
  );
  await database.query(`insert into sluice.environment_touches (repository, environment, application, position, content) select $1, '${DEV}', ${application}, position, true from generate_series(1, ${commits}) position`, [repository]);
  for (let target = 1; target <= targets; target += 1) {
    await database.query(
      `insert into sluice.promotions (repository, id, application, target, state, created_at, version, document)
       select $1, id, application, target, 'live', to_timestamp(live / 1000 - 3600), 1, ${DOCUMENT}
       from (select 'env-${target}-app-' || a || '-' || k as id, 'app-' || a as application, 'env-${target}' as target, (2 * k - 1) * ${applications} + a as origin, (${FIRST_DAY} + k * ${Math.floor(YEAR / eachLane)}::bigint + ${target} * 3600000 + a * 1000)::bigint as live
             from generate_series(1, ${eachLane}) k, generate_series(1, ${applications}) a) lane`,
      [repository],
    );
  }
  await database.query('analyze');
}
