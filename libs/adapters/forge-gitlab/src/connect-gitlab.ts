import { createForgeFetch, PersonalWays } from '@sluice/forge-http';
import type { ForgeConnection, ForgeParts, RemoteForge, RepositoryAccess } from '@sluice/usecases';
import { checkProject } from './check-project.js';
import { GitlabStatuses } from './commit-statuses.js';
import { GitlabApi } from './gitlab-api.js';
import { removeHook, setHook } from './hooks.js';
import { GitlabMergeRequests } from './merge-requests.js';
import { gitlabPeople } from './people.js';
import { GitlabPushLog } from './push-log.js';
import { GitlabReviews } from './reviews.js';

/** What git names itself by beside a token, of whatever kind: docs.gitlab.com/topics/git/clone/#clone-using-a-token */
const GIT_USER = 'oauth2';

/** GitLab.com or an instance of one's own, with a personal, project or group access token. */
export function connectGitlab(connection: ForgeConnection, parts: ForgeParts): RemoteForge {
  const { memory, clock } = parts;
  const api = new GitlabApi(connection, parts, createForgeFetch({ fetch: parts.fetch, memory, clock, ...(parts.onCall && { onCall: parts.onCall }) }));
  const ways = new PersonalWays(parts);
  return {
    changes: new GitlabMergeRequests(api),
    reviews: new GitlabReviews(api, ways),
    statuses: new GitlabStatuses(api),
    access: accessOf(api),
    pushes: new GitlabPushLog(api),
    people: gitlabPeople(api, parts, ways),
    check: (repository) => checkProject(api, repository),
    hook: (repository, hook) => setHook(api, repository, hook),
    unhook: (repository, url) => removeHook(api, repository, url),
    close: () => Promise.resolve(),
  };
}

function accessOf(api: GitlabApi): RepositoryAccess {
  return {
    async locate(repository) {
      return { url: `${api.url}/${await api.path(repository)}.git`, credential: { username: GIT_USER, password: await api.token() } };
    },
  };
}
