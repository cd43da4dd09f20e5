import type { PromotionDetail, PromotionSummary, VerdictDto } from '@sluice/contracts';
import { promotionTitle, subjectOf, type Promotion, type Verdict } from '@sluice/promotion';
import { waitsFor, type WrittenApproval } from '@sluice/usecases';
import { time, timeField } from './time.js';

export function presentVerdict(verdict: Verdict): VerdictDto {
  const { since, until, restsUntil, evidence, ...rest } = verdict;
  return { ...rest, since: time(since), ...timeField('until', until), ...timeField('restsUntil', restsUntil), evidence: { ...evidence } };
}

export function presentSummary(promotion: Promotion): PromotionSummary {
  const { id, repository, application, from, target, state, candidate, change } = promotion;
  const waiting = waitsFor(promotion);
  return {
    id,
    repository,
    application,
    from,
    target,
    state,
    kind: candidate.kind,
    source: candidate.source,
    digest: candidate.digest,
    ...(change && { change }),
    title: promotionTitle(subjectOf(promotion)),
    ...(candidate.members && { applications: candidate.members.map((member) => member.application) }),
    ...(candidate.set !== undefined && { releaseSet: candidate.set }),
    ...(waiting !== undefined && { waitsFor: waiting }),
    createdAt: time(promotion.createdAt),
    updatedAt: time(promotion.updatedAt),
    ...timeField('mergedAt', promotion.mergedAt),
    ...timeField('liveAt', promotion.liveAt),
  };
}

export function presentDetail(promotion: Promotion, approvals: readonly WrittenApproval[], actions: PromotionDetail['actions']): PromotionDetail {
  const { candidate, mergedAs, requester } = promotion;
  return {
    ...presentSummary(promotion),
    ...(candidate.base && { base: candidate.base }),
    origin: candidate.origin,
    head: candidate.head,
    ...(mergedAs && { mergedAs }),
    attempt: promotion.attempt,
    ...(requester && { requester }),
    authors: promotion.authors.map((author) => ({ ...author })),
    verdicts: promotion.verdicts.map(presentVerdict),
    approvals: approvals.map(presentDecision),
    notes: candidate.notes.map(({ path, field, value, message }) => ({ path, field, value, message })),
    changedPaths: [...candidate.changedPaths],
    timeline: promotion.timeline.map(({ at, ...entry }) => ({ at: time(at), ...entry })),
    actions,
  };
}

export function presentDecision({ person, decision, gate, comment, door, at, written }: WrittenApproval): PromotionDetail['approvals'][number] {
  return { person, decision, comment, door, at: time(at), ...(gate !== undefined && { gate }), ...(written && { written: { ...written } }) };
}
