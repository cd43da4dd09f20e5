import { z } from 'zod';
import type { Grant } from '../base/accounts.js';
import type { DoubleRepository } from '../base/double-repository.js';
import type { StoredRequest } from '../base/records.js';
import { route, type Route } from '../base/route.js';
import { type GithubContext, isoTime } from './context.js';
import { accountOf } from './pull-routes.js';

const FORM = /^mutation\(\$id: ID!\) \{ (convertPullRequestToDraft|markPullRequestReadyForReview)\(input: \{ pullRequestId: \$id \}\) \{ pullRequest \{ isDraft updatedAt \} \} \}$/;

/** Only the two mutations that REST lacks, in the one form that is used: docs.github.com/en/graphql/reference/mutations */
export function graphqlRoute({ world, state }: GithubContext, repositories: () => Iterable<DoubleRepository>): Route {
  return route({
    method: 'POST',
    path: '/api/graphql',
    docs: 'docs.github.com/en/graphql/reference/mutations#convertpullrequesttodraft, #markpullrequestreadyforreview',
    body: z.strictObject({ query: z.string().regex(FORM), variables: z.strictObject({ id: z.string() }) }),
    handle: ({ body, grant }) => {
      const [, mutation = ''] = FORM.exec(body.query) ?? [];
      const draft = mutation === 'convertPullRequestToDraft';
      const found = pullOf(repositories(), body.variables.id);
      if (!found) return graphqlError('NOT_FOUND', `Could not resolve to a node with the global id of '${body.variables.id}'`);
      if (!mayWrite(grant)) return graphqlError('FORBIDDEN', 'Resource not accessible by integration');
      if (draft && !state.draftsSupported) return graphqlError('UNPROCESSABLE', 'Draft pull requests are not supported in this repository.');
      if (found.request.state !== 'open') return graphqlError('UNPROCESSABLE', 'Pull request is closed');
      found.repository.setDraft(found.request, draft, accountOf({ grant }));
      return { status: 200, body: { data: { [mutation]: { pullRequest: { isDraft: found.request.draft, updatedAt: isoTime(world.now()) } } } } };
    },
  });
}

function mayWrite(grant: Grant | undefined): boolean {
  return grant?.kind === 'classic' || grant?.rights['pull_requests'] === 'write';
}

function graphqlError(type: string, message: string): { readonly status: 200; readonly body: unknown } {
  return { status: 200, body: { data: null, errors: [{ type, message, path: ['mutation'], locations: [{ line: 1, column: 1 }] }] } };
}

function pullOf(repositories: Iterable<DoubleRepository>, node: string): { readonly repository: DoubleRepository; readonly request: StoredRequest } | undefined {
  for (const repository of repositories) for (const request of repository.requests.values()) if (`PR_${request.id}` === node) return { repository, request };
  return undefined;
}
