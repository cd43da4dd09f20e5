import type { FileVersion } from '@sluice/manifests';
import { findImages } from './find-images.js';

const files = (texts: Readonly<Record<string, string>>): ReadonlyMap<string, FileVersion> => new Map(Object.entries(texts).map(([path, text]) => [path, { mode: '100644', bytes: new TextEncoder().encode(text) }]));
const imagesOf = (text: string) => findImages(files({ 'a.yaml': text })).images.map(({ image }) => image);
const POD = '{ initContainers: [{ name: i, image: "i:1" }], containers: [{ name: a, image: "a:1" }, { name: b, image: "b:1" }], ephemeralContainers: [{ name: e, image: "e:1" }], volumes: [{ name: v, image: { reference: "v:1" } }] }';
const object = (kind: string, rest: string): string => `apiVersion: x/v1\nkind: ${kind}\nmetadata: { name: web }\n${rest}\n`;

test.each([
  ['a Pod', object('Pod', `spec: ${POD}`)],
  ...['Deployment', 'StatefulSet', 'DaemonSet', 'ReplicaSet', 'ReplicationController', 'Job', 'Rollout'].map((kind) => [`a ${kind}`, object(kind, `spec: { template: { spec: ${POD} } }`)]),
  ['a CronJob', object('CronJob', `spec: { jobTemplate: { spec: { template: { spec: ${POD} } } } }`)],
  ['a PodTemplate', object('PodTemplate', `template: { spec: ${POD} }`)],
])('every image of %s is found', (_, text) => {
  expect(imagesOf(text).sort()).toEqual(['a:1', 'b:1', 'e:1', 'i:1', 'v:1']);
});

test('an image that several run is told once, with the first of them', () => {
  const found = findImages(files({ 'b.yaml': object('Pod', 'spec: { containers: [{ image: "a:1" }] }'), 'a.yaml': object('Job', 'spec: { template: { spec: { containers: [{ image: "a:1" }] } } }') }));
  expect(found).toEqual({ images: [{ image: 'a:1', usedBy: 'Job web' }], unreadable: [] });
});

test('what is no object runs nothing, and a file that cannot be read is named', () => {
  expect(findImages(files({ 'values.yaml': 'containers: [{ image: "a:1" }]\n', 'b.yaml': 'a: [\n' }))).toEqual({ images: [], unreadable: ['b.yaml'] });
});
