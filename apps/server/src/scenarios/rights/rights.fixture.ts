import { applicationName, environmentName, personName } from '@sluice/kernel';
import { GiveRights, ManageRoles, ReadApprovals, type ListedApproval } from '@sluice/usecases';
import { CHECKOUT, branches, deployment } from '../shop.fixture.js';
import type { Shop, World } from '../world.fixture.js';

const PROD = environmentName('prod');
const HOUR = 3_600_000;

/** Prod with the given lines, and a release by bob that waits in front of it. `roles`: lines of the pipeline file. */
export function rightsSteps(world: () => World) {
  const release = async (prod: string, roles = ''): Promise<Shop> => {
    const files = branches({ prod });
    const main = { 'sluice.yaml': `${String(files['main']?.['sluice.yaml'])}${roles === '' ? '' : `  roles:\n${roles}\n`}` };
    const shop = await world().repository({ ...files, main });
    await shop.commit('dev', { [CHECKOUT]: deployment('checkout', { tag: '2.0' }) }, { as: 'bob' });
    await shop.settle();
    return shop;
  };

  const isLive = async (shop: Shop): Promise<boolean> => (await shop.file('prod', CHECKOUT))?.includes(':2.0') ?? false;

  const listed = async (shop: Shop): Promise<readonly ListedApproval[]> => (await new ReadApprovals(world().ports).run({ repository: shop.id, application: applicationName('checkout'), environment: PROD })).items;

  const delegate = (shop: Shop, by: string, to: string) => new GiveRights(world().ports).delegate({ repository: shop.id, environment: PROD, by: personName(by), to: personName(to), reason: 'away', lasting: HOUR });

  const breakGlass = (shop: Shop, by: string) => new GiveRights(world().ports).breakGlass({ repository: shop.id, environment: PROD, by: personName(by), reason: 'incident 7', lasting: HOUR });

  const end = (shop: Shop, id: string, by: string) => new GiveRights(world().ports).end({ repository: shop.id, id, by: personName(by), reason: 'back' });

  const grant = (who: string) => new ManageRoles(world().ports).grant({ role: 'approver', who: { kind: 'group', name: who }, repositories: '*', application: '*', environment: 'prod', reason: 'on call', by: personName('root') });

  const revoke = (id: string) => new ManageRoles(world().ports).revoke(id, { by: personName('root') });

  const events = async (shop: Shop): Promise<readonly { readonly type: string; readonly message: string }[]> => (await world().ports.events.after(undefined, 1_000)).events.filter(({ repository }) => repository === undefined || repository === shop.id);

  return { release, isLive, listed, delegate, breakGlass, end, grant, revoke, events };
}
