import { Conflict, Forbidden, InvalidInput, NotFound, Unauthenticated, Unavailable, messageOf, printableLine } from '@sluice/kernel';
import { z } from 'zod';
import type { RequestPlace } from './surroundings.js';

export interface Comment {
  readonly id: number;
  readonly body: string;
  /** The login, or on GitLab the number, of who wrote it. */
  readonly author: string;
}

/** Comments of one pull or merge request. */
export interface RequestComments {
  /** Who the token is, as {@link Comment.author} has it. */
  self(): Promise<string>;
  /** A page, from 1, the oldest first; the last one is not full. */
  page(number: number): Promise<readonly Comment[]>;
  create(body: string): Promise<void>;
  update(id: number, body: string): Promise<void>;
  remove(id: number): Promise<void>;
}

export const PAGE = 100;
const DEADLINE = 30_000;

/** The token goes into one header of requests to this one place, and nowhere else. */
export function commentsOf(place: RequestPlace, token: string): RequestComments {
  if (place.forge === 'gitlab') return onGitlab(place, token);
  return place.forge === 'github' ? onGithub(place, token) : onGitea(place, token);
}

const githubComment = z.object({ id: z.number(), body: z.string().nullish(), user: z.object({ login: z.string() }).nullish() });

/** docs.github.com/rest/issues/comments, version 2022-11-28: a pull request's comments are those of the issue of its number. */
function onGithub({ api, project, number }: RequestPlace, token: string): RequestComments {
  const call = caller(api, token, { authorization: `Bearer ${token}`, accept: 'application/vnd.github+json', 'x-github-api-version': '2022-11-28' });
  const repository = `/repos/${project.split('/').map(encodeURIComponent).join('/')}`;
  const comments = `${repository}/issues/${number}/comments`;
  const one = (id: number): string => `${repository}/issues/comments/${id}`;
  return {
    async self() {
      try {
        return z.object({ login: z.string() }).parse(await call('GET', '/user')).login;
      } catch (error) {
        // the token of a job is of an installation, which is no user
        if (error instanceof Forbidden) return 'github-actions[bot]';
        throw error;
      }
    },
    page: async (page) => z.array(githubComment).parse(await call('GET', `${comments}?per_page=${PAGE}&page=${page}`)).map(({ id, body, user }) => ({ id, body: body ?? '', author: user?.login ?? '' })),
    create: async (body) => void (await call('POST', comments, { body })),
    update: async (id, body) => void (await call('PATCH', one(id), { body })),
    remove: async (id) => void (await call('DELETE', one(id))),
  };
}

/** Of Gitea's and Forgejo's swagger: issueGetComments, which has no pages, issueCreateComment, issueEditComment, issueDeleteComment. A request's comments are those of the issue of its number. */
function onGitea({ forge, api, project, number }: RequestPlace, token: string): RequestComments {
  const call = caller(api, token, { authorization: `token ${token}`, accept: 'application/json' });
  const issues = `/repos/${project.split('/').map(encodeURIComponent).join('/')}/issues`;
  const comments = `${issues}/${number}/comments`;
  const one = (id: number): string => `${issues}/comments/${id}`;
  return {
    async self() {
      try {
        return z.object({ login: z.string() }).parse(await call('GET', '/user')).login;
      } catch (error) {
        // the token of a job, or one without the scope read:user
        if (error instanceof Forbidden) return `${forge}-actions`;
        throw error;
      }
    },
    page: async (page) => (page > 1 ? [] : z.array(githubComment).parse(await call('GET', comments)).map(({ id, body, user }) => ({ id, body: body ?? '', author: user?.login ?? '' }))),
    create: async (body) => void (await call('POST', comments, { body })),
    update: async (id, body) => void (await call('PATCH', one(id), { body })),
    remove: async (id) => void (await call('DELETE', one(id))),
  };
}

const gitlabNote = z.object({ id: z.number(), body: z.string().nullish(), author: z.object({ id: z.number() }) });

/** docs.gitlab.com/api/notes, "Merge requests". */
function onGitlab({ api, project, number }: RequestPlace, token: string): RequestComments {
  const call = caller(api, token, { 'private-token': token });
  const notes = `/projects/${encodeURIComponent(project)}/merge_requests/${number}/notes`;
  return {
    self: async () => String(z.object({ id: z.number() }).parse(await call('GET', '/user')).id),
    page: async (page) => z.array(gitlabNote).parse(await call('GET', `${notes}?order_by=created_at&sort=asc&per_page=${PAGE}&page=${page}`)).map(({ id, body, author }) => ({ id, body: body ?? '', author: String(author.id) })),
    create: async (body) => void (await call('POST', notes, { body })),
    update: async (id, body) => void (await call('PUT', `${notes}/${id}`, { body })),
    remove: async (id) => void (await call('DELETE', `${notes}/${id}`)),
  };
}

type Caller = (method: 'GET' | 'POST' | 'PATCH' | 'PUT' | 'DELETE', path: string, body?: unknown) => Promise<unknown>;

function caller(api: string, token: string, headers: Readonly<Record<string, string>>): Caller {
  const base = api.replace(/\/+$/, '');
  return async (method, path, body) => {
    const response = await send(`${base}${path}`, { method, headers: { ...headers, 'user-agent': 'sluice', ...(body !== undefined && { 'content-type': 'application/json' }) }, ...(body !== undefined && { body: JSON.stringify(body) }) });
    if (!response.ok) throw await failure(response, `${method} ${base}${path.replace(/\?.*/, '')}`, token);
    return response.status === 204 ? undefined : response.json();
  };
}

async function send(url: string, init: RequestInit): Promise<Response> {
  try {
    // a redirect would take the token along, or lose the method
    return await fetch(url, { ...init, redirect: 'error', signal: AbortSignal.timeout(DEADLINE) });
  } catch (error) {
    throw new Unavailable(`${new URL(url).origin} cannot be reached (${error instanceof Error && error.cause instanceof Error ? messageOf(error.cause) : messageOf(error)})`, { cause: error });
  }
}

async function failure(response: Response, what: string, token: string): Promise<Error> {
  const said = printableLine((await response.text().catch(() => '')).replaceAll(token, '…').slice(0, 300), 300);
  const message = `${what} was answered with ${response.status}${said === '' ? '' : `: ${said}`}`;
  switch (response.status) {
    case 401:
      return new Unauthenticated(`the token for comments is not valid (${message})`);
    case 403:
      return new Forbidden(`the token for comments may not do that: on GitHub the job needs \`permissions: { pull-requests: write }\`, on GitLab a token with the scope api and the role Reporter or more, on Gitea and Forgejo the scope write:issue (${message})`);
    case 404:
      return new NotFound(`there is no such request, or the token for comments does not see it (${message})`);
    case 409:
      return new Conflict(message);
    case 400:
    case 422:
      return new InvalidInput(message);
    default:
      return new Unavailable(message);
  }
}
