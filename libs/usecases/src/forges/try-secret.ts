import { AtMost, InvalidInput, NotFound, SluiceError, Unauthenticated } from '@sluice/kernel';
import type { ForgeCredential, ForgeSecret, RemoteForge, Repository } from '../ports/index.js';
import type { RemoteForges } from './remote-forges.js';

/** Repositories of one credential that are asked for: each costs some calls. */
const MAX_TRIED = 20;
/** At the same time. */
const TOGETHER = 4;

/** What a secret is for the repositories that are connected with its credential. */
export interface Tried {
  /** Who that is there; absent while nothing is connected. */
  readonly login?: string;
  /** What it may not do, and the one before it may not either: an archived repository, one that is gone. */
  readonly lacking: readonly string[];
}

interface Found {
  readonly logins: readonly string[];
  readonly lacking: readonly string[];
}

/**
 * Tries a new secret out on what is connected: one that works less than the one that is stored must not replace it.
 * @throws InvalidInput for one that the forge does not take, or naming the permissions that it lacks and the one before had
 */
export async function trySecret(remotes: RemoteForges, credential: ForgeCredential, { secret, users }: { readonly secret: ForgeSecret; readonly users: readonly Repository[] }): Promise<Tried> {
  const tried = users.slice(0, MAX_TRIED);
  const { logins, lacking } = await closing(remotes.trial(credential, { secret }), (forge) => found(forge, tried)).catch((error: unknown) => {
    // it is not the caller that is unknown
    throw error instanceof Unauthenticated ? new InvalidInput(`${credential.url} does not take the new secret of credential ${credential.name}, so the one before stays: make another there, and copy it whole`, { cause: error }) : error;
  });
  const [login] = logins;
  if (lacking.length > 0) {
    const before = new Set(await lackedBefore(remotes, credential, tried));
    const missing = lacking.filter((one) => !before.has(one));
    if (missing.length > 0) throw new InvalidInput(`the new secret of credential ${credential.name}${login === undefined ? '' : ` (${login})`} may not do what is needed, so the one before stays; missing: ${missing.join('; ')}`, { details: { missing } });
  }
  return { lacking, ...(login !== undefined && { login }) };
}

/** Nothing when it is none any more: then all that the new one lacks counts. */
async function lackedBefore(remotes: RemoteForges, credential: ForgeCredential, tried: readonly Repository[]): Promise<readonly string[]> {
  try {
    return (await closing(remotes.trial(credential, {}), (forge) => found(forge, tried))).lacking;
  } catch (error) {
    if (error instanceof SluiceError) return [];
    throw error;
  }
}

async function closing<T>(forge: RemoteForge, work: (forge: RemoteForge) => Promise<T>): Promise<T> {
  try {
    return await work(forge);
  } finally {
    await forge.close();
  }
}

async function found(forge: RemoteForge, tried: readonly Repository[]): Promise<Found> {
  const places = new AtMost(TOGETHER);
  const all = await Promise.all(tried.map((repository) => places.run(() => foundIn(forge, repository))));
  return { logins: all.flatMap(({ logins }) => logins), lacking: all.flatMap(({ lacking }) => lacking) };
}

async function foundIn(forge: RemoteForge, { id, remote }: Repository): Promise<Found> {
  const where = remote?.path ?? id;
  try {
    const { login, missing } = await forge.check(id);
    return { logins: login === '' ? [] : [login], lacking: missing.map((need) => `in ${where}: ${need}`) };
  } catch (error) {
    if (!(error instanceof NotFound)) throw error;
    return { logins: [], lacking: [`in ${where}: the repository itself (it is not there, or may not be seen)`] };
  }
}
