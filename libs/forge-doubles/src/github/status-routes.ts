import type { Route } from '../base/route.js';
import { type GithubContext, repositoryOf } from './context.js';
import { githubPage, githubRoute } from './github-route.js';
import { accountOf, bodyOf } from './pull-routes.js';
import { commitIn } from './repository-routes.js';
import { Shapes } from './shapes.js';

const REPO = '/repos/{owner}/{repo}';

/** Commit statuses and check runs. */
export function statusRoutes(context: GithubContext): readonly Route[] {
  const shapes = new Shapes(context.world);
  return [
    githubRoute({
      method: 'GET',
      path: `${REPO}/commits/{ref}/statuses`,
      handle: async (call) => {
        const repository = repositoryOf(context, call, { statuses: 'read' });
        const commit = await commitIn(repository, call.params['ref'] ?? '');
        const all = repository.statusesOf(commit).filter(({ extra }) => extra['app'] === undefined);
        return { status: 200, ...bodyOf(githubPage(call, all.map((one) => shapes.status(one)))) };
      },
    }),
    githubRoute({
      method: 'POST',
      path: `${REPO}/statuses/{sha}`,
      handle: async (call) => {
        const repository = repositoryOf(context, call, { statuses: 'write' });
        const commit = await commitIn(repository, call.params['sha'] ?? '');
        const { state = '', context: name = 'default', description = '', target_url: url } = call.body as { state?: string; context?: string; description?: string; target_url?: string };
        const status = repository.setStatus({ commit, context: name, state, description, extra: {}, ...(url && { url }) }, accountOf(call));
        return { status: 201, body: shapes.status(status) };
      },
    }),
    githubRoute({
      method: 'GET',
      path: `${REPO}/commits/{ref}/check-runs`,
      handle: async (call) => {
        const repository = repositoryOf(context, call, { checks: 'read' });
        const commit = await commitIn(repository, call.params['ref'] ?? '');
        const runs = repository.statusesOf(commit).filter(({ extra }) => extra['app'] !== undefined);
        const newest = runs.filter((run, index) => runs.findIndex((one) => one.context === run.context && one.extra['app'] === run.extra['app']) === index);
        const { items, headers } = githubPage(call, newest.map((run) => shapes.checkRun(run)));
        return { status: 200, headers, body: { total_count: newest.length, check_runs: items } };
      },
    }),
  ];
}
