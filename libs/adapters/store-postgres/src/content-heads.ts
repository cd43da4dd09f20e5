import type { ApplicationName, EnvironmentName, RepositoryId } from '@sluice/kernel';
import type { ContentHead } from '@sluice/usecases';
import { sql } from 'drizzle-orm';
import { z } from 'zod';
import { decode } from './documents/decode.js';
import { zApplication, zCommit, zInstant } from './documents/fields.js';
import type { Queries } from './open-transaction.js';
import { environmentCommits, environmentLedgers, environmentTouches } from './schema/environments.js';

const zHeads = z.array(
  z.object({
    application: zApplication,
    commit: zCommit,
    position: z.coerce.number(),
    touched: z.coerce.number(),
    committedAt: z.coerce.number().pipe(zInstant),
    subject: z.string(),
    origin: zCommit.nullable(),
    source: zCommit.nullable(),
  }),
);

export interface Place {
  readonly repository: RepositoryId;
  readonly environment: EnvironmentName;
  /** Absent: all of them. */
  readonly application?: ApplicationName;
}

/**
 * The content of every application at a position. Walks the index from application to application and takes four steps in each, so the cost follows the number of applications and not of
 * commits (`distinct on` would read all of them). `materialized` and `limit` keep the planner to that order even when it has no statistics yet.
 */
export async function contentHeads(queries: Queries, place: Place, at?: number): Promise<readonly ContentHead[]> {
  const here = sql`repository = ${place.repository} and environment = ${place.environment}`;
  const below = at === undefined ? sql`true` : sql`position <= ${at}`;
  const touches = sql`select max(position) as position from ${environmentTouches} where ${here} and application = apps.name and ${below}`;
  const every = sql`
      (select application from ${environmentTouches} where ${here} order by application limit 1)
      union all
      select (select min(application) from ${environmentTouches} where ${here} and application > apps.name) from apps where apps.name is not null`;
  const { rows } = await queries.execute(sql`
    with recursive apps(name) as (${place.application === undefined ? every : sql`select ${place.application}::text`}),
    heads as materialized (
      select apps.name, newest.position, touched.position as touched
      from apps
      cross join lateral (${touches} and content) as newest
      cross join lateral (${touches}) as touched
      where apps.name is not null
    )
    select heads.name as application, found.commit, heads.position, heads.touched, (extract(epoch from found.committed_at) * 1000)::bigint as "committedAt", found.subject, ledger.origin, ledger.source
    from heads
    cross join lateral (select commit, committed_at, subject from ${environmentCommits} where ${here} and position = heads.position limit 1) as found
    left join lateral (
      select position, origin, source from ${environmentLedgers} where ${here} and application = heads.name and ${below} order by position desc limit 1
    ) as ledger on ledger.position >= heads.position
    order by heads.name`);
  return decode(zHeads, rows, 'content').map(({ origin, source, ...head }) => ({ ...head, ...(origin !== null && source !== null && { from: { origin, source } }) }));
}
