import { createHash } from 'node:crypto';
import { type CommitSha, printableLine, type RepositoryId } from '@sluice/kernel';
import type { CommitStatus, CommitStatuses } from '@sluice/usecases';
import { z } from 'zod';
import { type GiteaApi, PAGE } from './gitea-api.js';
import { pageSize } from './page-size.js';
import { type Status, zCombined } from './schema.js';

type NewStatus = Omit<CommitStatus, 'at'>;

/** Pages of contexts of one commit. */
const MAX_PAGES = 20;
const MAX_DESCRIPTION = 255;
const FEW = 10;

/** `warning` is no success for a protected branch; a job that was `skipped` has nothing against it. What is not known yet waits. */
const STATES: Readonly<Record<string, CommitStatus['state']>> = { pending: 'pending', success: 'success', failure: 'failure', error: 'error', warning: 'failure', skipped: 'success' };

/** Statuses of commits. Runs of Gitea and Forgejo Actions are among them, with `workflow / job (event)` as the context. */
export class GiteaStatuses implements CommitStatuses {
  constructor(private readonly api: GiteaApi) {}

  /** Follows repoGetCombinedStatusByRef: the newest of each context. */
  async list(repository: RepositoryId, commit: CommitSha): Promise<readonly CommitStatus[]> {
    const newest = new Map<string, Status>();
    for (let page = 1; page <= MAX_PAGES; page += 1) {
      const found = await this.page(repository, commit, page);
      const before = newest.size;
      for (const status of found) if (!newest.has(status.context)) newest.set(status.context, status);
      if (newest.size === before || !(await this.isFull(found.length))) break;
    }
    return [...newest.values()].map((status) => shown(status, this.api.url));
  }

  /** One call for each status that is not the one that we have set last. Follows repoCreateStatus. */
  async set(repository: RepositoryId, commit: CommitSha, statuses: readonly NewStatus[]): Promise<void> {
    for (const status of statuses) await this.setOne(repository, commit, status);
  }

  /** Nothing else says that there are more. No instance has pages of only a few, so few are all. */
  private async isFull(items: number): Promise<boolean> {
    return items >= FEW && items >= (await pageSize(this.api));
  }

  private async page(repository: RepositoryId, commit: CommitSha, page: number): Promise<readonly Status[]> {
    const path = `${await this.api.repository(repository)}/commits/${commit}/status`;
    const combined = await this.api.ask(zCombined, { method: 'GET', path, query: { page, limit: PAGE }, action: `see the statuses of ${commit.slice(0, 12)}` });
    return combined?.statuses ?? [];
  }

  private async setOne(repository: RepositoryId, commit: CommitSha, { context, state, description, url }: NewStatus): Promise<void> {
    const body = { state, context, description: printableLine(description, MAX_DESCRIPTION), ...(url !== undefined && { target_url: url }) };
    const key = `status:${await this.api.path(repository)}@${commit}:${context}`;
    const digest = createHash('sha256').update(JSON.stringify(body)).digest('hex');
    if ((await this.api.memory.get(key)) === digest) return;
    await this.api.ask(z.unknown(), { method: 'POST', path: `${await this.api.repository(repository)}/statuses/${commit}`, body, action: 'set a commit status (write access to the repository)' });
    await this.api.memory.put(key, digest);
  }
}

function shown({ status, context, description, target_url: address, creator, created_at: made, updated_at: changed }: Status, forge: string): CommitStatus {
  const url = addressOf(address, forge);
  return { context, state: STATES[status] ?? 'pending', description: description ?? '', by: creator?.login ?? '', at: changed ?? made, ...(url !== undefined && { url }) };
}

/** The forge's own actions name their page without the host. */
function addressOf(address: string | null | undefined, forge: string): string | undefined {
  if (!address || !URL.canParse(address, forge)) return undefined;
  const url = new URL(address, forge);
  return ['http:', 'https:'].includes(url.protocol) ? url.href : undefined;
}
