import { environmentName, instant, personName, repositoryId } from '@sluice/kernel';
import type { Person, TemporaryRight } from '../ports/index.js';
import { brokenGlass, stillNamed } from './broken-glass.js';

const [PROD, QA] = [environmentName('prod'), environmentName('qa')];
const glass = (person: string, fields: Partial<TemporaryRight> = {}): TemporaryRight => ({ id: `${person}`, kind: 'break-glass', repository: repositoryId('shop'), environment: PROD, person: personName(person), reason: 'incident 7', at: instant(0), until: instant(100), ...fields });
const emergency = (required: number) => ({ required, from: [], also: [] });
const look = (required: number | undefined, rights: readonly TemporaryRight[], now = 10) => brokenGlass([{ name: PROD, ...(required !== undefined && { emergency: emergency(required) }) }, { name: QA, emergency: emergency(1) }], rights, instant(now)).map(({ person, until, missing }) => [person, missing ?? `until ${until}`]);

describe('broken glass', () => {
  it.each([
    ['of one is open at once', 1, [glass('eve')], [['eve', 'until 100']]],
    ['of two waits for the second', 2, [glass('eve')], [['eve', 1]]],
    ['of two is not the same person twice', 2, [glass('eve'), glass('eve', { until: instant(200) })], [['eve', 1], ['eve', 1]]],
    ['of two is not that of another environment', 2, [glass('eve'), glass('sam', { environment: QA })], [['eve', 1], ['sam', 'until 100']]],
    ['of two is open as long as both have broken it', 2, [glass('eve'), glass('sam', { until: instant(50) })], [['eve', 'until 50'], ['sam', 'until 50']]],
    ['of two goes on with a third', 2, [glass('eve'), glass('sam', { until: instant(50) }), glass('kim', { until: instant(80) })], [['eve', 'until 80'], ['sam', 'until 50'], ['kim', 'until 80']]],
    ['of two waits again when one has ended theirs', 2, [glass('eve'), glass('sam', { endedAt: instant(5) })], [['eve', 1]]],
    ['is nobody’s without an emergency policy', undefined, [glass('eve')], []],
    ['is no delegation', 1, [glass('eve', { kind: 'delegation' })], []],
  ] as const)('%s', (_, required, rights, expected) => {
    expect(look(required, rights)).toEqual(expected);
  });

  it.each<[string, Partial<Person>, number]>([
    ['is theirs whom the policy names', {}, 1],
    ['is nobody’s who has become a service account', { service: true }, 0],
    ['is nobody’s who was deactivated', { deactivated: { at: instant(5), by: personName('anna'), reason: 'has left' } }, 0],
  ])('%s', async (_, fields, left) => {
    const eve: Person = { name: personName('eve'), displayName: 'Eve', emails: [], groups: [], admin: false, ...fields };
    expect(await stillNamed({ get: async () => eve }, [{ name: PROD, emergency: emergency(1) }], [glass('eve')])).toHaveLength(left);
  });

  it('has ended at its end', () => {
    expect(look(1, [glass('eve')], 100)).toEqual([]);
  });
});
