import { z } from 'zod';
import type { DoubleRepository } from '../base/double-repository.js';
import type { Hook } from '../base/records.js';
import { route, type Route } from '../base/route.js';
import { type GitlabContext, MAINTAINER, notFound, timeOf } from './gitlab-context.js';
import { listed, PAGING } from './listed.js';

const PATH = '/api/v4/projects/{id}/hooks';
const EVENTS = ['push_events', 'tag_push_events', 'merge_requests_events', 'note_events', 'pipeline_events', 'job_events', 'issues_events'] as const;
const zBody = z.strictObject({
  url: z.url(),
  token: z.string().optional(),
  enable_ssl_verification: z.boolean().optional(),
  push_events: z.boolean().default(true),
  ...Object.fromEntries(EVENTS.slice(1).map((name) => [name, z.boolean().default(false)])),
});

/** docs.gitlab.com/api/project_webhooks */
export function hookRoutes(context: GitlabContext): readonly Route[] {
  return [
    route({
      method: 'GET',
      path: PATH,
      docs: 'docs.gitlab.com/api/project_webhooks/#list-webhooks-for-a-project',
      query: z.strictObject(PAGING),
      handle: (call) => {
        const repository = context.project(call, MAINTAINER);
        return listed([...repository.hooks.values()].map((hook) => hookOf(repository, hook)), call.url, call.query);
      },
    }),
    route({
      method: 'POST',
      path: PATH,
      docs: 'docs.gitlab.com/api/project_webhooks/#add-a-webhook-to-a-project',
      body: zBody,
      handle: (call) => {
        const repository = context.project(call, MAINTAINER);
        const { url, token: secret = '' } = call.body;
        return { status: 201, body: hookOf(repository, repository.addHook({ url, secret, events: eventsIn(call.body), active: true, settings: {} }, context.account(call))) };
      },
    }),
    route({
      method: 'PUT',
      path: `${PATH}/{hook}`,
      docs: 'docs.gitlab.com/api/project_webhooks/#edit-a-project-webhook',
      body: zBody,
      handle: (call) => {
        const repository = context.project(call, MAINTAINER);
        const hook = hookNamed(repository, call.params['hook']);
        Object.assign(hook, { url: call.body.url, events: eventsIn(call.body), ...(call.body.token !== undefined && { secret: call.body.token }) });
        return { status: 200, body: hookOf(repository, hook) };
      },
    }),
    route({
      method: 'DELETE',
      path: `${PATH}/{hook}`,
      docs: 'docs.gitlab.com/api/project_webhooks/#delete-a-project-webhook',
      handle: (call) => {
        const repository = context.project(call, MAINTAINER);
        repository.hooks.delete(hookNamed(repository, call.params['hook']).id);
        return { status: 204 };
      },
    }),
  ];
}

function eventsIn(body: Readonly<Record<string, unknown>>): readonly string[] {
  return EVENTS.filter((name) => body[name] === true);
}

function hookNamed(repository: DoubleRepository, id: string | undefined): Hook {
  const hook = repository.hooks.get(Number(id));
  if (!hook) throw notFound();
  return hook;
}

/** Never with its token. */
function hookOf({ parts }: DoubleRepository, { id, url, events, createdAt }: Hook): object {
  return { id, url, project_id: parts.id, created_at: timeOf(createdAt), enable_ssl_verification: true, alert_status: 'executable', disabled_until: null, ...Object.fromEntries(EVENTS.map((name) => [name, events.includes(name)])) };
}
