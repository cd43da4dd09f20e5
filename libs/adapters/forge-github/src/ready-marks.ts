import type { RepositoryId } from '@sluice/kernel';
import type { GithubApi } from './github-api.js';
import { type Pull, zIssueEvents } from './schema.js';

const NEVER = 'never';
const DRAFT = 'draft';

/**
 * Who ended a request's draft, which only its events say. They are asked for when the request was a draft once, or when nobody remembers whether it was; what they said holds until the request changes.
 */
export class ReadyMarks {
  constructor(private readonly api: GithubApi) {}

  /** What we have just opened, or made of it. */
  async note(repository: RepositoryId, number: number, draft: boolean): Promise<void> {
    const key = await this.key(repository, number);
    if (draft) await this.api.memory.put(key, DRAFT);
    else if ((await this.api.memory.get(key)) === undefined) await this.api.memory.put(key, NEVER);
  }

  async by(repository: RepositoryId, { number, draft, updated_at: updatedAt }: Pull): Promise<string | undefined> {
    const key = await this.key(repository, number);
    const known = await this.api.memory.get(key);
    if (draft) {
      if (known !== DRAFT) await this.api.memory.put(key, DRAFT);
      return undefined;
    }
    if (known === NEVER) return undefined;
    const seen = `by:${updatedAt}:`;
    if (known?.startsWith(seen)) return known.slice(seen.length) || undefined;
    const by = await this.lastReady(repository, number);
    await this.api.memory.put(key, by === undefined ? NEVER : `${seen}${by}`);
    return by;
  }

  /** docs.github.com/en/rest/issues/events#list-issue-events */
  private async lastReady(repository: RepositoryId, number: number): Promise<string | undefined> {
    let by: string | undefined;
    const call = { route: 'GET /repos/{owner}/{repo}/issues/{issue_number}/events', parameters: { issue_number: number }, action: `read the events of #${number}` };
    for await (const page of this.api.pages(zIssueEvents, repository, call)) by = page.findLast(({ event }) => event === 'ready_for_review')?.actor ?? by;
    return by;
  }

  private async key(repository: RepositoryId, number: number): Promise<string> {
    return `ready:${(await this.api.path(repository)).toLowerCase()}#${number}`;
  }
}
