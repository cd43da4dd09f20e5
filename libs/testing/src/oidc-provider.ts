import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type Provider from 'oidc-provider';
import { freePort } from './free-port.js';

/** Claims of somebody whom the provider knows. */
type Account = Readonly<Record<string, unknown>>;

/** A real provider of OpenID Connect on this machine. Whoever is sent to it is signed in as `visitor`, without being asked. */
export interface LocalProvider {
  readonly issuer: string;
  readonly environment: Readonly<Record<string, string>>;
  readonly accounts: Map<string, Account>;
  visitor: string;
  stop(): Promise<void>;
}

const CLIENT = { client_id: 'sluice', client_secret: 's3cret-of-the-client-for-tests-only' };

/** `host`: another name for this machine makes it another site to a browser. */
export async function startLocalProvider(redirectUri: string, host: '127.0.0.1' | 'localhost' = '127.0.0.1'): Promise<LocalProvider> {
  // of all tests only those that sign in need it
  const { default: Provider } = await import('oidc-provider');
  const port = await freePort();
  const issuer = `http://${host}:${port}`;
  const accounts = new Map<string, Account>();
  const provider = new Provider(issuer, {
    clients: [{ ...CLIENT, redirect_uris: [redirectUri], grant_types: ['authorization_code'], response_types: ['code'] }],
    pkce: { required: () => true },
    claims: { openid: ['sub'], profile: ['preferred_username', 'name'], email: ['email', 'email_verified'], groups: ['groups'] },
    cookies: { keys: ['for-tests-only'] },
    features: { devInteractions: { enabled: false } },
    interactions: { url: (_context, { uid }) => `/interaction/${uid}` },
    findAccount: (_context, id) => ({ accountId: id, claims: () => Promise.resolve({ sub: id, ...accounts.get(id) }) }),
    loadExistingGrant: async (context) => {
      const grant = new context.oidc.provider.Grant({ accountId: context.oidc.session?.accountId ?? '', clientId: context.oidc.client?.clientId ?? '' });
      grant.addOIDCScope('openid profile email groups');
      await grant.save();
      return grant;
    },
  });
  const local = { issuer, accounts, visitor: 'nobody', environment: environmentFor(issuer) };
  const serve = provider.callback();
  const server = createServer((request, response) => {
    const done = request.url?.startsWith('/interaction/') ? interact(provider, local, request, response) : serve(request, response);
    done.catch(() => response.writeHead(500).end());
  });
  await new Promise<void>((resolve) => void server.listen(port, '127.0.0.1', resolve));
  return Object.assign(local, { stop: () => stop(server) });
}

async function interact(provider: Provider, { visitor }: { readonly visitor: string }, request: IncomingMessage, response: ServerResponse): Promise<void> {
  await provider.interactionFinished(request, response, { login: { accountId: visitor } });
}

function environmentFor(issuer: string): Record<string, string> {
  return {
    SLUICE_OIDC_ISSUER: issuer,
    SLUICE_OIDC_CLIENT_ID: CLIENT.client_id,
    SLUICE_OIDC_CLIENT_SECRET: CLIENT.client_secret,
    SLUICE_OIDC_SCOPES: 'openid profile email groups',
    SLUICE_OIDC_GROUPS_CLAIM: 'groups',
    SLUICE_OIDC_ADMIN_GROUP: 'platform-admins',
    SLUICE_OIDC_NAME: 'Work',
  };
}

function stop(server: Server): Promise<void> {
  server.closeAllConnections();
  return new Promise((resolve) => void server.close(() => resolve()));
}
