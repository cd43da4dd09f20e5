import type { SignedHead } from '@sluice/audit';
import { Unavailable, Unsupported } from '@sluice/kernel';
import type { CommitSha, ObjectSha, RepositoryId } from '@sluice/kernel';
import { SLUICE_IDENTITY } from '../lifecycle/ports.js';
import type { HeadWitness, Mirror, Mirrors } from '../ports/index.js';

const HEADS = { include: ['heads/**'], exclude: [] };
const MAX_HEAD = 10_000;
const TRIES = 3;

/** Signed heads in `refs/sluice/audit` of a repository: a file for each, a commit on top of the one before for each. Whoever has cloned it keeps them. */
export function auditWitnessIn(mirrors: Mirrors, repository: RepositoryId, read: (text: string) => SignedHead): HeadWitness {
  return {
    name: `refs/sluice/audit of ${repository}`,
    heads: async () => {
      const mirror = await mirrors.open(repository);
      const tip = await mirror.auditTip();
      return tip === undefined ? [] : headsAt(mirror, tip, read);
    },
    tell: async (head) => {
      const mirror = await mirrors.open(repository);
      for (let tries = 0; tries < TRIES; tries++) if (await appended(mirror, head)) return;
      throw new Unavailable('others write there at the same time');
    },
  };
}

async function headsAt(mirror: Mirror, tip: CommitSha, read: (text: string) => SignedHead): Promise<readonly SignedHead[]> {
  const files = await mirror.list(tip, HEADS);
  const heads: SignedHead[] = [];
  for (const { sha } of files) heads.push(read(await textOf(mirror, sha)));
  return heads.sort((one, other) => one.sequence - other.sequence);
}

async function textOf(mirror: Mirror, sha: ObjectSha): Promise<string> {
  return Buffer.from(await mirror.blob(sha, MAX_HEAD)).toString('utf8');
}

async function appended(mirror: Mirror, head: SignedHead): Promise<boolean> {
  const tip = await mirror.auditTip();
  const path = await freePath(mirror, tip, head);
  if (path === undefined) return true;
  if (tip === undefined && [...(await mirror.refresh()).values()].some(({ length }) => length !== 40)) throw new Unsupported('heads are not told to repositories that name objects by SHA-256: use SLUICE_AUDIT_SINK');
  const { commit } = await mirror.commit({
    parents: tip === undefined ? [] : [tip],
    edits: [{ path, file: { mode: '100644', bytes: Buffer.from(`${JSON.stringify(head)}\n`, 'utf8') } }],
    message: `Audit of ${head.sequence} entries\n\nSigned with the key ${head.key}.\n`,
    author: SLUICE_IDENTITY,
    date: Math.floor(Date.parse(head.at) / 1_000),
  });
  return (await mirror.advanceAudit(commit, tip)) !== 'stale';
}

/** Where a head goes; undefined when it is there. A chain that was begun anew counts from 1 as well, and hides none of the heads of the one before. */
async function freePath(mirror: Mirror, tip: CommitSha | undefined, head: SignedHead): Promise<string | undefined> {
  const path = pathOf(head);
  if (tip === undefined) return path;
  const own = path.replace(/\.json$/, `-${head.hash.slice(0, 16)}.json`);
  const there = await mirror.entries(tip, [path, own]);
  if (there.has(own)) return undefined;
  const taken = there.get(path);
  if (!taken) return path;
  return (await textOf(mirror, taken.sha)).includes(head.signature) ? undefined : own;
}

/** By month: a folder stays small. */
function pathOf({ sequence, at }: SignedHead): string {
  return `heads/${at.slice(0, 7)}/${String(sequence).padStart(12, '0')}.json`;
}
