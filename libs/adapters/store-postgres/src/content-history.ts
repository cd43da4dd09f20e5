import type { ApplicationName, EnvironmentName, RepositoryId } from '@sluice/kernel';
import type { OriginatedContent } from '@sluice/usecases';
import { sql } from 'drizzle-orm';
import { z } from 'zod';
import { decode } from './documents/decode.js';
import { zCommit } from './documents/fields.js';
import type { Queries } from './open-transaction.js';
import { environmentCommits, environmentLedgers, environmentTouches } from './schema/environments.js';

const zContents = z.array(z.object({ commit: zCommit, origin: zCommit, order: z.coerce.number().nullable() }));

interface Place {
  readonly repository: RepositoryId;
  readonly environment: EnvironmentName;
  readonly application: ApplicationName;
}

/** What an application's content has been, newest first. The cost follows the limit: each step is one look into an index. */
export async function contentHistory(queries: Queries, place: Place, origins: EnvironmentName, limit: number): Promise<readonly OriginatedContent[]> {
  const { rows } = await queries.execute(place.environment === origins ? ownContents(place, limit) : promotedContents(place, origins, limit));
  return decode(zContents, rows, 'content').map(({ order, ...content }) => (order === null ? content : { ...content, order }));
}

function ownContents({ repository, environment, application }: Place, limit: number) {
  const here = sql`repository = ${repository} and environment = ${environment}`;
  return sql`
    select found.commit, found.commit as origin, touched.position as "order"
    from (select position from ${environmentTouches} where ${here} and application = ${application} and content order by position desc limit ${limit}) as touched
    cross join lateral (select commit from ${environmentCommits} where ${here} and position = touched.position limit 1) as found
    order by touched.position desc`;
}

function promotedContents({ repository, environment, application }: Place, origins: EnvironmentName, limit: number) {
  const here = sql`repository = ${repository} and environment = ${environment}`;
  return sql`
    select found.commit, ledger.origin, begun.position as "order"
    from (
      select position, origin from ${environmentLedgers} where ${here} and application = ${application} and origin is not null order by position desc limit ${limit}
    ) as ledger
    cross join lateral (
      select max(position) as position from ${environmentTouches} where ${here} and application = ${application} and content and position <= ledger.position
    ) as newest
    cross join lateral (select commit from ${environmentCommits} where ${here} and position = newest.position limit 1) as found
    left join lateral (
      select position from ${environmentCommits} where commit = ledger.origin and repository = ${repository} and environment = ${origins} limit 1
    ) as begun on true
    order by ledger.position desc`;
}
