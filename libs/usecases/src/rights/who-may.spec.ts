import { applicationName, environmentName, instant, personName } from '@sluice/kernel';
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

describe('somebody who was deactivated', () => {
  const gone = { deactivated: { at: instant(0), by: personName('anna'), reason: 'has left' } };
  const managers = { kind: 'group', name: 'managers' } as const;
  const open = { ...rights([]), roles: [] };

  it.each<[string, Parameters<typeof isPermitted>[0], Person, Wanted]>([
    ['by their role', rights([]), person('pat', gone), wanted('promote')],
    ['as an admin', rights([]), person('root', { admin: true, ...gone }), wanted('administrate')],
    ['by a group that a policy names', rights([managers]), person('ben', { groups: ['managers'], ...gone }), wanted('reject')],
    ['where everybody may who is signed in', open, person('ben', gone), wanted('promote')],
    ['in their own account', open, person('ben', gone), wanted('own-account')],
  ])('may nothing %s', (_, where, who, what) => {
    const { deactivated: _deactivated, ...before } = who;
    expect([isPermitted(where, before, what), isPermitted(where, who, what)]).toEqual([true, false]);
  });

  it('is not named among those who may', () => {
    const people = [person('anna', { groups: ['managers'] }), person('ben', { groups: ['managers'], ...gone }), person('vic', gone), person('root', { admin: true }), person('boss', { admin: true, ...gone })];
    const where = { ...rights([]), roles: [{ ...role('approver', 'vic'), who: [managers, { kind: 'person', name: 'vic' } as const] }] };
    expect(sayWhoMay(where, people, wanted('approve'))).toBe('only approvers of cart in prod may approve: group managers (anna), or an admin of the server');
    expect(sayWhoMay(where, people, wanted('administrate'))).toBe('only an admin of the server may do this (root)');
  });
});
