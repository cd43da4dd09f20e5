import type { ApplicationName, PromotionId } from '@sluice/kernel';
import type { DeliveryFilter } from '@sluice/usecases';
import { sql, type SQL } from 'drizzle-orm';

/** More commits than one deployment is measured by: of a flood of them the newest say enough. */
const MAX_COMMITS = 500;

/** `committed`: milliseconds since the epoch; null: what it brought is not known. */
export type BroughtRow = { readonly id: PromotionId; readonly application: ApplicationName; readonly committed: readonly number[] | null };

/**
 * Of each promotion that became live in the period, and each application in it: when the commits were made that it was the first to bring. Those are the commits of the first environment that changed the
 * application's content, after the newest origin that had been live before (also by a mere record), up to its own origin.
 */
export function changesOf({ repository, period, environment, application, origins }: DeliveryFilter): SQL {
  const inPlace = environment === undefined ? sql`` : sql`and p.target = ${environment}`;
  const ofLane = application === undefined ? sql`` : sql`and application = ${application}`;
  const ofMember = application === undefined ? sql`` : sql`and e ->> 'application' = ${application}`;
  return sql`
    with first_environments as materialized (
      select * from jsonb_to_recordset(${JSON.stringify(origins)}::jsonb) as f(environment text, first text)
    ), promoted as (
      -- by name: it is kept aside, since it is read twice, and documents are large
      select p.id, p.target, p.kind, p.live_at, p.merged_at, p.restored_at, p.application, p.origin, p.has_base, p.members from sluice.promotions p
      where p.repository = ${repository} and p.live_at < ${period.to} and p.kind <> 'rollback'
        and (p.undone_at is null or p.live_at < p.undone_at) and (p.reverted_at is null or p.live_at < p.reverted_at)
        ${inPlace}
    ), live as (
      select id, target, kind, live_at, merged_at, restored_at, application, origin, has_base from promoted where members is null ${ofLane}
      union all
      select id, target, kind, live_at, merged_at, restored_at, e ->> 'application', e ->> 'origin', e ? 'base'
      from promoted, jsonb_array_elements(members) e
      where members is not null ${ofMember}
    ), placed as (
      select live.*, o.environment as first, o.position
      from live
      left join lateral (
        select c.environment, c.position
        from first_environments f
        join sluice.environment_commits c on c.commit = live.origin and c.repository = ${repository} and c.environment = f.first
        where f.environment = live.target
        limit 1
      ) o on true
    ), ordered as (
      select placed.*, row_number() over before as place, max(position) over (before rows between unbounded preceding and 1 preceding) as newest
      from placed
      window before as (partition by target, application, first order by live_at, merged_at, id)
    )
    select id, application, case when kind = 'change' and position is not null and (newest is not null or not has_base) then array(
      select (extract(epoch from c.committed_at) * 1000)::double precision
      from sluice.environment_touches t
      join sluice.environment_commits c on c.repository = t.repository and c.environment = t.environment and c.position = t.position
      where t.repository = ${repository} and t.environment = first and t.application = ordered.application and t.content and t.position > coalesce(newest, 0) and t.position <= ordered.position
      order by t.position desc
      limit ${MAX_COMMITS}
    ) end as committed
    from ordered
    where live_at >= ${period.from} and kind in ('change', 'adopt') and restored_at is null`;
}
