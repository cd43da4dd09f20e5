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

  async by(repository: RepositoryId, { number, state, draft, updatedAt }: ChangeRequest): Promise<string | undefined> {
    if (state !== 'open') return undefined;
    const key = await this.key(repository, number);
    const known = await this.api.memory.get(key);
    if (draft) {
      if (known !== DRAFT) await this.api.memory.put(key, DRAFT);
      return undefined;
    }
    if (known === NEVER) return undefined;
    const seen = `by:${updatedAt}:`;
    if (known?.startsWith(seen)) return known.slice(seen.length) || undefined;
    const by = (await notesOf(this.api, repository, number)).map(systemEvent).findLast((event) => event?.what === 'ready')?.by;
    await this.api.memory.put(key, by === undefined && known === undefined ? NEVER : `${seen}${by ?? ''}`);
    return by;
  }

  private async key(repository: RepositoryId, number: number): Promise<string> {
    return `ready:${await this.api.path(repository)}!${number}`;
  }
}
