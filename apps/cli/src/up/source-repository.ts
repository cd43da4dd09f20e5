import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { InvalidInput, messageOf, present } from '@sluice/kernel';
import { listRefs, runGit } from '@sluice/git-process';
import type { GitCredential } from '@sluice/git-process';

/** A repository of somebody else's, by path or URL. */
export interface SourceRepository {
  /** Without user and password. */
  readonly url: string;
  readonly credential?: GitCredential;
}

/** What was fetched of it. */
export interface FetchedRepository {
  readonly gitDir: string;
  /** Where its sluice.yaml is looked for: `main`, or the default branch when there is none. */
  readonly configBranch: string;
  remove(): Promise<void>;
}

const FETCH_WITHIN = 600_000;

/** A user and password in a URL go their own way: not into arguments, files or messages. */
export function takeCredential(text: string): SourceRepository {
  if (!URL.canParse(text)) throw new InvalidInput('--repository: this is not a URL');
  const url = new URL(text);
  if (url.protocol === 'ssh:' || (url.username === '' && url.password === '')) return { url: text };
  const credential = { username: decodeURIComponent(url.username), password: decodeURIComponent(url.password) };
  url.username = '';
  url.password = '';
  return { url: url.href, credential };
}

/** Fetches all branches into a temporary folder. @throws InvalidInput when it cannot be fetched or has none. */
export async function fetchSource(source: SourceRepository, signal: AbortSignal): Promise<FetchedRepository> {
  const gitDir = await mkdtemp(join(tmpdir(), 'sluice-import-'));
  const remove = () => rm(gitDir, { recursive: true, force: true });
  try {
    await clone(source, gitDir, signal);
    const branches = (await listRefs(gitDir, ['refs/heads'])).map(({ ref }) => ref.slice('refs/heads/'.length));
    const [first] = branches;
    if (first === undefined) throw new InvalidInput(`--repository ${source.url}: it has no branches: push one first, or start with --no-example and push here`);
    const head = (await runGit(['symbolic-ref', '--short', 'HEAD'], { gitDir })).stdout.toString('utf8').trim();
    return { gitDir, configBranch: ['main', head].find((name) => branches.includes(name)) ?? first, remove };
  } catch (error) {
    await remove();
    throw error;
  }
}

async function clone({ url, credential }: SourceRepository, gitDir: string, signal: AbortSignal): Promise<void> {
  try {
    await runGit(['clone', '--quiet', '--bare', '--end-of-options', url, gitDir], { allowLocal: true, deadline: FETCH_WITHIN, signal, ...present({ credential }) });
  } catch (error) {
    signal.throwIfAborted();
    const why = /dubious ownership/.test(messageOf(error)) ? 'it belongs to another user of this machine, and git does not read it then: start as that user, or give a copy of your own' : messageOf(error);
    throw new InvalidInput(`--repository ${url} cannot be fetched: ${why}\nGive the path or the URL of a git repository that this user may read.`, { cause: error });
  }
}

/** Pushes all its branches, or none. */
export async function pushSource({ gitDir }: FetchedRepository, remote: { readonly url: string; readonly credential: GitCredential }, signal: AbortSignal): Promise<void> {
  await runGit(['push', '--quiet', '--atomic', '--end-of-options', remote.url, 'refs/heads/*:refs/heads/*'], { gitDir, credential: remote.credential, deadline: FETCH_WITHIN, signal });
}
