import type { RepositoryId } from '@sluice/kernel';
import { z } from 'zod';
import type { GiteaApi } from './gitea-api.js';
import { requestPages } from './request-pages.js';
import type { PullRequest } from './schema.js';
import { sourceOf } from './shown-request.js';

/** Pages of the history that are read at first; of what is older nobody asks. */
const MAX_PAGES = 40;
/** Requests of all branches together that are kept. */
const MAX_KEPT = 5_000;

const zIndex = z.object({ upTo: z.number(), branches: z.record(z.string(), z.array(z.number())) });
type Index = z.output<typeof zIndex>;

/**
 * Which requests each branch has had. The forge cannot be asked for that (neither filters requests by their source branch), so it is read out of the list of all and remembered: the next time only what is
 * new is read, which is one page. A request's source branch never changes.
 */
export class RequestIndex {
  constructor(private readonly api: GiteaApi) {}

  /** The numbers of a branch's requests, newest first, and those that were read on the way. */
  async of(repository: RepositoryId, branch: string): Promise<{ readonly numbers: readonly number[]; readonly read: ReadonlyMap<number, PullRequest> }> {
    const key = `sources:${await this.api.path(repository)}`;
    const known = parse(await this.api.memory.get(key));
    const read = await this.read(repository, known.upTo);
    const fresh = [...read.values()].filter(({ number }) => number > known.upTo);
    const index = fresh.length === 0 ? known : extended(known, fresh);
    if (index !== known) await this.api.memory.put(key, JSON.stringify(index));
    return { numbers: index.branches[branch] ?? [], read };
  }

  /** Down to what is known. */
  private async read(repository: RepositoryId, upTo: number): Promise<ReadonlyMap<number, PullRequest>> {
    const read = new Map<number, PullRequest>();
    let pages = 0;
    for await (const page of requestPages(this.api, repository, {})) {
      for (const request of page) read.set(request.number, request);
      pages += 1;
      if (pages >= MAX_PAGES || page.some(({ number }) => number <= upTo)) break;
    }
    return read;
  }
}

function extended({ upTo, branches }: Index, requests: readonly PullRequest[]): Index {
  const added = requests.map((request) => [request.number, sourceOf(request)] as const);
  const before = Object.entries(branches).flatMap(([branch, numbers]) => numbers.map((number) => [number, branch] as const));
  const kept = [...added, ...before].sort(([one], [other]) => other - one).slice(0, MAX_KEPT);
  const byBranch = new Map<string, number[]>();
  for (const [number, branch] of kept) byBranch.set(branch, [...(byBranch.get(branch) ?? []), number]);
  return { upTo: Math.max(upTo, ...requests.map(({ number }) => number)), branches: Object.fromEntries(byBranch) };
}

function parse(text: string | undefined): Index {
  try {
    return zIndex.parse(JSON.parse(text ?? ''));
  } catch {
    return { upTo: 0, branches: {} };
  }
}
