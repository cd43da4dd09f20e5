import { API } from '@sluice/contracts';
import { applicationName, clusterName, commitSha, digest, environmentName, instant, objectSha, personName, promotionId, repositoryId } from '@sluice/kernel';
import type { Pipeline, Principal, Role, RoleBinding } from '@sluice/pipeline';
import type { Promotion } from '@sluice/promotion';
import { TestAgent } from './test-agent.fixture.js';
import type { TestServer } from './test-server.fixture.js';

const ROLES = ['viewer', 'promoter', 'approver'] as const;
/** Where somebody has the role, seen from the place where everything is tried: cart in prod. */
const PLACES = { here: ['cart', 'prod'], 'everything here': ['*', 'prod'], 'another application': ['checkout', 'prod'], 'another environment': ['cart', 'qa'] } as const;

/** Everybody who tries: a role in a place, and those without any. */
export type Somebody = 'a stranger' | 'nobody' | 'emergency' | 'admin' | `${(typeof ROLES)[number]} of ${keyof typeof PLACES}`;
const BOUND = ROLES.flatMap((role) => (Object.keys(PLACES) as (keyof typeof PLACES)[]).map((place): Somebody => `${role} of ${place}`));
export const EVERYBODY: readonly Somebody[] = ['a stranger', 'nobody', ...BOUND, 'emergency', 'admin'];

const SHOP = repositoryId('shop');
const PROD = environmentName('prod');
const CART = applicationName('cart');
export const COMMIT = commitSha('1'.repeat(40));
export const DIGEST = digest('d'.repeat(64));
export const PROMOTION = promotionId('prod-cart-1');

const nameOf = (who: Somebody): string => who.replaceAll(' ', '-');
const principal = (who: Somebody): Principal => ({ kind: 'person', name: nameOf(who) });
const ENVIRONMENT = { directPush: 'hold', drift: 'report', merge: 'manual', onNewSource: 'update' } as const;

/** Roles by person. Whom approvals and gates name is everybody with a role, so that only the role decides. */
function pipeline(): Pipeline {
  const roles = ROLES.flatMap((role: Role) => Object.entries(PLACES).map(([place, [application, environment]]): RoleBinding => ({ role, who: [principal(`${role} of ${place}` as Somebody)], applications: [application], environments: [environment] })));
  const named = BOUND.filter((who) => !who.startsWith('viewer')).map(principal);
  return {
    name: 'shop',
    environments: [
      { name: environmentName('dev'), branch: 'dev', from: [], ...ENVIRONMENT, gates: [] },
      { name: environmentName('qa'), branch: 'qa', from: [environmentName('dev')], ...ENVIRONMENT, gates: [] },
      {
        name: PROD,
        branch: 'prod',
        from: [environmentName('qa')],
        ...ENVIRONMENT,
        gates: [{ name: 'look', type: 'manual', from: [] }],
        approvals: { required: 5, from: [...named, principal('admin')], excludeAuthors: true, excludeRequester: true },
        emergency: { required: 5, from: [principal('emergency')], also: ['approvals'] },
      },
    ],
    applications: ['cart', 'checkout'].map((name) => ({ name: applicationName(name), paths: [`apps/${name}/**`], uses: [] })),
    environmentOwned: [],
    roles,
  };
}

/** Everybody with a token, and a repository without content: what git would be asked for comes after the rights. */
export async function seedRights(server: TestServer): Promise<ReadonlyMap<Somebody, string>> {
  const tokens = new Map<Somebody, string>();
  for (const who of EVERYBODY.slice(1)) {
    await server.ports.people.save({ name: personName(nameOf(who)), displayName: who, emails: [], groups: [], admin: who === 'admin' });
    tokens.set(who, await freshToken(server, who));
  }
  await server.call('POST', API.createRepository.path, { token: server.adminToken, body: { id: SHOP } });
  await server.ports.repositories.savePipeline({ repository: SHOP, commit: COMMIT, checkedCommit: COMMIT, pipeline: pipeline(), diagnostics: [] });
  await server.ports.promotions.insert(promotion());
  await server.ports.environments.save({ repository: SHOP, environment: PROD, branch: 'prod', head: COMMIT, position: 1, assignedRevision: 0, tampered: {}, held: {}, rules: 'r', unreviewed: [{ commit: COMMIT, author: 'x', subject: 'y', at: instant(1), applications: [CART], changed: 'c' }] });
  await TestAgent.enrol(server, { cluster: 'prod-eu', repository: 'shop', environment: 'prod' });
  await server.ports.clusters.report(clusterName('prod-eu'), { sequence: 1, commit: COMMIT, phase: 'synced', message: '', health: 'Current', resources: [], drift: [], digest: 'x' });
  return tokens;
}

export async function freshToken(server: TestServer, who: Somebody): Promise<string> {
  const issued = await server.call('POST', `/api/v1/people/${nameOf(who)}/tokens`, { token: server.adminToken, body: {} });
  return API.createTokenFor.reply.parse(issued.body).token;
}

/** The promotion as it was: what one caller did does not decide on the next. */
export async function resetPromotion(server: TestServer, state: Promotion['state'], request?: number): Promise<void> {
  const stored = await server.ports.promotions.get(SHOP, PROMOTION);
  if (stored && (stored.state !== state || request !== undefined)) await server.ports.promotions.update({ ...stored, state, ...(request !== undefined && { change: { number: request, url: 'x' } }) });
}

function promotion(): Promotion {
  const now = instant(Date.now());
  const candidate = { kind: 'change', source: COMMIT, origin: COMMIT, digest: DIGEST, head: COMMIT, onto: COMMIT, targetContent: objectSha('0'.repeat(40)), resultContent: objectSha('0'.repeat(40)), inputsKey: 'k', fingerprint: digest('e'.repeat(64)), notes: [], changedPaths: [] } as const;
  const verdicts = ['look', 'approvals'].map((gate) => ({ gate, type: 'manual', outcome: 'wait', message: '', since: now, evidence: {} }) as const);
  return { id: PROMOTION, repository: SHOP, application: CART, from: environmentName('qa'), target: PROD, state: 'open', attempt: 0, candidate, authors: [], verdicts, timeline: [], createdAt: now, updatedAt: now, version: 1 };
}

let given = 0;

/** A delegation between two others. */
export async function giveRight(server: TestServer): Promise<string> {
  const id = `given-${++given}`;
  const now = Date.now();
  await server.ports.rights.give({ id, kind: 'delegation', repository: SHOP, environment: PROD, application: CART, giver: personName('ghost'), person: personName('other-ghost'), reason: 'away', at: instant(now), until: instant(now + 60_000) });
  return id;
}
