import { PersonalWays } from '@sluice/forge-http';
import type { ForgeConnection, ForgeParts, RemoteForge } from '@sluice/usecases';
import { checkRepository } from './check-repository.js';
import { GiteaStatuses } from './commit-statuses.js';
import { GiteaApi, LIMITS } from './gitea-api.js';
import { ensureHook, removeHook } from './hooks.js';
import { giteaPeople } from './people.js';
import { GiteaPushLog } from './push-log.js';
import { PullRequests } from './pull-requests.js';
import { GiteaReviews } from './reviews.js';

/** Any name goes with a token in git's basic authentication. */
const GIT_USER = 'sluice';

/**
 * A Gitea (1.22 and up) or Forgejo (7 and up) over one credential: an access token with the scopes `write:repository`, `read:user` and, to know who closed a request by hand, `read:issue`.
 *
 * Where they differ: Forgejo signs webhooks in a header of its own too and tells of runs of its actions by `action_run_*`, Gitea by `workflow_run` and `workflow_job`; hooks are of the type `forgejo` or
 * `gitea`. Statuses as webhooks came with Gitea 1.24; older versions and Forgejo are asked.
 */
export function connectGitea(connection: ForgeConnection, parts: ForgeParts): RemoteForge {
  const api = new GiteaApi(connection, parts);
  const ways = new PersonalWays(parts, LIMITS);
  return {
    changes: new PullRequests(api),
    reviews: new GiteaReviews(api, ways),
    statuses: new GiteaStatuses(api),
    pushes: new GiteaPushLog(api),
    access: {
      locate: async (repository) => ({
        url: `${api.url}/${await api.path(repository)}.git`,
        credential: { username: GIT_USER, password: await api.token() },
      }),
    },
    people: giteaPeople(api, parts, ways),
    check: (repository) => checkRepository(api, repository),
    hook: (repository, hook) => ensureHook(api, repository, hook),
    unhook: (repository, url) => removeHook(api, repository, url),
    close: () => Promise.resolve(),
  };
}
