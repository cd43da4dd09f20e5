import { changedMembersOf, transition } from '@sluice/promotion';
import type { Promotion } from '@sluice/promotion';
import type { Liveness } from '../ports/index.js';
import type { LifecyclePorts } from './ports.js';

type Ports = Pick<LifecyclePorts, 'promotions' | 'clusters' | 'clock'>;

/** Promotions of a lane among which the one in force is looked for, newest first. */
const MAX_LOOKED_AT = 10;

/** Something was merged into an environment where an application of it had Failed: what was in force there is mended by it. What is healthy again tells nobody later that it was not (docs/metrics.md). */
export async function noteMended(ports: Ports, merged: Promotion): Promise<void> {
  const { repository, target, id, candidate } = merged;
  if (candidate.kind === 'rollback' || candidate.kind === 'record-only') return;
  const red = await failedIn(ports, merged);
  if (!red) return;
  const { items } = await ports.promotions.list({ repository, application: red.application, target, states: ['live', 'degraded'], limit: MAX_LOOKED_AT });
  const inForce = items.find((promotion) => promotion.id !== id && (promotion.candidate.kind === 'change' || promotion.candidate.kind === 'adopt'));
  const next = inForce && transition(inForce, { kind: 'mended', by: id, message: `${id} was merged while ${red.application} had Failed in ${red.cluster}` }, ports.clock());
  if (next && next !== inForce) await ports.promotions.update(next);
}

async function failedIn({ clusters }: Ports, merged: Promotion): Promise<Liveness | undefined> {
  const { repository, target: environment } = merged;
  const all = await Promise.all(changedMembersOf(merged).map((application) => clusters.liveness(repository, environment, application)));
  const failed = all.flat().filter(({ status }) => status === 'Failed');
  if (failed.length === 0) return undefined;
  const revoked = new Set((await clusters.list({ repository, environment })).filter((cluster) => cluster.revoked).map(({ name }) => name));
  return failed.find(({ cluster }) => !revoked.has(cluster));
}
