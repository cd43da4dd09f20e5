import { API, ON_BEHALF_OF, zPerson } from '@sluice/contracts';
import { Forbidden, InvalidInput } from '@sluice/kernel';
import type { LinkSlackAccount } from '@sluice/usecases';
import type { FastifyRequest } from 'fastify';
import type { PersonCaller } from './caller.js';

/** What a bot may do for somebody: look and decide. Never what makes credentials, links or people. */
const FOR_OTHERS = [
  ...[API.me, API.repositories, API.matrix, API.why, API.plan, API.promotions, API.promotion, API.promotionDiff, API.freezes, API.rollout, API.clusters],
  ...[API.promote, API.rollback, API.approve, API.reject, API.freeze, API.liftFreezes],
];
const ALLOWED = new Set(FOR_OTHERS.map(({ method, path }) => `${method} ${path}`));

/** A service account with a token of the scope `slack`: both are made by admins only. */
function isBot({ person, credential }: PersonCaller): boolean {
  return person.service === true && credential.scopes?.includes('slack') === true;
}

/** Who is behind a request: the holder of its credential, or the person for whom a bot calls. The rights are that person's. */
export async function behind(request: FastifyRequest, caller: PersonCaller, accounts: LinkSlackAccount): Promise<PersonCaller> {
  const wanted = request.headers[ON_BEHALF_OF];
  if (wanted === undefined) return caller;
  const name = zPerson.safeParse(wanted);
  if (!name.success) throw new InvalidInput(`${ON_BEHALF_OF}: name one person`);
  if (!isBot(caller)) throw new Forbidden('only a bot may call for somebody else: send your own request without Sluice-On-Behalf-Of');
  if (!ALLOWED.has(`${request.method} ${request.routeOptions.url ?? ''}`)) throw new Forbidden('a bot may not do this for somebody else: do it in the dashboard or by `sluice`');
  return { ...caller, person: await accounts.actsFor(name.data), via: 'slack' };
}
