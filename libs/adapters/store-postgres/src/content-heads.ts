import type { EnvironmentName, RepositoryId } from '@sluice/kernel';
import type { ContentHead } from '@sluice/usecases';
import { sql } from 'drizzle-orm';
import { z } from 'zod';
import { decode } from './documents/decode.js';
import { zApplication, zCommit, zInstant } from './documents/fields.js';
import type { Queries } from './open-transaction.js';
import { environmentCommits, environmentTouches } from './schema/environments.js';

const zHeads = z.array(
  z.object({
    application: zApplication,
    commit: zCommit,
    position: z.coerce.number(),
    touched: z.coerce.number(),
    committedAt: z.coerce.number().pipe(zInstant),
    subject: z.string(),
  }),
);

/**
 * The content of every application at a position. Walks the index from application to application and takes three steps in each, so the cost follows the number of applications and not of
 * commits (`distinct on` would read all of them).
 */
export async function contentHeads(queries: Queries, place: { readonly repository: RepositoryId; readonly environment: EnvironmentName }, at?: number): Promise<readonly ContentHead[]> {
  const here = sql`repository = ${place.repository} and environment = ${place.environment}`;
  const below = at === undefined ? sql`true` : sql`position <= ${at}`;
  const { rows } = await queries.execute(sql`
    with recursive apps(name) as (
      select min(application) from ${environmentTouches} where ${here}
      union all
      select (select min(application) from ${environmentTouches} where ${here} and application > apps.name) from apps where apps.name is not null
    )
    select apps.name as application, head.commit, head.position, touched.position as touched, (extract(epoch from head.committed_at) * 1000)::bigint as "committedAt", head.subject
    from apps
    cross join lateral (select max(position) as position from ${environmentTouches} where ${here} and application = apps.name and content and ${below}) as newest
    cross join lateral (select max(position) as position from ${environmentTouches} where ${here} and application = apps.name and ${below}) as touched
    join ${environmentCommits} as head on head.repository = ${place.repository} and head.environment = ${place.environment} and head.position = newest.position
    order by apps.name`);
  return decode(zHeads, rows, 'content');
}
