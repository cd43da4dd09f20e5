import { applicationName, environmentName, instant, personName, repositoryId } from '@sluice/kernel';
import type { Person, RightsStore, TemporaryRight } from '../ports/index.js';
import { delegatorsIn } from './delegators.js';

const [SHOP, PROD, CART, CHECKOUT] = [repositoryId('shop'), environmentName('prod'), applicationName('cart'), applicationName('checkout')];
const [anna, ben] = [personName('anna'), personName('ben')];
const delegated = (fields: Partial<TemporaryRight> = {}): TemporaryRight => ({ id: 'd', kind: 'delegation', repository: SHOP, giver: anna, person: ben, reason: 'holiday', at: instant(0), until: instant(100), ...fields });
const ANNA: Person = { name: anna, displayName: 'Anna', emails: [], groups: [], admin: false };

async function delegators(right: TemporaryRight, giver: Person | undefined, applications = [CART]): Promise<readonly string[]> {
  const rights: Pick<RightsStore, 'temporary'> = { temporary: async () => [right] };
  const ports = { clock: () => instant(50), rights: rights as RightsStore, people: { get: async (name: string) => (name === anna ? giver : undefined) } as never };
  return ((await delegatorsIn(ports, { environments: [], applications: [], roles: [] } as never, { repository: SHOP, target: PROD, applications })).get(ben) ?? []).map(({ person }) => person);
}

describe('whose right somebody has by delegation', () => {
  it.each<[string, TemporaryRight, Person | undefined, readonly string[]]>([
    ['the giver’s', delegated(), ANNA, ['anna']],
    ['the giver’s, in the place that it is for', delegated({ environment: PROD, application: CART }), ANNA, ['anna']],
    ['nobody’s in another environment', delegated({ environment: environmentName('qa') }), ANNA, []],
    ['nobody’s for another application', delegated({ application: CHECKOUT }), ANNA, []],
    ['nobody’s after its end', delegated({ until: instant(50) }), ANNA, []],
    ['nobody’s when somebody has ended it', delegated({ endedAt: instant(40) }), ANNA, []],
    ['nobody’s who is not here any more', delegated(), undefined, []],
    ['nobody’s who has become a service account', delegated(), { ...ANNA, service: true }, []],
    ['nobody’s who was deactivated', delegated(), { ...ANNA, deactivated: { at: instant(10), by: ben, reason: 'has left' } }, []],
  ])('%s', async (_, right, giver, expected) => {
    expect(await delegators(right, giver)).toEqual(expected);
  });

  it('for one of several applications that go together, it is nobody’s', async () => {
    expect(await delegators(delegated({ application: CART }), ANNA, [CART, CHECKOUT])).toEqual([]);
  });
});
