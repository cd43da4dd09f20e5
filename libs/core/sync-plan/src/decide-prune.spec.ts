import { formatIdentity, type ObjectIdentity } from '@sluice/manifests';
import fc from 'fast-check';
import { decidePrune, pruneCandidates, type LiveObject, type PruneInput, type PrunePlan } from './decide-prune.js';
import { objectKey } from './object-key.js';
import { OWNER, value } from './objects.fixture.js';

const map = (name: string, namespace = 'shop'): ObjectIdentity => ({ group: '', kind: 'ConfigMap', namespace, name });
const namespace = (name: string): ObjectIdentity => ({ group: '', kind: 'Namespace', namespace: '', name });
const kept = map('kept');

function live(annotations = '{}', labels = '{sluice.dev/cluster: prod-eu, sluice.dev/environment: prod}'): LiveObject {
  return { state: 'live', object: value(`{metadata: {labels: ${labels}, annotations: ${annotations}}}`) };
}

function decide(owned: readonly ObjectIdentity[], found: readonly LiveObject[], options: Partial<PruneInput> = {}): PrunePlan {
  const looked = owned.flatMap((identity, index) => (found[index] ? [[objectKey(identity), found[index]] as const] : []));
  return decidePrune({ inventory: [...owned, kept], desired: [kept], complete: true, allowEmpty: false, live: new Map(looked), owner: OWNER, ownObjects: [], ...options });
}

describe('what git no longer has', () => {
  test('is deleted when the record has it and the labels confirm it', () => {
    expect(decide([map('old')], [live()])).toEqual({ delete: [map('old')], keep: [], forget: [] });
  });
  test.each([
    ['says sluice.dev/prune: disabled', map('a'), live('{sluice.dev/prune: disabled}'), {}, 'disabled'],
    ['says something that is not understood', map('a'), live('{sluice.dev/prune: "False"}'), {}, 'disabled'],
    ['could not be looked at', map('a'), { state: 'unknown' as const }, {}, 'unknown'],
    ['was not looked at', map('a'), undefined, {}, 'unknown'],
    ['is a namespace', namespace('a'), live(), {}, 'protected-kind'],
    ['is of a kind that is protected here', map('a'), live(), { protectedKinds: ['ConfigMap'] }, 'protected-kind'],
    ['is a namespace of the system', namespace('kube-system'), live('{sluice.dev/prune: enabled}'), {}, 'protected-kind'],
    ['is the agent\'s', map('a'), live(), { ownObjects: [map('a')] }, 'own-object'],
    ['is the agent\'s namespace', namespace('sluice'), live('{sluice.dev/prune: enabled}'), { ownObjects: [map('inventory', 'sluice')] }, 'own-object'],
    ['is a namespace that the commit puts objects into', namespace('shop'), live('{sluice.dev/prune: enabled}'), {}, 'holds-wanted'],
    [
      'defines kinds that the commit has objects of', { group: 'apiextensions.k8s.io', kind: 'CustomResourceDefinition', namespace: '', name: 'shops.example.com' }, live('{sluice.dev/prune: enabled}'),
      { desired: [kept, { group: 'example.com', kind: 'Shop', namespace: 'shop', name: 'a' }] }, 'holds-wanted',
    ],
  ])('stays when it %s', (...[, object, found, options, why]) => {
    const plan = decide([object], found ? [found] : [], options);
    expect(plan).toMatchObject({ delete: [], keep: [{ object, why }], forget: [] });
  });
  test.each([
    ['another cluster\'s label', '{sluice.dev/cluster: prod-us, sluice.dev/environment: prod}'],
    ['another environment\'s label', '{sluice.dev/cluster: prod-eu, sluice.dev/environment: dev}'],
    ['no label', '{}'],
  ])('stays with %s, and is not owned any more', (_, labels) => {
    expect(decide([map('a')], [live('{}', labels)])).toEqual({ delete: [], keep: [{ object: map('a'), why: 'not-confirmed' }], forget: [map('a')] });
  });
  test('is forgotten when it is gone', () => {
    expect(decide([map('a')], [{ state: 'absent' }])).toEqual({ delete: [], keep: [], forget: [map('a')] });
  });
  test('is deleted although its kind is protected when the object says so', () => {
    expect(decide([namespace('old')], [live('{sluice.dev/prune: enabled}')])).toMatchObject({ delete: [namespace('old')] });
  });
  test('goes in the opposite order of its coming', () => {
    const all = [{ group: 'apps', kind: 'Deployment', namespace: 'shop', name: 'web' }, { group: 'admissionregistration.k8s.io', kind: 'ValidatingWebhookConfiguration', namespace: '', name: 'guard' }, map('a'), { group: 'rbac.authorization.k8s.io', kind: 'ClusterRole', namespace: '', name: 'r' }];
    expect(decide(all, all.map(() => live())).delete.map(formatIdentity)).toEqual(['ValidatingWebhookConfiguration.admissionregistration.k8s.io guard', 'Deployment.apps shop/web', 'ConfigMap shop/a', 'ClusterRole.rbac.authorization.k8s.io r']);
  });
});

describe('nothing is deleted', () => {
  test('when a file of the commit could not be read', () => {
    expect(decide([map('old')], [live()], { complete: false })).toEqual({ blocked: 'incomplete', delete: [], keep: [], forget: [] });
  });
  test('when the commit has nothing at all, unless that is allowed', () => {
    expect(decide([map('old')], [live()], { desired: [] })).toEqual({ blocked: 'would-empty', delete: [], keep: [], forget: [] });
    expect(decide([map('old')], [live()], { desired: [], allowEmpty: true, live: new Map([[objectKey(map('old')), live()]]) })).toMatchObject({ delete: [map('old')] });
  });
  test('that is wanted, unowned, not confirmed or not seen, whatever the rest is', () => {
    const identity = fc.record({ group: fc.constantFrom('', 'apps', 'example.com'), kind: fc.constantFrom('ConfigMap', 'Namespace', 'Deployment'), namespace: fc.constantFrom('', 'a', 'b'), name: fc.constantFrom('x', 'z', 'kube-system') });
    const found = fc.oneof(fc.constant<LiveObject>({ state: 'absent' }), fc.constant<LiveObject>({ state: 'unknown' }), fc.tuple(fc.constantFrom('prod-eu', 'prod-us'), fc.constantFrom('enabled', 'disabled', '')).map(([cluster, prune]) => live(`{sluice.dev/prune: "${prune}"}`, `{sluice.dev/cluster: ${cluster}, sluice.dev/environment: prod}`)));
    const inputs = fc.record({ inventory: fc.array(identity, { maxLength: 8 }), desired: fc.array(identity, { maxLength: 4 }), complete: fc.boolean(), allowEmpty: fc.boolean(), ownObjects: fc.array(identity, { maxLength: 2 }), live: fc.array(fc.tuple(identity.map(objectKey), found)).map((entries) => new Map(entries)) });
    fc.assert(
      fc.property(inputs, (input) => {
        const plan = decidePrune({ ...input, owner: OWNER });
        const candidates = pruneCandidates(input.inventory, input.desired).map(objectKey);
        for (const object of plan.delete) {
          const key = objectKey(object);
          expect(candidates).toContain(key);
          const seen = input.live.get(key);
          expect(seen).toMatchObject({ state: 'live' });
          expect(JSON.stringify(seen?.state === 'live' ? [...((seen.object as Map<string, Map<string, Map<string, string>>>).get('metadata')?.get('labels') ?? [])] : [])).toContain('prod-eu');
          expect(input.ownObjects.map(objectKey)).not.toContain(key);
        }
        if (!input.complete) expect(plan.delete).toEqual([]);
      }),
      { numRuns: 1_000 },
    );
  });
});
