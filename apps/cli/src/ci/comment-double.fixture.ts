import { createServer } from 'node:http';
import type { IncomingMessage, Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';

export interface StoredComment {
  readonly id: number;
  readonly author: string;
  readonly body: string;
}

interface Seen {
  readonly method: string;
  readonly path: string;
  readonly query: URLSearchParams;
  readonly body: unknown;
  readonly headers: IncomingMessage['headers'];
}

interface Answered {
  readonly status: number;
  readonly body?: unknown;
}

const API = { github: '', gitlab: '/api/v4', gitea: '/api/v1', forgejo: '/api/v1' } as const;
const MAX_BODY = 65_536;
const BOT = { github: 'github-actions[bot]', gitlab: '77', gitea: 'gitea-actions', forgejo: 'forgejo-actions' } as const;

/**
 * The routes for comments of GitHub, GitLab, Gitea and Forgejo, over one list of comments. Strict: an unknown route, query parameter, field or a missing header is answered with 400 and kept
 * in {@link complaints}, which a test expects to be empty.
 */
export class CommentDouble {
  comments: StoredComment[] = [];
  readonly complaints: string[] = [];
  /** Method and path of each call. */
  readonly calls: string[] = [];
  /** Answers the next call with this status. */
  failNext: number | undefined;
  private next = 100;

  private constructor(
    private readonly server: Server,
    readonly forge: keyof typeof BOT,
    readonly token: string,
    /** Whether the token is a user's, and not a job's. */
    public isUser: boolean,
  ) {}

  static async start(forge: keyof typeof BOT, { token = `secret-${forge}-token`, isUser = forge === 'gitlab' } = {}): Promise<CommentDouble> {
    const server = createServer();
    const double = new CommentDouble(server, forge, token, isUser);
    server.on('request', (request, response) => {
      void double.answer(request).then(({ status, body }) => {
        response.writeHead(status, { 'content-type': 'application/json' }).end(body === undefined ? undefined : JSON.stringify(body));
      });
    });
    await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
    return double;
  }

  /** What GITHUB_API_URL and CI_API_V4_URL are. */
  get api(): string {
    return `http://127.0.0.1:${(this.server.address() as AddressInfo).port}${API[this.forge]}`;
  }

  /** Who its token is. */
  get self(): string {
    return this.forge !== 'gitlab' && this.isUser ? 'sluice-user' : BOT[this.forge];
  }

  add(author: string, body: string): void {
    this.comments.push({ id: this.next++, author, body });
  }

  reset(): void {
    this.comments = [];
    this.calls.length = 0;
    this.complaints.length = 0;
    this.failNext = undefined;
  }

  async stop(): Promise<void> {
    this.server.closeAllConnections();
    await new Promise((done) => this.server.close(done));
  }

  private async answer(request: IncomingMessage): Promise<Answered> {
    const url = new URL(request.url ?? '/', 'http://double');
    const raw = await text(request);
    const seen: Seen = { method: request.method ?? '', path: url.pathname, query: url.searchParams, body: raw === '' ? undefined : JSON.parse(raw), headers: request.headers };
    this.calls.push(`${seen.method} ${seen.path}`);
    if (this.failNext !== undefined) {
      const status = this.failNext;
      this.failNext = undefined;
      return { status, body: { message: `no, ${request.headers.authorization ?? ''}${String(request.headers['private-token'] ?? '')}` } };
    }
    if (this.forge === 'gitlab') return this.gitlab(seen);
    return this.forge === 'github' ? this.github(seen) : this.gitea(seen);
  }

  // https://docs.github.com/en/rest/using-the-rest-api/getting-started-with-the-rest-api: headers and authentication
  private github(seen: Seen): Answered {
    const { headers, method, path } = seen;
    if (headers.authorization !== `Bearer ${this.token}`) return { status: 401, body: { message: 'Bad credentials' } };
    if (headers['user-agent'] === undefined || headers['x-github-api-version'] !== '2022-11-28' || headers.accept !== 'application/vnd.github+json') return this.refuse('headers', seen);
    // https://docs.github.com/en/rest/users/users#get-the-authenticated-user; not for installations, as the token of a job is of one
    if (method === 'GET' && path === '/user') return this.isUser ? { status: 200, body: { login: this.self, id: 1 } } : { status: 403, body: { message: 'Resource not accessible by integration' } };
    const show = ({ id, body, author }: StoredComment): object => ({ id, body, user: { login: author } });
    // https://docs.github.com/en/rest/issues/comments#list-issue-comments and #create-an-issue-comment
    if (path === '/repos/acme/shop/issues/12/comments') return this.collection(seen, ['per_page', 'page'], show);
    // https://docs.github.com/en/rest/issues/comments#update-an-issue-comment and #delete-an-issue-comment
    const one = /^\/repos\/acme\/shop\/issues\/comments\/(\d+)$/.exec(path);
    return one ? this.single(seen, Number(one[1]), 'PATCH', show) : this.unknown(seen);
  }

  // https://docs.gitea.com/development/api-usage: the header Authorization; codeberg.org/api/swagger has the same routes
  private gitea(seen: Seen): Answered {
    const { headers, method, path } = seen;
    if (headers.authorization !== `token ${this.token}`) return { status: 401, body: { message: 'token is required' } };
    // userGetCurrent, with the scope read:user
    if (method === 'GET' && path === '/api/v1/user') return this.isUser ? { status: 200, body: { id: 3, login: this.self } } : { status: 403, body: { message: 'token does not have at least one of required scope(s): [read:user]' } };
    const show = ({ id, body, author }: StoredComment): object => ({ id, body, user: { id: 3, login: author } });
    // issueGetComments, which has no pages, and issueCreateComment
    if (method === 'GET' && path === '/api/v1/repos/acme/shop/issues/12/comments') return seen.query.size > 0 ? this.refuse('query', seen) : { status: 200, body: this.comments.map(show) };
    if (path === '/api/v1/repos/acme/shop/issues/12/comments') return this.collection(seen, [], show);
    // issueEditComment and issueDeleteComment
    const one = /^\/api\/v1\/repos\/acme\/shop\/issues\/comments\/(\d+)$/.exec(path);
    return one ? this.single(seen, Number(one[1]), 'PATCH', show) : this.unknown(seen);
  }

  // https://docs.gitlab.com/api/rest/authentication: the header PRIVATE-TOKEN
  private gitlab(seen: Seen): Answered {
    const { headers, method, path } = seen;
    if (headers['private-token'] !== this.token) return { status: 401, body: { message: '401 Unauthorized' } };
    // https://docs.gitlab.com/api/users#retrieve-the-current-user
    if (method === 'GET' && path === '/api/v4/user') return { status: 200, body: { id: Number(BOT.gitlab), username: 'project_5_bot' } };
    const show = ({ id, body, author }: StoredComment): object => ({ id, body, author: { id: Number(author), username: 'x' } });
    // https://docs.gitlab.com/api/notes#list-all-merge-request-notes and #create-a-merge-request-note
    if (path === '/api/v4/projects/5/merge_requests/12/notes') return this.collection(seen, ['per_page', 'page', 'sort', 'order_by'], show);
    // https://docs.gitlab.com/api/notes#update-a-merge-request-note and #delete-a-merge-request-note
    const one = /^\/api\/v4\/projects\/5\/merge_requests\/12\/notes\/(\d+)$/.exec(path);
    return one ? this.single(seen, Number(one[1]), 'PUT', show) : this.unknown(seen);
  }

  private collection(seen: Seen, parameters: readonly string[], show: (comment: StoredComment) => object): Answered {
    const { method, query } = seen;
    if (method === 'GET') {
      const size = Number(query.get('per_page') ?? 20);
      if ([...query.keys()].some((name) => !parameters.includes(name)) || size > 100) return this.refuse('query', seen);
      const from = (Number(query.get('page') ?? 1) - 1) * size;
      return { status: 200, body: this.comments.slice(from, from + size).map(show) };
    }
    if (method !== 'POST') return this.unknown(seen);
    const body = this.bodyOf(seen);
    if (body === undefined) return this.refuse('body', seen);
    this.add(this.self, body);
    return { status: 201, body: show(this.comments.at(-1)!) };
  }

  private single(seen: Seen, id: number, update: 'PATCH' | 'PUT', show: (comment: StoredComment) => object): Answered {
    const found = this.comments.find((comment) => comment.id === id);
    if (!found) return { status: 404, body: { message: 'Not Found' } };
    if (seen.method === 'DELETE') {
      this.comments = this.comments.filter((comment) => comment !== found);
      return { status: 204 };
    }
    const body = this.bodyOf(seen);
    if (seen.method !== update || body === undefined) return this.refuse('update', seen);
    const next = { ...found, body };
    this.comments = this.comments.map((comment) => (comment === found ? next : comment));
    return { status: 200, body: show(next) };
  }

  private bodyOf({ body, headers, query }: Seen): string | undefined {
    if (headers['content-type'] !== 'application/json' || query.size > 0) return undefined;
    if (typeof body !== 'object' || body === null || Object.keys(body).join() !== 'body' || !('body' in body)) return undefined;
    return typeof body.body === 'string' && body.body !== '' && body.body.length <= MAX_BODY ? body.body : undefined;
  }

  private unknown(seen: Seen): Answered {
    return this.refuse('route', seen);
  }

  private refuse(what: string, { method, path, query }: Seen): Answered {
    this.complaints.push(`${what}: ${method} ${path}?${query.toString()}`);
    return { status: 400, body: { message: `${what} is not as documented` } };
  }
}
