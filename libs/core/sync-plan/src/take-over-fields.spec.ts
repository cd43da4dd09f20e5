import { readJson, plainOf } from './json.js';
import { takeOverFields } from './take-over-fields.js';

const LAST = 'kubectl.kubernetes.io/last-applied-configuration';
const OWN = { 'f:metadata': { 'f:labels': { 'f:sluice.dev/cluster': {} } }, 'f:spec': { 'f:replicas': {} } };

interface Entry {
  readonly manager?: string;
  readonly operation?: string;
  readonly apiVersion?: string;
  readonly subresource?: string;
  readonly fieldsV1: object;
}

function taken(last: object | string | undefined, entries: readonly Entry[], own: Entry | undefined = { manager: 'sluice', operation: 'Apply', fieldsV1: OWN }): unknown {
  const managedFields = [...(own ? [own] : []), ...entries].map((entry) => ({ manager: 'kubectl-client-side-apply', operation: 'Update', apiVersion: 'apps/v1', ...entry }));
  const annotations = last === undefined ? {} : { [LAST]: typeof last === 'string' ? last : JSON.stringify(last) };
  const found = takeOverFields(readJson(JSON.stringify({ metadata: { annotations, managedFields } })), 'sluice');
  return found?.map((entry) => plainOf(entry)).map((entry) => [(entry as Entry).manager, (entry as Entry).fieldsV1]);
}

it('makes its own what kubectl applied, and leaves what is only a default', () => {
  const fieldsV1 = {
    'f:metadata': { 'f:annotations': { '.': {}, [`f:${LAST}`]: {} } },
    'f:spec': {
      'f:replicas': {},
      'f:paused': {},
      'f:revisionHistoryLimit': {},
      'f:template': { 'f:spec': { 'f:containers': { 'k:{"name":"a"}': { '.': {}, 'f:image': {}, 'f:terminationMessagePath': {}, 'f:ports': { 'k:{"containerPort":80,"protocol":"TCP"}': { '.': {}, 'f:containerPort': {}, 'f:protocol': {} } } } } } },
    },
  };
  const last = { spec: { replicas: 2, paused: true, template: { spec: { containers: [{ name: 'b' }, { name: 'a', image: 'x', ports: [{ containerPort: 80 }] }] } } } };
  expect(taken(last, [{ fieldsV1 }])).toEqual([
    ['sluice', {
      'f:metadata': { 'f:labels': { 'f:sluice.dev/cluster': {} }, 'f:annotations': { '.': {}, [`f:${LAST}`]: {} } },
      'f:spec': { 'f:replicas': {}, 'f:paused': {}, 'f:template': { 'f:spec': { 'f:containers': { 'k:{"name":"a"}': { '.': {}, 'f:image': {}, 'f:ports': { 'k:{"containerPort":80,"protocol":"TCP"}': { '.': {}, 'f:containerPort': {} } } } } } } },
    }],
    ['kubectl-client-side-apply', { 'f:spec': { 'f:revisionHistoryLimit': {}, 'f:template': { 'f:spec': { 'f:containers': { 'k:{"name":"a"}': { 'f:terminationMessagePath': {}, 'f:ports': { 'k:{"containerPort":80,"protocol":"TCP"}': { 'f:protocol': {} } } } } } } } }],
  ]);
});

it('leaves no entry that has nothing any more, and all others as they are', () => {
  const others = [{ manager: 'kubectl-edit', fieldsV1: { 'f:spec': { 'f:paused': {} } } }, { manager: 'kubectl', subresource: 'scale', fieldsV1: { 'f:spec': { 'f:replicas': {} } } }];
  expect(taken({ spec: { paused: true }, metadata: { finalizers: ['a'] } }, [{ manager: 'before-first-apply', fieldsV1: { 'f:spec': { 'f:paused': {} }, 'f:metadata': { 'f:finalizers': { 'v:"a"': {} } } } }, ...others])).toEqual([
    ['sluice', { 'f:metadata': { 'f:labels': { 'f:sluice.dev/cluster': {} }, 'f:finalizers': { 'v:"a"': {} } }, 'f:spec': { 'f:replicas': {}, 'f:paused': {} } }],
    ...others.map(({ manager, fieldsV1 }) => [manager, fieldsV1]),
  ]);
});

it.each([
  ['nobody applied it with kubectl', undefined, [{ fieldsV1: { 'f:spec': { 'f:paused': {} } } }], undefined],
  ['kubectl has nothing any more', { spec: {} }, [], undefined],
  ['what kubectl applied cannot be read', '{', [{ fieldsV1: { 'f:spec': { 'f:paused': {} } } }], undefined],
  ['kubectl wrote another version', { spec: { paused: true } }, [{ apiVersion: 'apps/v1beta1', fieldsV1: { 'f:spec': { 'f:paused': {} } } }], undefined],
  ['it is not applied by us yet', { spec: { paused: true } }, [{ fieldsV1: { 'f:spec': { 'f:paused': {} } } }], { manager: 'helm', operation: 'Update', fieldsV1: {} }],
])('does nothing where %s', (_, last, entries, own) => {
  expect(own ? taken(last, entries, own) : taken(last, entries)).toBeUndefined();
});
