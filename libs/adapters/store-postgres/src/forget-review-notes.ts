import { sql, type SQL } from 'drizzle-orm';
import { fromNow } from './database-time.js';
import { settings } from './schema/configuration.js';
import { promotions } from './schema/promotions.js';

const OPEN = sql`('open', 'ready', 'merging')`;

/**
 * Notes about reviews are named `<what>-review:<repository>:<promotion>:…`. They are forgotten when their promotion is not there any more, or began so long ago and is over. As long as its request is open for
 * a promotion that came after it, they stay: what was said once would be said again. Those of older versions name no promotion, and are of none that is there.
 */
export function forgetReviewNotes(age: number, most: number): SQL {
  const { repository, application, target, state, createdAt, document } = promotions;
  const openRequest = sql`select 1 from ${promotions} as later where later.repository = ${repository} and later.target = ${target} and later.application = ${application} and later.state in ${OPEN} and later.document #> '{change,number}' = ${document} #> '{change,number}'`;
  const needed = sql`select 1 from ${promotions} where ${repository} = split_part(note.key, ':', 2) and ${promotions.id} = split_part(note.key, ':', 3) and (${createdAt} >= ${fromNow(-age)} or ${state} in ${OPEN} or exists (${openRequest}))`;
  const old = sql`select note.ctid from ${settings} as note where note.key ~ '^(written|ignored|kept|counted)-review:' and not exists (${needed}) limit ${most} for update skip locked`;
  return sql`with gone as (delete from ${settings} where ctid in (${old}) returning 1) select count(*) as gone from gone`;
}
