import { Forbidden, Unauthenticated } from '@sluice/kernel';
import type { Access, NamedPlace, RouteScope } from '@sluice/contracts';
import type { Authenticate, LinkSlackAccount } from '@sluice/usecases';
import type { FastifyRequest } from 'fastify';
import type { AgentTokens } from '../agent/agent-tokens.js';
import type { Caller, PersonCaller } from './caller.js';
import { behind } from './on-behalf.js';
import { assertInPlaces, assertInScope, assertService, type PromotionPlaces } from './token-limits.js';
import { sessionSecret } from './session-cookie.js';

const SIGN_IN = 'send an API token as `Authorization: Bearer …`, or sign in with a login link';

/** What a route asks of whoever calls it. */
export interface RouteNeeds {
  readonly access: Access;
  readonly scope: RouteScope;
  readonly place: NamedPlace;
}

/** What else reading credentials takes. */
export class CredentialSettings {
  constructor(
    readonly secureCookies: boolean,
    readonly promotions: PromotionPlaces,
  ) {}
}

/** Reads who calls from what the request shows. */
export class Credentials {
  constructor(
    private readonly authenticate: Authenticate,
    private readonly agentTokens: AgentTokens,
    private readonly accounts: LinkSlackAccount,
    private readonly settings: CredentialSettings,
  ) {}

  /** @returns undefined where no credential is wanted. @throws Unauthenticated, Forbidden */
  async caller(request: FastifyRequest, needs: RouteNeeds): Promise<Caller | undefined> {
    const { access, scope } = needs;
    switch (access) {
      case 'public':
      case 'login':
      case 'join':
        return undefined;
      case 'agent':
        return { kind: 'agent', cluster: await this.agentTokens.verify(bearer(request) ?? missing('agents send a token that they signed')) };
      case 'person':
        return this.limited(request, needs);
      case 'admin':
        return admin(await this.limited(request, needs));
      case 'service':
        return assertService(await this.person(request), scope);
    }
  }

  private async limited(request: FastifyRequest, needs: RouteNeeds): Promise<PersonCaller> {
    const caller = await this.person(request);
    assertInScope(caller, needs, request);
    if (needs.scope !== 'any') await assertInPlaces(caller.credential, needs.place, request, this.settings.promotions);
    return caller;
  }

  /** By API token or, without one, by session cookie. */
  private async person(request: FastifyRequest): Promise<PersonCaller> {
    const token = bearer(request);
    if (token !== undefined) return behind(request, { kind: 'person', ...(await this.authenticate.run(token, 'token')) }, this.accounts);
    const session = sessionSecret(request, this.settings.secureCookies);
    if (session === undefined) return missing(SIGN_IN);
    assertOwnPage(request);
    return { kind: 'person', ...(await this.authenticate.run(session, 'session')) };
  }
}

/** Whoever holds this was allowed past every gate; an unsafe request by cookie has to come from a page of ours. The Origin itself was checked already. */
function assertOwnPage(request: FastifyRequest): void {
  const safe = request.method === 'GET' || request.method === 'HEAD';
  if (!safe && request.headers.origin === undefined) throw new Forbidden('a request with a session cookie needs an Origin header: use an API token outside of a browser');
}

function admin(caller: PersonCaller): PersonCaller {
  if (!caller.person.admin) throw new Forbidden('only an admin may do this');
  return caller;
}

/** The secret of an `Authorization: Bearer` header. */
function bearer(request: FastifyRequest): string | undefined {
  const [, secret] = /^bearer +([^\s,]{1,8192})$/i.exec(request.headers.authorization ?? '') ?? [];
  return secret;
}

function missing(how: string): never {
  throw new Unauthenticated(how);
}
