import { readFile } from 'node:fs/promises';

type Variables = Readonly<Record<string, string | undefined>>;

// The variables are those of the documentation: docs.github.com "Variables reference", docs.gitlab.com "Predefined CI/CD variables reference", and the like of
// Jenkins, CircleCI and Buildkite.
const COMMITS = ['CI_COMMIT_SHA', 'GITHUB_SHA', 'CIRCLE_SHA1', 'BUILDKITE_COMMIT', 'GIT_COMMIT'];
const JOBS = ['CI_JOB_URL', 'CIRCLE_BUILD_URL', 'BUILDKITE_BUILD_URL', 'BUILD_URL'];

/** The commit that a CI system says it builds. */
export function commitOf(environment: Variables): string | undefined {
  return COMMITS.map((name) => environment[name]).find((commit) => commit !== undefined && commit !== '');
}

/** The page of the job that runs. */
export function jobUrlOf(environment: Variables): string | undefined {
  const { GITHUB_SERVER_URL: server, GITHUB_REPOSITORY: repository, GITHUB_RUN_ID: run } = environment;
  if (server && repository && run) return `${server}/${repository}/actions/runs/${run}`;
  return JOBS.map((name) => environment[name]).find((url) => url !== undefined && url !== '');
}

/** Forges whose requests can be commented on. */
export const COMMENT_FORGES = ['github', 'gitlab', 'gitea', 'forgejo'] as const;
export type CommentForge = (typeof COMMENT_FORGES)[number];

/** A pull or merge request whose job this is. */
export interface RequestPlace {
  readonly forge: CommentForge;
  readonly api: string;
  /** `owner/name`, or the number of a project. */
  readonly project: string;
  readonly number: number;
}

/** What the variables say of it; parts that they do not say are absent. */
export async function requestOf(environment: Variables): Promise<Partial<RequestPlace>> {
  if (environment['GITLAB_CI']) {
    const { CI_API_V4_URL: api, CI_MERGE_REQUEST_PROJECT_ID: project, CI_MERGE_REQUEST_IID: number } = environment;
    return { forge: 'gitlab', ...(api && { api }), ...(project && { project }), ...numbered(number) };
  }
  if (!environment['GITHUB_ACTIONS']) return {};
  const { GITHUB_API_URL: api, GITHUB_REPOSITORY: project, GITHUB_REF: ref, GITHUB_EVENT_PATH: event } = environment;
  return { forge: actionsOf(environment), ...(api && { api }), ...(project && { project }), ...numbered(/^refs\/pull\/(\d+)\//.exec(ref ?? '')?.[1] ?? (await numberIn(event))) };
}

/** Gitea and Forgejo set GitHub's variables too, with their own values. Older runners of Forgejo say that they are Gitea's. */
function actionsOf({ FORGEJO_ACTIONS: forgejo, GITEA_ACTIONS: gitea }: Variables): CommentForge {
  if (forgejo) return 'forgejo';
  return gitea ? 'gitea' : 'github';
}

function numbered(text: string | undefined): { readonly number?: number } {
  return text !== undefined && /^[1-9]\d{0,14}$/.test(text) ? { number: Number(text) } : {};
}

/** Events on a pull request whose reference is another carry its number. */
async function numberIn(event: string | undefined): Promise<string | undefined> {
  if (!event) return undefined;
  try {
    const read = JSON.parse(await readFile(event, 'utf8')) as { pull_request?: { number?: unknown } };
    return String(read.pull_request?.number);
  } catch {
    return undefined;
  }
}
