import { environmentName, instant, personName } from '@sluice/kernel';
import type { Environment, Pipeline, RoleBinding } from '@sluice/pipeline';
import type { Person } from '../ports/index.js';
import { mayWrite, pushObstacle } from './may-write.js';

const grace: Person = { name: personName('grace'), displayName: 'Grace', emails: [], groups: ['sre'], admin: false };
const binding = (role: RoleBinding['role'], group: string): RoleBinding => ({ role, who: [{ kind: 'group', name: group }], applications: ['*'], environments: ['*'] });
const environment = (name: string, directPush: Environment['directPush'], from: Environment['from'] = []): Environment => ({ name: environmentName(name), branch: `env/${name}`, from, directPush, drift: 'report', merge: 'auto', onNewSource: 'update', gates: [] });
const pipeline = (roles: readonly RoleBinding[] = []): Pipeline => ({ name: 'shop', environments: [environment('dev', 'deploy'), environment('prod', 'deny')], applications: [], environmentOwned: [], roles });

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
    const obstacle = pushObstacle(pipeline(), grace, ref);
    if (message) expect(obstacle).toMatch(message);
    else expect(obstacle).toBeUndefined();
  });

  describe('with roles in some environments', () => {
    const roles = [{ ...binding('promoter', 'sre'), environments: ['qa'] }, { ...binding('viewer', 'sre'), environments: ['prod'] }];
    const staged: Pipeline = { ...pipeline(roles), environments: [environment('dev', 'deploy'), environment('qa', 'deploy', [environmentName('dev')]), environment('prod', 'deploy', [environmentName('qa')])] };

    it.each([
      ['where they have the role', 'refs/heads/env/qa', grace, undefined],
      ['where they are a viewer', 'refs/heads/env/prod', grace, /no role in prod: bring the change by promotion/],
      ['to a first environment, where changes are made', 'refs/heads/env/dev', grace, undefined],
      ['to a branch of their own', 'refs/heads/feature', grace, undefined],
      ['as an admin', 'refs/heads/env/prod', { ...grace, admin: true }, undefined],
    ])('%s', (_, ref, person, message) => {
      expect(pushObstacle(staged, person, ref)).toEqual(message ? expect.stringMatching(message) : undefined);
    });
  });

  it('stops a viewer from any push', () => {
    expect(pushObstacle(pipeline([binding('viewer', 'sre')]), grace, 'refs/heads/main')).toMatch(/viewer/);
  });
});
