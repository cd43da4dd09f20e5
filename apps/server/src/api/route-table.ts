import type { Access, Route } from '@sluice/contracts';

const CREDENTIAL: Readonly<Record<Access, string>> = {
  public: 'none',
  login: 'secret of a login link, in the body',
  join: 'join token, in the body',
  person: 'API token or session cookie',
  admin: 'API token or session cookie of an admin',
  bot: 'API token of a bot',
  agent: 'token signed by the agent',
};

/** Routes that are not of the contract: what they answer is git's or a browser's business. */
export const OTHER_ROUTES: readonly (Pick<Route, 'method' | 'path' | 'summary'> & { readonly credential: string })[] = [
  { method: 'POST', path: '/webhooks/:repository', credential: 'signature or token of the forge, with the secret of the webhook', summary: 'A forge over the network tells what has happened' },
  { method: 'GET', path: '/git/*', credential: 'API token as the password, or `agent` and a token signed by the agent', summary: 'git fetches: `/git/<repository>.git`' },
  { method: 'POST', path: '/git/*', credential: 'API token as the password, or (to fetch) `agent` and a token signed by the agent', summary: 'git fetches and pushes' },
  { method: 'GET', path: '/*', credential: 'none', summary: 'the dashboard’s pages and files' },
];

/** The table of docs/api.md: every route and the credential that it takes. */
export function routeTable(routes: readonly Route[]): string {
  const rows = [...routes.map((route) => ({ ...route, credential: CREDENTIAL[route.access] })), ...OTHER_ROUTES];
  return ['| route | credential | what it does |', '| --- | --- | --- |', ...rows.map(({ method, path, credential, summary }) => `| \`${method} ${path}\` | ${credential} | ${summary} |`)].join('\n');
}
