import type { RouteScope } from '@sluice/contracts';
import { Forbidden } from '@sluice/kernel';
import type { Credential } from '@sluice/usecases';
import type { FastifyRequest } from 'fastify';
import type { PersonCaller } from './caller.js';

type Asked = Pick<FastifyRequest, 'params' | 'query' | 'body'>;

/** A credential without limits does what its person may; a limited one only what it was made for. @throws Forbidden */
export function assertInScope({ credential }: Pick<PersonCaller, 'credential'>, scope: RouteScope, asked: Asked): void {
  if (scope === 'any') return;
  assertScope(credential, scope);
  if (credential.repositories) assertRepository(credential, repositoryOf(asked));
}

/** @throws Forbidden when a token was not made for this. */
export function assertScope({ scopes, repositories }: Pick<Credential, 'scopes' | 'repositories'>, scope: Exclude<RouteScope, 'any'>): void {
  if (scope === 'all') {
    if (scopes || repositories) throw new Forbidden('a token that is limited may not do this: sign in, or use a token without scopes');
  } else if (scopes && !scopes.includes(scope)) {
    throw new Forbidden(`this token has the scopes ${scopes.join(', ')}, and this needs ${scope}: make a token with it by \`sluice token create --scope ${scope}\``);
  }
}

/** @throws Forbidden when a token is for other repositories, or a request names none. */
export function assertRepository({ repositories }: Pick<Credential, 'repositories'>, asked: string | undefined): void {
  if (!repositories || (asked !== undefined && repositories.includes(asked))) return;
  throw new Forbidden(`this token is for ${repositories.join(', ')} only: ${asked === undefined ? 'name one of them in the request' : `it may not touch ${asked}`}`);
}

/** Only a service account with a token that names the scope: what it says is believed about others. @throws Forbidden */
export function assertService(caller: PersonCaller, scope: RouteScope): PersonCaller {
  const named = caller.credential.scopes?.some((one) => one === scope) === true;
  if (!caller.person.service || !named) throw new Forbidden(`only a service account with a token of the scope ${scope} may do this: an admin makes one by \`sluice people add <name> --service\` and \`sluice token create --person <name> --scope ${scope}\``);
  return caller;
}

/** The repository that a request is about. Where several places name one, all have to be the same. */
function repositoryOf({ params, query, body }: Asked): string | undefined {
  const named = [params, query, body].flatMap((part) => (isRecord(part) && 'repository' in part ? [part['repository']] : []));
  const [first] = named;
  return typeof first === 'string' && named.every((one) => one === first) ? first : undefined;
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
