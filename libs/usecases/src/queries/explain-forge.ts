import type { Instant, RepositoryId } from '@sluice/kernel';
import { busyUntil } from '../forges/tell-busy.js';
import type { ForgeStore, Repository } from '../ports/index.js';

/** A forge over the network that wants no calls for a time: everything in its repositories waits for that. */
export async function forgeNotices(forges: Pick<ForgeStore, 'credential' | 'memory'>, { id, remote }: Repository, now: Instant): Promise<readonly { readonly repository: RepositoryId; readonly message: string }[]> {
  if (!remote) return [];
  const until = await busyUntil(forges.memory(remote.credential), now);
  if (until === undefined) return [];
  const url = (await forges.credential(remote.credential))?.url ?? remote.credential;
  return [{ repository: id, message: `waiting for ${url} until ${new Date(until).toISOString()}: it takes no more calls with the credential ${remote.credential} before then` }];
}
