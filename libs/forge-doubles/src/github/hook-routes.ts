import type { DoubleRepository } from '../base/double-repository.js';
import type { Hook } from '../base/records.js';
import type { Route } from '../base/route.js';
import { githubError, type GithubContext, repositoryOf } from './context.js';
import { type GithubCall, githubPage, githubRoute } from './github-route.js';
import { accountOf, bodyOf } from './pull-routes.js';
import { Shapes } from './shapes.js';

const HOOKS = '/repos/{owner}/{repo}/hooks';

interface HookBody {
  readonly active?: boolean;
  readonly events?: readonly string[];
  readonly config?: { readonly url?: string; readonly secret?: string; readonly content_type?: string; readonly insecure_ssl?: string };
}

/** Webhooks of a repository. */
export function hookRoutes(context: GithubContext): readonly Route[] {
  const shapes = new Shapes(context.world);
  const found = (call: GithubCall): { readonly repository: DoubleRepository; readonly hook: Hook } => {
    const repository = repositoryOf(context, call, { repository_hooks: 'write' });
    const hook = repository.hooks.get(Number(call.params['hook_id']));
    if (!hook) throw githubError(404, 'Not Found');
    return { repository, hook };
  };
  return [
    githubRoute({
      method: 'GET',
      path: HOOKS,
      handle: (call) => {
        const repository = repositoryOf(context, call, { repository_hooks: 'read' });
        return { status: 200, ...bodyOf(githubPage(call, [...repository.hooks.values()].map((hook) => shapes.hook(repository, hook)))) };
      },
    }),
    githubRoute({
      method: 'POST',
      path: HOOKS,
      handle: (call) => {
        const repository = repositoryOf(context, call, { repository_hooks: 'write' });
        const { active = true, events = ['push'], config: { url = '', secret = '', ...settings } = {} } = call.body as HookBody;
        if (url === '') throw githubError(422, 'Validation Failed', { errors: [{ resource: 'Hook', code: 'custom', message: 'Config must contain URL for webhooks' }] });
        if ([...repository.hooks.values()].some((one) => one.url === url)) throw githubError(422, 'Validation Failed', { errors: [{ resource: 'Hook', code: 'custom', message: 'Hook already exists on this repository' }] });
        return { status: 201, body: shapes.hook(repository, repository.addHook({ url, secret, events, active, settings }, accountOf(call))) };
      },
    }),
    githubRoute({
      method: 'PATCH',
      path: `${HOOKS}/{hook_id}`,
      handle: (call) => {
        const { repository, hook } = found(call);
        const { active, events, config } = call.body as HookBody;
        const { url, secret = '', ...settings } = config ?? {};
        // a configuration replaces the whole of the one before
        Object.assign(hook, { ...(active !== undefined && { active }), ...(events && { events }), ...(config && { url: url ?? hook.url, secret, settings }) });
        return { status: 200, body: shapes.hook(repository, hook) };
      },
    }),
    githubRoute({
      method: 'DELETE',
      path: `${HOOKS}/{hook_id}`,
      handle: (call) => {
        const { repository, hook } = found(call);
        repository.hooks.delete(hook.id);
        return { status: 204 };
      },
    }),
  ];
}
