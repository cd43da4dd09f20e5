import { Forbidden, NotFound, type RepositoryId } from '@sluice/kernel';
import { requestHead } from './branches.js';
import type { GiteaApi } from './gitea-api.js';
import { hasDraftPrefix } from './request-text.js';
import { type PullRequest, zTimeline } from './schema.js';
import { type Doers, isDraft, stateOf } from './shown-request.js';

/** What no login is. */
const [DRAFT, NOBODY] = ['(draft)', '(nobody)'];

/**
 * What the request itself does not say: who closed it, who marked it as ready, where its head was at its end. Each is asked for once and remembered, so that a look at an open request stays one call:
 * who marked it as ready is looked for only when it has been seen as a draft, or nothing is remembered of it.
 */
export class RequestHistory {
  constructor(
    private readonly api: GiteaApi,
    private readonly repository: RepositoryId,
  ) {}

  async of(request: PullRequest): Promise<Doers & { readonly head?: PullRequest['head']['sha'] }> {
    const state = stateOf(request);
    const ready = await this.readyBy(request);
    if (state === 'open') return ready;
    const closed = state === 'closed' ? await this.closedBy(request) : {};
    return { ...ready, ...closed, head: (await this.finalHead(request)) ?? request.head.sha };
  }

  /** Of a request that was made a moment ago: nobody has done anything with it yet. */
  async begin(request: PullRequest): Promise<void> {
    await this.api.memory.put(await this.key('ready', request), isDraft(request) ? DRAFT : NOBODY);
  }

  private async readyBy(request: PullRequest): Promise<Doers> {
    const key = await this.key('ready', request);
    const known = await this.api.memory.get(key);
    if (isDraft(request)) {
      if (known !== DRAFT) await this.api.memory.put(key, DRAFT);
      return {};
    }
    const login = known === undefined || known === DRAFT ? await this.lastReady(request) : known;
    if (login !== known) await this.api.memory.put(key, login);
    return login === NOBODY ? {} : { readyBy: login };
  }

  private async lastReady(request: PullRequest): Promise<string> {
    const login = await this.lastOf(request, ({ type, old_title: before, new_title: after }) => type === 'change_title' && hasDraftPrefix(before ?? '') && !hasDraftPrefix(after ?? ''));
    return login ?? NOBODY;
  }

  private async closedBy(request: PullRequest): Promise<Doers> {
    const login = await this.remembered(`closed:${request.closed_at ?? 0}`, request, () => this.lastOf(request, ({ type }) => type === 'close'));
    return login === undefined ? {} : { closedBy: login };
  }

  private async finalHead(request: PullRequest): Promise<PullRequest['head']['sha']> {
    const head = await this.remembered(`head:${request.closed_at ?? 0}`, request, () => requestHead(this.api, this.repository, request.number));
    return head as PullRequest['head']['sha'];
  }

  /** Whoever did the last such thing. A token without `read:issue` sees no timeline: then nobody knows. Follows issueGetCommentsAndTimeline. */
  private async lastOf({ number }: PullRequest, matches: (entry: { readonly type: string; readonly old_title?: string | null | undefined; readonly new_title?: string | null | undefined }) => boolean): Promise<string | undefined> {
    try {
      const entries = await this.api.all(zTimeline, { path: `${await this.api.repository(this.repository)}/issues/${number}/timeline`, action: `see what was done with request ${number}`, totalOfPage: true });
      return entries.findLast(matches)?.user?.login;
    } catch (error) {
      if (error instanceof Forbidden || error instanceof NotFound) return undefined;
      throw error;
    }
  }

  private async remembered(what: string, request: PullRequest, ask: () => Promise<string | undefined>): Promise<string | undefined> {
    const key = await this.key(what, request);
    const known = await this.api.memory.get(key);
    if (known !== undefined) return known;
    const found = await ask();
    if (found !== undefined) await this.api.memory.put(key, found);
    return found;
  }

  private async key(what: string, { number }: PullRequest): Promise<string> {
    return `request:${await this.api.path(this.repository)}#${number}:${what}`;
  }
}
