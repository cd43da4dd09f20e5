import type { Instant, RepositoryId } from '@sluice/kernel';
import { busyUntil } from '../forges/tell-busy.js';
import { refusalOf, type Refusal } from '../forges/tell-refusals.js';
import type { ForgeStore, OwnAccountStore, Repository, StoredAccount } from '../ports/index.js';

type Notice = { readonly repository: RepositoryId; readonly message: string };

/** What everything in a repository on a forge over the network waits for: calls that the forge takes again, or a credential that it takes. */
export async function forgeNotices({ forges, ownAccounts }: { readonly forges: Pick<ForgeStore, 'credential' | 'memory'>; readonly ownAccounts: Pick<OwnAccountStore, 'list'> }, { id, remote }: Repository, now: Instant): Promise<readonly Notice[]> {
  if (!remote) return [];
  const { credential } = remote;
  const memory = forges.memory(credential);
  const [until, refusal] = await Promise.all([busyUntil(memory, now), refusalOf(memory, id, now)]);
  const url = (await forges.credential(credential))?.url ?? credential;
  const busy = until === undefined ? [] : [`waiting for ${url} until ${new Date(until).toISOString()}: it takes no more calls with the credential ${credential} before then`];
  const refused = refusal ? [saidOf(refusal, { id, url, credential })] : [];
  const unusable = (await ownAccounts.list()).filter((account) => account.url === url).flatMap(unusableOf);
  return [...busy, ...refused, ...unusable].map((message) => ({ repository: id, message }));
}

function unusableOf({ person, login, url, credential, unusable }: StoredAccount): readonly string[] {
  return unusable ? [`${url} does not take ${person}’s account ${login} since ${new Date(unusable.since).toISOString()}: what ${person} decides is written there by Sluice until ${person} links it again, \`sluice account link ${credential}\` (${unusable.why})`] : [];
}

function saidOf({ refusal, since, message }: Refusal, { id, url, credential }: { readonly id: RepositoryId; readonly url: string; readonly credential: string }): string {
  const at = new Date(since).toISOString();
  const end = `\`sluice repository remove ${id}\` disconnects it`;
  switch (refusal) {
    case 'credential':
      return `${url} refuses the credential ${credential} since ${at}, and everything here waits for an administrator: \`sluice credential rotate ${credential}\` gives it another secret (${message})`;
    case 'archived':
      return `the repository is archived on ${url}, seen at ${at}, and nothing is promoted in it until somebody takes it out of the archive there; ${end} (${message})`;
    case 'gone':
      return `${url} does not show the repository to the credential ${credential} since ${at}: it was deleted or moved, or Sluice's account has lost its access, and everything here waits until it is there again; \`sluice repository check ${id}\` says where it is now if it was renamed or transferred, \`sluice repository add ${id} --credential ${credential} --path <its path>\` connects it there; ${end} (${message})`;
  }
}
