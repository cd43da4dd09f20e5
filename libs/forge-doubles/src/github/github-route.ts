import { type Answer, ApiError, type Call, type Method, type Route } from '../base/route.js';
import { pageOf } from '../base/paging.js';
import { OpenApi } from './openapi.js';

/** Of GitHub Enterprise Server; GitHub.com has the same routes on a host of their own. */
const REST = '/api/v3';

export interface GithubCall extends Call {
  /** Checked against the description. */
  readonly body: Readonly<Record<string, never>> & Record<string, unknown>;
}

export interface GithubRouteSpec {
  readonly method: Method;
  /** As the description has it. */
  readonly path: string;
  handle(call: GithubCall): Promise<Answer> | Answer;
}

/** A route whose requests and answers are checked against GitHub's published description. @throws Error for an answer that it forbids: that is a fault of the double */
export function githubRoute({ method, path, handle }: GithubRouteSpec): Route {
  return {
    method,
    path: REST + path,
    docs: `docs.github.com/en/rest (${method} ${path})`,
    anonymous: false,
    handle: async (call) => {
      const problem = OpenApi.load().requestProblem(method, path, call);
      if (problem !== undefined) return { malformed: problem };
      const answer = await refusalOr(() => handle({ ...call, body: (call.body ?? {}) as GithubCall['body'] }));
      const wrong = OpenApi.load().answerProblem(method, path, answer);
      if (wrong !== undefined) throw new Error(`the double answers ${method} ${path} with ${answer.status} in a form that GitHub does not have: ${wrong} ${JSON.stringify(answer.body).slice(0, 600)}`);
      return answer;
    },
  };
}

async function refusalOr(work: () => Promise<Answer> | Answer): Promise<Answer> {
  try {
    return await work();
  } catch (error) {
    if (error instanceof ApiError) return error.answer;
    throw error;
  }
}

/** The page that was asked for: docs.github.com/en/rest/using-the-rest-api/using-pagination-in-the-rest-api */
export function githubPage<T>({ query, url }: Pick<Call, 'query' | 'url'>, all: readonly T[]): { readonly items: readonly T[]; readonly headers: Readonly<Record<string, string>> } {
  return pageOf(all, url, { page: Number(query['page'] ?? 1), size: Math.min(Number(query['per_page'] ?? 30), 100) });
}
