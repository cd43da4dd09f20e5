import { environmentName, instant, personName } from '@sluice/kernel';
import type { Environment, Pipeline, RoleBinding } from '@sluice/pipeline';
import type { Person } from '../ports/index.js';
import { mayWrite, pushObstacle, type BranchRights } from './may-write.js';

const grace: Person = { name: personName('grace'), displayName: 'Grace', emails: [], groups: ['sre'], admin: false };
const binding = (role: RoleBinding['role'], group: string): RoleBinding => ({ role, who: [{ kind: 'group', name: group }], applications: ['*'], environments: ['*'] });
const environment = (name: string, directPush: Environment['directPush'], from: Environment['from'] = []): Environment => ({ name: environmentName(name), branch: `env/${name}`, from, directPush, drift: 'report', merge: 'auto', onNewSource: 'update', gates: [] });
const pipeline = (roles: readonly RoleBinding[] = []): Pipeline & BranchRights => ({ name: 'shop', configBranch: 'main', environments: [environment('dev', 'deploy'), environment('prod', 'deny')], applications: [], environmentOwned: [], roles });

describe('mayWrite', () => {
  it.each([
    ['everybody before there is a pipeline', undefined, grace, true],
    ['everybody in a pipeline without roles', pipeline(), grace, true],
    ['a promoter', pipeline([binding('promoter', 'sre')]), grace, true],
    ['not a viewer', pipeline([binding('viewer', 'sre')]), grace, false],
    ['not somebody whom no role names', pipeline([binding('promoter', 'others')]), grace, false],
    ['not somebody who was deactivated', undefined, { ...grace, deactivated: { at: instant(0), by: grace.name, reason: 'has left' } }, false],
    ['an admin, whatever the roles say', pipeline([binding('viewer', 'sre')]), { ...grace, admin: true }, true],
  ])('%s', (_, roles, person, allowed) => {
    expect(mayWrite(roles, person)).toBe(allowed);
  });
});

describe('pushObstacle', () => {
  it.each([
    ['refs/heads/main', undefined],
    ['refs/heads/env/dev', undefined],
    ['refs/tags/v1', undefined],
    ['refs/heads/sluice/promote/qa/cart', undefined],
    ['refs/heads/sluice/backflow/dev/cart/prod', undefined],
    ['refs/heads/env/prod', /directPush: deny/],
    ['refs/heads/sluice/other', /Sluice’s own/],
    ['refs/sluice/forge/changes/1', /only branches and tags/],
    ['refs/notes/commits', /only branches and tags/],
  ])('to %s', (ref, message) => {
    const obstacle = pushObstacle(pipeline(), grace, ref, []);
    if (message) expect(obstacle).toMatch(message);
    else expect(obstacle).toBeUndefined();
  });

  describe('with roles in some environments', () => {
    const roles = [{ ...binding('promoter', 'sre'), environments: ['qa'] }, { ...binding('viewer', 'sre'), environments: ['prod'] }];
    const staged: BranchRights = { ...pipeline(roles), environments: [environment('dev', 'deploy'), environment('qa', 'deploy', [environmentName('dev')]), environment('prod', 'deploy', [environmentName('qa')])] };

    it.each([
      ['where they have the role', 'refs/heads/env/qa', grace, undefined],
      ['where they are a viewer', 'refs/heads/env/prod', grace, /no role in prod: bring the change by promotion/],
      ['to a first environment, where changes are made', 'refs/heads/env/dev', grace, undefined],
      ['to a branch of their own', 'refs/heads/feature', grace, undefined],
      ['as an admin', 'refs/heads/env/prod', { ...grace, admin: true }, undefined],
    ])('%s', (_, ref, person, message) => {
      expect(pushObstacle(staged, person, ref, [])).toEqual(message ? expect.stringMatching(message) : undefined);
    });
  });

  describe('to the branch of the pipeline file, which gives roles', () => {
    const boss: Person = { ...grace, name: personName('boss'), groups: ['boss'], admin: true };
    const limited = (fields: Partial<RoleBinding>): readonly RoleBinding[] => [{ ...binding('admin', 'sre'), ...fields }];

    it.each<[string, readonly RoleBinding[], Person, string | undefined]>([
      ['is anybody’s before there are roles', [], grace, undefined],
      ['is an admin’s of everything in the repository', limited({}), grace, undefined],
      ['is an admin’s of the server', limited({}), boss, undefined],
      ['is no approver’s', limited({ role: 'approver' }), grace, 'the pipeline file is on main: only admins of the whole repository may change the pipeline file: an admin of the server (boss)'],
      ['is no admin’s of some environments', [...limited({ environments: ['qa', 'prod'] }), binding('admin', 'boss')], grace, 'the pipeline file is on main: only admins of the whole repository may change the pipeline file: group boss (boss), or an admin of the server (boss)'],
      ['is no admin’s of some applications', limited({ applications: ['cart'] }), grace, 'the pipeline file is on main: only admins of the whole repository may change the pipeline file: an admin of the server (boss)'],
      ['is no machine’s', limited({}), { ...grace, service: true }, 'the pipeline file is on main: only admins of the whole repository may change the pipeline file: group sre (nobody), or an admin of the server (boss)'],
    ])('%s', (_, roles, person, obstacle) => {
      expect(pushObstacle(pipeline(roles), person, 'refs/heads/main', [person, boss])).toBe(obstacle);
      expect(pushObstacle(pipeline(roles), person, 'refs/heads/feature', [person, boss])).toBeUndefined();
      expect(pushObstacle(pipeline(roles), person, 'refs/tags/main', [person, boss])).toBeUndefined();
    });
  });

  it('stops a viewer from any push', () => {
    expect(pushObstacle(pipeline([binding('viewer', 'sre')]), grace, 'refs/heads/feature', [])).toMatch(/viewer/);
  });
});
