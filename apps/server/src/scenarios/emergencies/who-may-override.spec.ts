import { Forbidden, NotFound, personName } from '@sluice/kernel';
import { permittedActions } from '@sluice/usecases';
import { describeWorlds } from '../describe-worlds.fixture.js';
import { EMERGENCY, GATES, emergencySteps, outcomes } from './released.fixture.js';

interface Refused {
  readonly gate: string;
  readonly person?: string;
  readonly kind?: typeof Forbidden | typeof NotFound;
}

describeWorlds('an emergency', (world) => {
  const { released, override } = emergencySteps(world);

  beforeEach(() => world().setClock('2026-01-07T12:00:00Z'));

  it.each([
    ['somebody else, even an admin', EMERGENCY, { gate: 'unit', person: 'root' }, 'only group sre may override it, in an emergency'],
    ['anybody where there is no policy', '', { gate: 'unit' }, 'prod has no emergency policy'],
    ['anybody for approvals that the policy does not name', EMERGENCY, { gate: 'approvals' }, 'the emergency policy of prod does not name approvals'],
    ['anybody for a gate that is not there', EMERGENCY, { gate: 'unti', kind: NotFound }, 'it has no gate unti; its gates are unit, board, approvals'],
  ])('is not for %s', async (_who, emergency, { gate, person = 'eve', kind = Forbidden }: Refused, message) => {
    const shop = await released(`${GATES}\n      approvals: { required: 1, from: [group:release-managers] }\n${emergency}`);
    const refused = override(shop, gate, person);
    await expect(refused).rejects.toThrow(kind);
    await expect(refused).rejects.toThrow(message);
    expect((await outcomes(shop))?.[0]).toBe('unit: wait');
  });

  it('offers the override to its people only, and only for what does not pass', async () => {
    const shop = await released(`      gates: [{ name: board, type: manual }]\n      windows: [{ deny: "Sat,Sun" }]\n${EMERGENCY}`);
    const promotion = (await shop.current('checkout', 'prod'))!;
    const pipeline = (await world().ports.repositories.pipeline(shop.id))!.pipeline!;
    const offered = async (name: string) => permittedActions({ pipeline, promotion, approvals: [], person: (await world().ports.people.get(personName(name)))! }).filter((action) => action.name === 'override');
    expect(await offered('eve')).toEqual([{ name: 'override', allowed: true, gate: 'board' }]);
    expect(await offered('grace')).toEqual([{ name: 'override', allowed: false, reason: 'only group sre may override it, in an emergency', gate: 'board' }]);
  });
});
