import { PersonalWays, type ForgeLimits } from '@sluice/forge-http';
import type { ForgeConnection, ForgeParts, RemoteForge } from '@sluice/usecases';
import { checkRepository } from './check-repository.js';
import { GithubStatuses } from './commit-statuses.js';
import { GithubApi } from './github-api.js';
import { removeHook, setHook } from './hooks.js';
import { githubPeople } from './people.js';
import { GithubPullRequests } from './pull-requests.js';
import { GithubPushLog } from './push-log.js';
import { GithubReviews } from './reviews.js';

/** Any user name does beside a token. docs.github.com/en/apps/creating-github-apps/authenticating-with-a-github-app/authenticating-as-a-github-app-installation#about-authentication-as-a-github-app-installation */
const GIT_USER = 'x-access-token';

/** GitHub.com and GitHub Enterprise over one token or one app. `limits`: of what is called at a time; those that every forge has without it. */
export function connectGithub(connection: ForgeConnection, parts: ForgeParts, limits: Partial<ForgeLimits> = {}): RemoteForge {
  const api = new GithubApi(connection, parts, limits);
  const ways = new PersonalWays(parts, limits);
  return {
    changes: new GithubPullRequests(api),
    reviews: new GithubReviews(api, ways),
    statuses: new GithubStatuses(api),
    pushes: new GithubPushLog(api),
    access: {
      locate: async (repository) => ({
        url: `${connection.url}/${await api.path(repository)}.git`,
        credential: { username: GIT_USER, password: (await api.proof(repository)).token },
      }),
    },
    people: githubPeople(api, connection, { parts, limits, ways }),
    check: (repository) => checkRepository(api, repository),
    hook: (repository, hook) => setHook(api, repository, hook),
    unhook: (repository, url) => removeHook(api, repository, url),
    close: () => Promise.resolve(),
  };
}
