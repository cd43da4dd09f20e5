import { scopeOf, type Access, type Route, type RouteName } from '@sluice/contracts';
import { ROUTE_ACTIONS, sayRight, type WritingRoute } from './route-actions.js';

const CREDENTIAL: Readonly<Record<Access, string>> = {
  public: 'none',
  login: 'secret of a login link, in the body',
  join: 'join token, in the body',
  person: 'API token or session cookie',
  admin: 'API token or session cookie of an admin',
  service: 'API token of a service account',
  agent: 'token signed by the agent',
};

/** Routes that are not of the contract: what they answer is git's or a browser's business. */
export const OTHER_ROUTES: readonly (Pick<Route, 'method' | 'path' | 'summary'> & { readonly credential: string })[] = [
  { method: 'POST', path: '/webhooks/:repository', credential: 'signature or token of the forge, with the secret of the webhook', summary: 'A forge over the network tells what has happened' },
  { method: 'GET', path: '/git/*', credential: 'API token as the password, or `agent` and a token signed by the agent', summary: 'git fetches: `/git/<repository>.git`' },
  { method: 'POST', path: '/git/*', credential: 'API token as the password, or (to fetch) `agent` and a token signed by the agent', summary: 'git fetches and pushes' },
  { method: 'GET', path: '/oidc/start', credential: 'none', summary: 'To the provider of identities; `next` is the path to come back to' },
  { method: 'GET', path: '/oidc/callback', credential: 'the cookie of whoever began, and the provider’s code', summary: 'Back from the provider of identities, with a session' },
  { method: 'GET', path: '/forge-accounts/start', credential: 'session cookie', summary: 'Asks whether to link one’s own account on a forge; `credential` names the forge' },
  { method: 'POST', path: '/forge-accounts/start', credential: 'session cookie', summary: 'To the forge, which asks as well' },
  { method: 'GET', path: '/forge-accounts/callback', credential: 'the cookie of whoever began, and the forge’s code', summary: 'Back from the forge, with the account linked' },
  { method: 'GET', path: '/*', credential: 'none', summary: 'the dashboard’s pages and files' },
];

/** The table of docs/api.md: every route, the credential and the scope of a token that it takes, and the right that whoever writes by it needs. */
export function routeTable(routes: Readonly<Record<RouteName, Route>>): string {
  const named = Object.entries(routes).map(([name, route]) => ({ ...route, credential: CREDENTIAL[route.access], scope: SCOPED.includes(route.access) ? `\`${scopeOf(route)}\`` : '', right: rightOf(name) }));
  const rows = [...named, ...OTHER_ROUTES.map((route) => ({ ...route, scope: '', right: '' }))];
  return ['| route | credential | scope | right | what it does |', '| --- | --- | --- | --- | --- |', ...rows.map(({ method, path, credential, scope, right, summary }) => `| \`${method} ${path}\` | ${credential} | ${scope} | ${right} | ${summary} |`)].join('\n');
}

const SCOPED: readonly Access[] = ['person', 'admin', 'service'];

function rightOf(name: string): string {
  return name in ROUTE_ACTIONS ? sayRight(ROUTE_ACTIONS[name as WritingRoute]) : '';
}
