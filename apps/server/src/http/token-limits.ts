import type { NamedPlace, RouteScope } from '@sluice/contracts';
import { Forbidden, isName, promotionId, repositoryId } from '@sluice/kernel';
import { membersOf } from '@sluice/promotion';
import type { Credential, Promotions } from '@sluice/usecases';
import type { FastifyRequest } from 'fastify';
import type { PersonCaller } from './caller.js';

type Limits = Pick<Credential, 'scopes' | 'repositories' | 'environments' | 'applications'>;
type PlaceLimits = Pick<Credential, 'environments' | 'applications'>;

/** Where a promotion belongs, for requests that name nothing else. */
export type PromotionPlaces = Pick<Promotions, 'get'>;

type Asked = Pick<FastifyRequest, 'params' | 'query' | 'body'>;

/** A credential without limits does what its person may; a limited one only what it was made for. @throws Forbidden */
export function assertInScope({ credential }: Pick<PersonCaller, 'credential'>, { scope, place }: { readonly scope: RouteScope; readonly place: NamedPlace }, asked: Asked): void {
  if (scope === 'any') return;
  assertScope(credential, scope);
  if (credential.repositories) assertRepository(credential, namedIn(asked, 'repository', place.repository)[0]);
}

/** @throws Forbidden when a token was not made for this. */
export function assertScope({ scopes, ...places }: Limits, scope: Exclude<RouteScope, 'any'>): void {
  if (scope === 'all') {
    if (scopes || places.repositories || isPlaced(places)) throw new Forbidden('a token that is limited may not do this: sign in, or use a token without scopes');
  } else if (scopes && !scopes.includes(scope)) {
    throw new Forbidden(`this token has the scopes ${scopes.join(', ')}, and this needs ${scope}: make a token with it by \`sluice token create --scope ${scope}\``);
  }
}

/** @throws Forbidden when a token is for other repositories, or a request names none. */
export function assertRepository({ repositories }: Pick<Credential, 'repositories'>, asked: string | undefined): void {
  if (!repositories || (asked !== undefined && repositories.includes(asked))) return;
  throw new Forbidden(`this token is for ${repositories.join(', ')} only: ${asked === undefined ? 'name one of them in the request' : `it may not touch ${asked}`}`);
}

/**
 * A token for some environments or applications is good where a request names its place as the route says, and all of it is among them. What is about everything, or about a place that only looking
 * it up would tell, is refused. @throws Forbidden
 */
export async function assertInPlaces(limits: PlaceLimits, place: NamedPlace, asked: Asked, promotions: PromotionPlaces): Promise<void> {
  if (!isPlaced(limits)) return;
  const promotion = place.promotion ? await promotionIn(asked, promotions) : undefined;
  const environments = promotion ? [promotion.target] : namedIn(asked, 'environment', place.environment);
  const applications = promotion ? membersOf(promotion) : namedIn(asked, 'application', place.application);
  assertAmong('environment', limits.environments, environments);
  assertAmong('application', limits.applications, applications);
}

/** For what is about a whole repository, such as git. @throws Forbidden */
export function assertUnplaced(limits: PlaceLimits): void {
  assertAmong('environment', limits.environments, []);
  assertAmong('application', limits.applications, []);
}

function isPlaced({ environments, applications }: PlaceLimits): boolean {
  return environments !== undefined || applications !== undefined;
}

function assertAmong(what: string, allowed: readonly string[] | undefined, named: readonly string[]): void {
  if (!allowed || (named.length > 0 && named.every((name) => allowed.includes(name)))) return;
  const beyond = named.filter((name) => !allowed.includes(name));
  throw new Forbidden(`this token is for ${what} ${allowed.join(', ')} only: ${beyond.length === 0 ? `this request names no ${what}` : `it may not touch ${beyond.join(', ')}`}`);
}

/** Only where the route looks: what it does not read may say anything. */
function namedIn(asked: Asked, key: string, part: NamedPlace['environment']): readonly string[] {
  const values: unknown = part && asked[part];
  const value = isRecord(values) ? values[key] : undefined;
  return typeof value === 'string' ? [value] : [];
}

/** Of one that is not there nothing is known: it is in no place. */
async function promotionIn({ params }: Asked, promotions: PromotionPlaces) {
  if (!isRecord(params)) return undefined;
  const { repository, promotion } = params;
  if (typeof repository !== 'string' || typeof promotion !== 'string' || !isName(repository)) return undefined;
  return promotions.get(repositoryId(repository), promotionId(promotion));
}

/** Only a service account with a token that names the scope: what it says is believed about others. @throws Forbidden */
export function assertService(caller: PersonCaller, scope: RouteScope): PersonCaller {
  const named = caller.credential.scopes?.some((one) => one === scope) === true;
  assertUnplaced(caller.credential);
  if (!caller.person.service || !named) throw new Forbidden(`only a service account with a token of the scope ${scope} may do this: an admin makes one by \`sluice people add <name> --service\` and \`sluice token create --person <name> --scope ${scope}\``);
  return caller;
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
