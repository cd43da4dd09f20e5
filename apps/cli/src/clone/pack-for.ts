import { API, MAX_PLAN_PACK } from '@sluice/contracts';
import { InvalidInput, TooLarge } from '@sluice/kernel';
import { GitFailed } from '@sluice/git-process';
import type { ApiClient } from '../api-client.js';
import type { Clone } from './clone.js';

/** What the server lacks of a commit. */
export interface SentPack {
  readonly bytes: Buffer;
  readonly objects: number;
}

/** Commits that the server is asked about: the newest of the history, and what was fetched of remotes. */
const NEWEST = 600;
const FETCHED = 400;

/** @throws InvalidInput when the commit's history is not the repository's; TooLarge. */
export async function packFor(clone: Clone, client: ApiClient, of: { readonly repository: string; readonly commit: string }): Promise<SentPack> {
  const { repository, commit } = of;
  const known = await knownOf(clone, client, of);
  const without = known.map((sha) => `^${sha}`);
  const strangers = await clone.text(['rev-list', '--max-parents=0', '--max-count=1', '--stdin'], { input: [commit, ...without, ''].join('\n') });
  if (known.length === 0 || strangers !== '') throw new InvalidInput(`the history of ${commit.slice(0, 10)} has nothing in common with ${repository} on the server (or the clone is too shallow): is this a clone of it? \`git fetch\` first, or name another with --repository`);
  const bytes = await packOf(clone, [commit, ...without]);
  return { bytes, objects: bytes.readUInt32BE(8) };
}

async function knownOf(clone: Clone, client: ApiClient, { repository, commit }: { readonly repository: string; readonly commit: string }): Promise<readonly string[]> {
  const newest = (await clone.text(['rev-list', `--max-count=${NEWEST}`, commit])).split('\n');
  const listed = await clone.text(['for-each-ref', '--format=%(objectname) %(objecttype)', '--sort=-committerdate', `--count=${FETCHED}`, 'refs/remotes']);
  const fetched = listed.split('\n').flatMap((line) => (line.endsWith(' commit') ? [line.slice(0, -' commit'.length)] : []));
  return (await client.call(API.planKnown, { body: { repository, commits: [...new Set([...newest, ...fetched])] } })).known;
}

async function packOf(clone: Clone, revisions: readonly string[]): Promise<Buffer> {
  const args = ['pack-objects', '--stdout', '--revs', '--thin', '--delta-base-offset', '--quiet'];
  try {
    return (await clone.git(args, { input: `${revisions.join('\n')}\n`, maxOutputBytes: MAX_PLAN_PACK })).stdout;
  } catch (error) {
    if (!(error instanceof GitFailed) || error.reason !== 'output-limit') throw error;
    throw new TooLarge(`what the server lacks of it is larger than ${MAX_PLAN_PACK / 1_048_576} MiB: push it to a branch and plan that`, { cause: error });
  }
}
