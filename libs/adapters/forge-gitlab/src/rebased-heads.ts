import { commitSha, type CommitSha, type RepositoryId } from '@sluice/kernel';
import type { ChangeRequest } from '@sluice/usecases';
import { z } from 'zod';
import type { GitlabApi } from './gitlab-api.js';

/** More tries than that to bring one request onto its target nobody waits for. */
const MOST = 20;

const zSha = z.string().transform(commitSha);
const zRebased = z.object({ from: zSha, to: z.union([zSha.transform((one) => [one]), z.array(zSha)]) });

interface Wanted {
  readonly number: number;
  /** The head that callers know the request by. */
  readonly from: CommitSha;
}

/** Notes what a head becomes on top of its target. Where we make it ourselves that is done before it is pushed: whoever dies in between finds it again. */
export async function rememberHead(api: GitlabApi, repository: RepositoryId, { number, from, to }: Wanted & { readonly to: CommitSha }): Promise<void> {
  const known = await rebased(api, repository, number);
  const before = known?.from === from ? known.to.filter((one) => one !== to) : [];
  await api.memory.put(await keyOf(api, repository, number), JSON.stringify({ from, to: [to, ...before].slice(0, MOST) }));
}

/** Whether a head is what we, or GitLab on our behalf, have made of another one. */
export async function isRebased(api: GitlabApi, repository: RepositoryId, { number, from, head }: Wanted & { readonly head: CommitSha }): Promise<boolean> {
  const known = await rebased(api, repository, number);
  return known?.from === from && known.to.includes(head);
}

/** What a head has become last. */
export async function rebasedTo(api: GitlabApi, repository: RepositoryId, { number, from }: Wanted): Promise<CommitSha | undefined> {
  const known = await rebased(api, repository, number);
  return known?.from === from ? known.to[0] : undefined;
}

/** The head that callers know a request by: the one before its rebases. Its content is the same, and what was approved stays approved. */
export async function rebasedFrom(api: GitlabApi, repository: RepositoryId, { number, head }: Pick<ChangeRequest, 'number' | 'head'>): Promise<CommitSha> {
  const known = await rebased(api, repository, number);
  return known?.to.includes(head) ? known.from : head;
}

async function rebased(api: GitlabApi, repository: RepositoryId, number: number): Promise<z.output<typeof zRebased> | undefined> {
  const text = await api.memory.get(await keyOf(api, repository, number));
  return text === undefined ? undefined : zRebased.safeParse(JSON.parse(text)).data;
}

async function keyOf(api: GitlabApi, repository: RepositoryId, number: number): Promise<string> {
  return `rebased:${await api.path(repository)}!${number}`;
}
