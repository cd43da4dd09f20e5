import type { Lease, Leases } from '../ports/index.js';

/** Milliseconds. Short, because a worker that is killed keeps what it held for so long; renewed while the work goes on, so that the work may take longer. */
const TTL = 10_000;

/** One process does several things at once: a run is not another run of the same worker. */
let runs = 0;

/** Does the work while holding the lease of a key. `keep` renews it at once: false when it was lost. @returns false, without having done anything, when somebody else holds it. */
export async function withLease(leases: Leases, who: { readonly key: string; readonly worker: string }, work: (lease: Lease, keep: () => Promise<boolean>) => Promise<void>): Promise<boolean> {
  runs += 1;
  const lease = await leases.acquire(who.key, `${who.worker}/${runs}`, TTL);
  if (!lease) return false;
  // A renewal that fails is no error of the work: if the lease is lost, the commit is refused by its fence.
  const keep = (): Promise<boolean> => leases.renew(lease, TTL);
  const renewal = setInterval(() => void keep().catch(() => false), TTL / 3);
  try {
    await work(lease, keep);
    return true;
  } finally {
    clearInterval(renewal);
    await leases.release(lease);
  }
}
