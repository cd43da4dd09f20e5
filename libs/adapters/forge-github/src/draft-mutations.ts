import { Forbidden, printableLine, type RepositoryId, Unsupported } from '@sluice/kernel';
import { z } from 'zod';
import type { GithubApi } from './github-api.js';
import type { Pull } from './schema.js';

/** docs.github.com/en/graphql/reference/mutations#convertpullrequesttodraft and #markpullrequestreadyforreview: REST cannot change it. */
const MUTATIONS = {
  draft: 'mutation($id: ID!) { convertPullRequestToDraft(input: { pullRequestId: $id }) { pullRequest { isDraft updatedAt } } }',
  ready: 'mutation($id: ID!) { markPullRequestReadyForReview(input: { pullRequestId: $id }) { pullRequest { isDraft updatedAt } } }',
};

const zAnswer = z.object({
  data: z.record(z.string(), z.object({ pullRequest: z.object({ isDraft: z.boolean(), updatedAt: z.string() }).nullish() }).nullish()).nullish(),
  errors: z.array(z.object({ type: z.string().optional(), message: z.string() })).optional(),
});

/** Makes a draft of a request, or ends that. Doing it again changes nothing. */
export async function setDraft(api: GithubApi, repository: RepositoryId, { number, node_id: id }: Pull, draft: boolean): Promise<void> {
  const action = draft ? `make a draft of #${number}` : `mark #${number} as ready`;
  const call = { route: `POST ${api.address.graphql}`, parameters: { query: draft ? MUTATIONS.draft : MUTATIONS.ready, variables: { id } }, action };
  const answer = await api.ask(zAnswer, repository, call);
  if (Object.values(answer.data ?? {}).some((changed) => changed?.pullRequest?.isDraft === draft)) return;
  throw refusalOf(answer.errors?.[0] ?? { message: 'it does not say why' }, action);
}

/** GraphQL says it with status 200. */
function refusalOf({ type, message }: { readonly type?: string | undefined; readonly message: string }, action: string): Forbidden | Unsupported {
  if (type === 'FORBIDDEN' || /not accessible/i.test(message)) return new Forbidden(`GitHub does not let Sluice ${action}: ${printableLine(message)} (it takes the permission pull_requests=write)`, { details: { refusal: /archived/i.test(message) ? 'archived' : 'credential' } });
  return new Unsupported(`GitHub cannot ${action}: ${printableLine(message)}`);
}
