import type { RepositoryId } from '@sluice/kernel';
import type { ChangeRequest } from '@sluice/usecases';
import type { GitlabApi } from './gitlab-api.js';
import { notesOf, systemEvent } from './notes.js';

const NEVER = 'never';
const DRAFT = 'draft';

/**
 * Who ended a request's draft, which only GitLab's own notes say. They are asked for when the request was a draft once, or when nobody remembers whether it was; what they said holds until the request
 * changes.
 */
export class ReadyMarks {
  constructor(private readonly api: GitlabApi) {}

  /** What we have just made of it. */
  async note(repository: RepositoryId, number: number, draft: boolean): Promise<void> {
    const key = await this.key(repository, number);
    if (draft) await this.api.memory.put(key, DRAFT);
    else if ((await this.api.memory.get(key)) === undefined) await this.api.memory.put(key, NEVER);
  }

  async by(repository: RepositoryId, request: ChangeRequest): Promise<string | undefined> {
    if (request.state !== 'open') return undefined;
    const known = await this.api.memory.get(await this.key(repository, request.number));
    if (!request.draft) return known === NEVER ? undefined : this.ender(repository, request, known);
    if (known !== DRAFT) await this.note(repository, request.number, true);
    return undefined;
  }

  private async ender(repository: RepositoryId, { number, updatedAt }: ChangeRequest, known: string | undefined): Promise<string | undefined> {
    const seen = `by:${updatedAt}:`;
    if (known?.startsWith(seen)) return known.slice(seen.length) || undefined;
    const by = await this.noted(repository, number);
    await this.api.memory.put(await this.key(repository, number), (by ?? known) === undefined ? NEVER : seen + (by ?? ''));
    return by;
  }

  private async noted(repository: RepositoryId, number: number): Promise<string | undefined> {
    const notes = await notesOf(this.api, repository, number);
    return notes.map(systemEvent).findLast((event) => event?.what === 'ready')?.by;
  }

  private async key(repository: RepositoryId, number: number): Promise<string> {
    return `ready:${await this.api.path(repository)}!${number}`;
  }
}
