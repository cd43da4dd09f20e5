import type { ObjectIdentity } from '@sluice/manifests';
import fc from 'fast-check';
import { immutableCause } from './immutable-cause.js';
import { value } from './objects.fixture.js';

function of(name: string): ObjectIdentity {
  const [kind = '', ...group] = name.split('.');
  return { group: group.join('.'), kind, namespace: 'shop', name: 'web' };
}

function status(...causes: readonly (readonly [string, string])[]): unknown {
  return { kind: 'Status', apiVersion: 'v1', status: 'Failure', message: 'is invalid', reason: 'Invalid', details: { causes: causes.map(([field, message]) => ({ reason: 'FieldValueInvalid', field, message })) }, code: 422 };
}

const SELECTOR = ['spec.selector', 'Invalid value: {"matchLabels":{"app":"a: b"}}: field is immutable'] as const;

// texts of the API server (k8s.io/apimachinery/pkg/api/validation, pkg/apis/*/validation)
describe('an apply that is refused for an immutable field', () => {
  test.each([
    ['Deployment.apps', SELECTOR],
    ['Job.batch', ['spec.template', 'Invalid value: core.PodTemplateSpec{ObjectMeta:v1.ObjectMeta{Name:"", Labels:map[string]string{"a":"b"}}}: field is immutable']],
    ['ConfigMap', ['data', 'Forbidden: field is immutable when `immutable` is set']],
    ['Secret', ['type', 'Invalid value: "kubernetes.io/tls": field is immutable']],
    ['RoleBinding.rbac.authorization.k8s.io', ['roleRef', 'Invalid value: rbac.RoleRef{APIGroup:"rbac.authorization.k8s.io", Kind:"Role", Name:"b"}: cannot change roleRef']],
    ['ClusterRoleBinding.rbac.authorization.k8s.io', ['roleRef', 'Invalid value: {}: cannot change roleRef']],
    ['Service', ['spec.clusterIPs[0]', 'Invalid value: ["None"]: may not change once set']],
    ['Service', ['spec.clusterIPs[0]', 'Invalid value: []string(nil): primary clusterIP can not be unset']],
    ['StorageClass.storage.k8s.io', ['parameters', 'Forbidden: updates to parameters are forbidden.']],
    ['StorageClass.storage.k8s.io', ['provisioner', 'Forbidden: updates to provisioner are forbidden.']],
    ['PriorityClass.scheduling.k8s.io', ['value', 'Forbidden: may not be changed in an update.']],
    ['Pod', ['spec', 'Forbidden: pod updates may not change fields other than `spec.containers[*].image`,`spec.tolerations` (only additions to existing tolerations)\n  core.PodSpec{\n-  a: 1\n']],
  ] as const)('lets a %s be made anew', (kind, cause) => {
    expect(immutableCause(of(kind), status(cause))).toMatchObject({ kind: 'recreate', fields: [{ field: cause[0] }] });
    expect(immutableCause(of(kind), status(cause), value('{metadata: {annotations: {sluice.dev/recreate: disabled}}}'))).toMatchObject({ kind: 'refuse', why: expect.stringContaining('sluice.dev/recreate: disabled') });
  });

  test.each([
    ['PersistentVolumeClaim', ['spec', 'Forbidden: spec is immutable after creation except resources.requests and volumeAttributesClassName for bound claims\n  core.PersistentVolumeClaimSpec{']],
    ['PersistentVolume', ['spec.persistentvolumesource', 'Forbidden: spec.persistentvolumesource is immutable after creation']],
    ['StatefulSet.apps', ['spec', 'Forbidden: updates to statefulset spec for fields other than \'replicas\', \'template\' and \'minReadySeconds\' are forbidden']],
    ['StatefulSet.apps', SELECTOR],
    ['Namespace', ['metadata.name', 'Invalid value: "b": field is immutable']],
    ['CustomResourceDefinition.apiextensions.k8s.io', ['spec.scope', 'Invalid value: "Cluster": field is immutable']],
  ] as const)('never deletes a %s', (kind, cause) => {
    const allowed = value('{metadata: {annotations: {sluice.dev/recreate: enabled}}}');
    expect(immutableCause(of(kind), status(cause), allowed)).toMatchObject({ kind: 'refuse', fields: [{ field: cause[0] }], why: expect.stringContaining('is never deleted to change it') });
  });

  test('makes a custom resource anew only if it says so', () => {
    expect(immutableCause(of('Database.example.com'), status(SELECTOR))).toMatchObject({ kind: 'refuse', why: expect.stringContaining('sluice.dev/recreate: enabled') });
    expect(immutableCause(of('Database.example.com'), status(SELECTOR), value('{metadata: {annotations: {sluice.dev/recreate: enabled}}}'))).toMatchObject({ kind: 'recreate' });
  });

  test('says the fields without their values, which may be secret', () => {
    expect(immutableCause(of('Secret'), status(['type', 'Invalid value: "hunter2": field is immutable']))).toEqual({ kind: 'recreate', fields: [{ field: 'type', message: 'field is immutable' }] });
  });
});

describe('any other refusal is not taken for one', () => {
  test.each([
    ['another cause', status(['spec.replicas', 'Invalid value: -1: must be greater than or equal to 0'])],
    ['another cause besides', status(SELECTOR, ['spec.template.metadata.labels', 'Invalid value: {}: `selector` does not match template `labels`'])],
    ['a value that speaks of it', status(['data[a]', 'Invalid value: "field is immutable": a valid config key must consist of'])],
    ['a webhook that speaks of it', { kind: 'Status', reason: 'Forbidden', code: 403, message: 'admission webhook "x" denied the request: field is immutable' }],
    ['a webhook that answers with 422', { kind: 'Status', reason: 'Invalid', code: 422, message: 'field is immutable' }],
    ['the text of another kind', status(['roleRef', 'Invalid value: {}: cannot change roleRef'])],
    ['a cause that cannot be read', { kind: 'Status', reason: 'Invalid', code: 422, details: { causes: [{ field: 'spec.selector', message: 'field is immutable' }, null] } }],
    ['a conflict', { kind: 'Status', reason: 'Conflict', code: 409, details: { causes: [{ field: '.spec', message: 'field is immutable' }] } }],
  ])('%s', (_, body) => {
    expect(immutableCause(of('Deployment.apps'), body)).toEqual({ kind: 'other' });
  });
  test('whatever the body is', () => {
    const cause = fc.oneof(fc.anything(), fc.record({ field: fc.oneof(fc.string(), fc.anything()), message: fc.oneof(fc.constant('field is immutable'), fc.string(), fc.anything()) }, { requiredKeys: [] }));
    const body = fc.record({ kind: fc.constantFrom('Status', 1), reason: fc.constantFrom('Invalid', null), code: fc.constantFrom(422, '422'), details: fc.oneof(fc.anything(), fc.record({ causes: fc.oneof(fc.array(cause), fc.anything()) })) });
    fc.assert(fc.property(fc.oneof(fc.anything(), body), fc.constantFrom('Deployment.apps', 'Namespace', 'A.example.com'), (found, kind) => expect(['other', 'recreate', 'refuse']).toContain(immutableCause(of(kind), found).kind)), { numRuns: 1_000 });
  });
});
