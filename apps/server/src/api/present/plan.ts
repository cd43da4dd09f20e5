import type { Plan } from '@sluice/contracts';
import { digest as parseDigest } from '@sluice/kernel';
import type { PlanItem } from '@sluice/usecases';
import { presentVerdict } from './promotion.js';

export function presentPlanItem({ digest, now, changes, rendering, notes, conflicts, gates, source, together, ...item }: PlanItem): Plan['items'][number] {
  return {
    ...item,
    ...(source && { source }),
    ...(together && { together: [...together] }),
    ...(digest !== undefined && { digest: parseDigest(digest) }),
    changes: changes.map((change) => ({ ...change, fields: [...change.fields] })),
    now: [...now],
    rendering: [...rendering],
    notes: notes.map(({ path, field, value, message }) => ({ path, field, value, message })),
    conflicts: [...conflicts],
    gates: gates.map(presentVerdict),
  };
}
