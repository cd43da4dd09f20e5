import { sql } from 'drizzle-orm';
import { bigint, boolean, jsonb, text } from 'drizzle-orm/pg-core';
import type { CommitSha, Instant, PromotionId } from '@sluice/kernel';
import type { CandidateMember, PromotionKind } from '@sluice/promotion';

const MERGED = `(document -> 'mergedAt')::bigint`;
const LIVE = `(document -> 'liveAt')::bigint`;
const DEGRADED = timeOf('degraded');
const UNDONE = timeOf('rolled back', 'taken back');
const REVERTED = timeOf('reverted by hand');
const MENDED = timeOf('mended');
const RESTORED = timeOf('restored');

/** When the first entry of the timeline that says one of these was written. */
function timeOf(...what: readonly string[]): string {
  return `jsonb_path_query_first(document, '$.timeline[*] ? (${what.map((word) => `@.what == "${word}"`).join(' || ')}).at')::bigint`;
}

/**
 * What delivery metrics need of a promotion. The database takes it out of the document itself: it is always what that says, in rows of every version, and figures over a year read no document.
 * Times are in milliseconds, as there.
 */
export const deliveryColumns = {
  kind: text('kind').$type<PromotionKind>().generatedAlwaysAs(sql.raw(`document #>> '{candidate,kind}'`)),
  origin: text('origin').$type<CommitSha>().generatedAlwaysAs(sql.raw(`document #>> '{candidate,origin}'`)),
  hasBase: boolean('has_base').generatedAlwaysAs(sql.raw(`document -> 'candidate' ? 'base'`)),
  members: jsonb('members').$type<readonly CandidateMember[]>().generatedAlwaysAs(sql.raw(`document #> '{candidate,members}'`)),
  mergedAt: timeColumn('merged_at', MERGED),
  liveAt: timeColumn('live_at', LIVE),
  degradedAt: timeColumn('degraded_at', DEGRADED),
  undoneAt: timeColumn('undone_at', UNDONE),
  undoneBy: text('undone_by')
    .$type<PromotionId>()
    .generatedAlwaysAs(sql.raw(`jsonb_path_query_first(document, '$.timeline[*] ? (@.what == "rolled back").detail') #>> '{}'`)),
  revertedAt: timeColumn('reverted_at', REVERTED),
  mendedAt: timeColumn('mended_at', MENDED),
  restoredAt: timeColumn('restored_at', RESTORED),
  /** When it was first known what had come of it: `outcomeOf` in libs/core/metrics. */
  settledAt: timeColumn('settled_at', `case when ${RESTORED} is not null then ${MERGED} else least(${LIVE}, ${DEGRADED}, ${UNDONE}, ${REVERTED}) end`),
};

function timeColumn(name: string, taken: string) {
  return bigint(name, { mode: 'number' }).$type<Instant>().generatedAlwaysAs(sql.raw(taken));
}
