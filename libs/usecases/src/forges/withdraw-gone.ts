import type { PersonName } from '@sluice/kernel';
import type { Promotion } from '@sluice/promotion';
import type { LifecyclePorts } from '../lifecycle/ports.js';
import type { Review } from '../ports/index.js';

type Ports = Pick<LifecyclePorts, 'approvals' | 'memory' | 'events' | 'audit' | 'transactions'>;

/** Keeps which commit an approval on the forge was counted for. */
export async function noteCounted({ memory }: Pick<Ports, 'memory'>, promotion: Promotion, person: PersonName): Promise<void> {
  const key = keyOf(promotion, person);
  if ((await memory.get(key)) !== promotion.candidate.head) await memory.put(key, promotion.candidate.head);
}

/**
 * An approval that was given on the forge and is there no more counts no more: its person, or who may dismiss it, has taken it back. One that was given for an earlier commit of the same content stays: forges
 * take those back by themselves when something is pushed. Approvals by other doors stay too: they were never the forge's. `reviews`: all of the request.
 */
export async function withdrawGone(ports: Ports, promotion: Promotion, reviews: readonly Review[]): Promise<void> {
  // a forge that rebases what it merges takes approvals back while it does
  if (promotion.state === 'merging') return;
  const { repository, candidate } = promotion;
  const standing = new Set(reviews.filter(({ state, commit }) => state === 'approved' && commit === candidate.head).map(({ person }) => person));
  for (const { decision, door, person } of await ports.approvals.of(repository, candidate.digest)) {
    if (decision !== 'approved' || door !== 'forge' || standing.has(person)) continue;
    if ((await ports.memory.get(keyOf(promotion, person))) === candidate.head) await withdraw(ports, promotion, person);
  }
}

async function withdraw({ approvals, events, audit, transactions }: Ports, { repository, target, application, id, candidate, change }: Promotion, person: PersonName): Promise<void> {
  const why = `the approval by ${person} in request ${change?.number ?? 0} is there no more: it was taken back on the forge`;
  await transactions.run(async () => {
    await approvals.withdraw(repository, candidate.digest, person);
    await events.append({ type: 'review.withdrawn', repository, environment: target, application, promotion: id, message: why });
    await audit.append({ action: 'promotion.withdraw-approval', by: 'sluice', place: { repository, environment: target, application, promotion: id }, before: { decision: 'approved', person, digest: candidate.digest, head: candidate.head }, why });
  });
}

function keyOf({ repository, id }: Promotion, person: PersonName): string {
  return `counted-review:${repository}:${id}:${person}`;
}
