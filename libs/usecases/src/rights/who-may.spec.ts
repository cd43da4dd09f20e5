import { applicationName, environmentName, personName } from '@sluice/kernel';
import type { Principal, Role } from '@sluice/pipeline';
import type { Person } from '../ports/index.js';
import type { ActionName } from './actions.js';
import { isPermitted, sayWhoMay, type Wanted } from './who-may.js';

const [CART, PROD] = [applicationName('cart'), environmentName('prod')];
const ENVIRONMENT = { name: PROD, branch: 'prod', from: [], directPush: 'hold', drift: 'report', merge: 'manual', onNewSource: 'update', gates: [] } as const;
const role = (name: Role, who: string) => ({ role: name, who: [{ kind: 'person', name: who } as const], applications: ['*'], environments: ['*'] });
const rights = (from: readonly Principal[]) => ({ roles: [role('viewer', 'vic'), role('promoter', 'pat')], environments: [{ ...ENVIRONMENT, approvals: { required: 1, from, excludeAuthors: true, excludeRequester: true } }] });
const person = (name: string, fields: Partial<Person> = {}): Person => ({ name: personName(name), displayName: name, emails: [], groups: [], admin: false, ...fields });
const wanted = (action: ActionName, places: Wanted['places'] = [{ application: CART, environment: PROD }]): Wanted => ({ action, places });

describe('a rejection', () => {
  it.each<[string, readonly Principal[], string, boolean]>([
    ['of a promoter', [], 'pat', true],
    ['of whom approvals name', [{ kind: 'person', name: 'vic' }], 'vic', true],
    ['of a viewer, where anybody’s approvals count', [], 'vic', false],
    ['of a viewer, where the file says so in a word', [{ kind: 'anyone' }], 'vic', false],
    ['of a viewer, where others are named', [{ kind: 'group', name: 'sre' }], 'vic', false],
  ])('%s', (_, from, who, may) => {
    expect(isPermitted(rights(from), person(who), wanted('reject'))).toBe(may);
  });

  it('names nobody who may not', () => {
    expect(sayWhoMay(rights([{ kind: 'anyone' }]), [person('vic'), person('pat')], wanted('reject'))).toBe('only promoters of cart in prod and those whose approvals count in prod may reject: pat, or an admin of the server');
  });
});

it('where there is nothing (any more), only an admin has a say', () => {
  expect([person('pat'), person('root', { admin: true })].map((who) => isPermitted(rights([]), who, wanted('end-right', [])))).toEqual([false, true]);
});
