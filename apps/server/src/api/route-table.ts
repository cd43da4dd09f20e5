import type { Access, Route, RouteName } from '@sluice/contracts';
import { ROUTE_ACTIONS, sayRight, type WritingRoute } from './route-actions.js';

const CREDENTIAL: Readonly<Record<Access, string>> = {
  public: 'none',
  login: 'secret of a login link, in the body',
  join: 'join token, in the body',
  person: 'API token or session cookie',
  admin: 'API token or session cookie of an admin',
  agent: 'token signed by the agent',
};

/** Routes that are not of the contract: what they answer is git's or a browser's business. */
export const OTHER_ROUTES: readonly (Pick<Route, 'method' | 'path' | 'summary'> & { readonly credential: string })[] = [
  { method: 'POST', path: '/webhooks/:repository', credential: 'signature or token of the forge, with the secret of the webhook', summary: 'A forge over the network tells what has happened' },
  { method: 'GET', path: '/git/*', credential: 'API token as the password, or `agent` and a token signed by the agent', summary: 'git fetches: `/git/<repository>.git`' },
  { method: 'POST', path: '/git/*', credential: 'API token as the password, or (to fetch) `agent` and a token signed by the agent', summary: 'git fetches and pushes' },
  { method: 'GET', path: '/*', credential: 'none', summary: 'the dashboard’s pages and files' },
];

/** The table of docs/api.md: every route, the credential that it takes, and the right that whoever writes by it needs. */
export function routeTable(routes: Readonly<Record<RouteName, Route>>): string {
  const named = Object.entries(routes).map(([name, route]) => ({ ...route, credential: CREDENTIAL[route.access], right: rightOf(name) }));
  const rows = [...named, ...OTHER_ROUTES.map((route) => ({ ...route, right: '' }))];
  return ['| route | credential | right | what it does |', '| --- | --- | --- | --- |', ...rows.map(({ method, path, credential, right, summary }) => `| \`${method} ${path}\` | ${credential} | ${right} | ${summary} |`)].join('\n');
}

function rightOf(name: string): string {
  return name in ROUTE_ACTIONS ? sayRight(ROUTE_ACTIONS[name as WritingRoute]) : '';
}
