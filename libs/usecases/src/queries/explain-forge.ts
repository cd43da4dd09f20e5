import type { Instant, RepositoryId } from '@sluice/kernel';
import { busyUntil } from '../forges/tell-busy.js';
import { refusalOf } from '../forges/tell-refusals.js';
import type { ForgeStore, Repository } from '../ports/index.js';

type Notice = { readonly repository: RepositoryId; readonly message: string };

/** What everything in a repository on a forge over the network waits for: calls that the forge takes again, or a credential that it takes. */
export async function forgeNotices(forges: Pick<ForgeStore, 'credential' | 'memory'>, { id, remote }: Repository, now: Instant): Promise<readonly Notice[]> {
  if (!remote) return [];
  const { credential } = remote;
  const memory = forges.memory(credential);
  const [until, refusal] = await Promise.all([busyUntil(memory, now), refusalOf(memory, id, now)]);
  if (until === undefined && !refusal) return [];
  const url = (await forges.credential(credential))?.url ?? credential;
  const busy = until === undefined ? [] : [`waiting for ${url} until ${new Date(until).toISOString()}: it takes no more calls with the credential ${credential} before then`];
  const refused = refusal ? [`${url} refuses the credential ${credential} since ${new Date(refusal.since).toISOString()}, and everything here waits for an administrator: \`sluice credential rotate ${credential}\` gives it another secret (${refusal.message})`] : [];
  return [...busy, ...refused].map((message) => ({ repository: id, message }));
}
