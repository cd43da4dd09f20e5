import type { Promotion } from '@sluice/promotion';
import type { LifecyclePorts } from '../lifecycle/ports.js';

/** Says whose approvals a newer candidate has made void, and by what; nothing for a promotion that none has superseded. */
export async function tellVoided(ports: Pick<LifecyclePorts, 'approvals' | 'events'>, promotion: Promotion | undefined): Promise<void> {
  if (promotion?.state !== 'superseded') return;
  const { repository, target, application, id, candidate, timeline } = promotion;
  const given = (await ports.approvals.of(repository, candidate.digest)).filter(({ decision }) => decision === 'approved');
  const why = timeline.findLast(({ what }) => what === 'superseded')?.detail ?? 'it was composed again';
  for (const { person } of given) await ports.events.append({ type: 'approval.voided', repository, environment: target, application, promotion: id, message: `the approval by ${person} is void: ${why}` });
}
