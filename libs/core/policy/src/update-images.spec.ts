import type { WantedImage } from './judge-image.js';
import { updateImages } from './update-images.js';

const IMAGE = 'registry.example.org/shop/checkout';
const [OLD, NEW] = [`sha256:${'a'.repeat(64)}`, `sha256:${'b'.repeat(64)}`];

function wanted(fields: Partial<WantedImage> = {}): WantedImage {
  return { image: IMAGE, policy: { kind: 'semver', range: '^2' }, tag: '2.1.0', ...fields };
}

function update(text: string, fields: Partial<WantedImage> = {}, path = 'apps/checkout/a.yaml') {
  const result = updateImages(new Map([[path, { mode: '100644', bytes: new TextEncoder().encode(text) }]]), [wanted(fields)]);
  const [edit] = result.edits;
  return { ...result, text: edit ? new TextDecoder().decode(edit.file.bytes) : text };
}

const object = (kind: string, rest: string): string => `apiVersion: x/v1\nkind: ${kind} # a comment\nmetadata: {name:   web}\n${rest}\n`;

describe('a manifest gets the newest tag', () => {
  const POD = `{containers: [{name: a,   image: "${IMAGE}:2.0.0" }], initContainers: [{image: '${IMAGE}:2.0.0'}]}`;
  it.each([
    ['in a Pod', object('Pod', `spec: ${POD}`)],
    ...['Deployment', 'StatefulSet', 'DaemonSet', 'Job', 'Rollout'].map((kind) => [`in a ${kind}`, object(kind, `spec: { template: { spec: ${POD} } }`)]),
    ['in a CronJob', object('CronJob', `spec:\n  jobTemplate:\n    spec:\n      template:\n        spec: ${POD}`)],
    ['in a List', `apiVersion: v1\nkind: List\nitems:\n  - apiVersion: v1\n    kind: Pod\n    metadata: {name: a}\n    spec: ${POD}\n`],
    ['in an image volume', object('Pod', `spec:\n  volumes:\n    - {name: v, image: {reference: ${IMAGE}:2.0.0}} # here\n`)],
    ['in a kustomization', `# top\nimages:\n  - name: checkout\n    newName: ${IMAGE}   # where from\n    newTag: 2.0.0\n`, 'k/kustomization.yaml'],
    ['in a kustomization by its plain name', `kind: Kustomization\nimages:\n- {name: ${IMAGE}, newTag: "2.0.0"}\n`],
    ['in Helm values', `checkout:\n  image:\n    repository: ${IMAGE}\n    tag: 2.0.0 # the version\n    pullPolicy: Always\n`, 'values.yaml'],
    ['in Helm values with a registry', `image: {registry: registry.example.org, repository: shop/checkout, tag: "2.0.0"}\n`, 'values.yaml'],
    ['in several documents, with Windows line breaks and none at the end', `# first\r\n---\r\n${object('Pod', `spec: ${POD}`).replaceAll('\n', '\r\n')}---\r\na: 1   # b`],
  ])('%s, and stays as it is otherwise', (_, text, path = 'a.yaml') => {
    const result = update(text, {}, path);
    expect(result.text).toBe(text.replaceAll('2.0.0', '2.1.0'));
    expect(result.text).not.toBe(text);
    expect(result.named).toEqual([IMAGE]);
    expect(result.changes[0]).toEqual({ path, image: IMAGE, from: '2.0.0', to: '2.1.0' });
  });

  it('and its digest where that is pinned', () => {
    const reference = (version: string): string => `{ image: "${IMAGE}:${version}" }`;
    const pod = (version: string): string => object('Pod', `spec: { containers: [${reference(version)}] }`);
    expect(update(pod('2.0.0'), { digest: NEW }).text).toBe(pod(`2.1.0@${NEW}`));
    expect(update(pod(`2.1.0@${OLD}`), { digest: NEW }).text).toBe(pod(`2.1.0@${NEW}`));
    expect(update(pod(`2.1.0@${NEW}`), { digest: NEW }).changes).toEqual([]);
    expect(update(pod(`2.0.0@${OLD}`)).text).toBe(pod('2.1.0'));
  });

  it('and its digest in a kustomization, and in values', () => {
    expect(update(`images:\n  - name: ${IMAGE}\n    newTag: 2.0.0\n`, { digest: NEW }, 'kustomization.yaml').text).toBe(`images:\n  - name: ${IMAGE}\n    newTag: 2.1.0\n    digest: ${NEW}\n`);
    expect(update(`images:\n  - name: ${IMAGE}\n    newTag: 2.0.0\n    digest: ${OLD}\n`, {}, 'kustomization.yaml').text).toBe(`images:\n  - name: ${IMAGE}\n    newTag: 2.1.0\n`);
    expect(update(`repository: ${IMAGE}\ntag: 2.0.0\n`, { digest: NEW }, 'values.yaml').text).toBe(`repository: ${IMAGE}\ntag: 2.1.0@${NEW}\n`);
    expect(update(`repository: ${IMAGE}\ntag: 2.0.0\ndigest: ""\n`, { digest: NEW }, 'values.yaml').text).toBe(`repository: ${IMAGE}\ntag: 2.1.0\ndigest: "${NEW}"\n`);
  });

  it('by whatever name of Docker Hub it is written, which it keeps', () => {
    expect(update(object('Pod', 'spec: { containers: [{ image: docker.io/library/nginx:1.0.0 }] }'), { image: 'nginx', policy: { kind: 'newest' }, tag: '1.2.0' }).text).toContain('image: docker.io/library/nginx:1.2.0 }');
  });

  it('through an anchor, once', () => {
    const text = object('Pod', `spec:\n  containers:\n    - &one { image: "${IMAGE}:2.0.0" }\n    - *one`);
    expect(update(text).text).toBe(text.replace('2.0.0', '2.1.0'));
  });
});

describe('a manifest is left alone', () => {
  const pod = (image: string): string => object('Pod', `spec: { containers: [{ image: "${image}" }] }`);
  it.each([
    ['when it has the newest tag', `${IMAGE}:2.1.0`, undefined],
    ['when its tag is newer than any that the registry still has', `${IMAGE}:2.2.0`, undefined],
    ['when somebody has pinned a version outside of the range', `${IMAGE}:3.0.0`, 'has the tag 3.0.0, which semver ^2 does not follow'],
    ['when somebody has gone back behind the range', `${IMAGE}:1.9.0`, 'has the tag 1.9.0, which semver ^2 does not follow'],
    ['when its tag is no version', `${IMAGE}:main`, 'has the tag main, which semver ^2 does not follow'],
    ['when it has no tag', IMAGE, 'has no tag to go on from'],
    ['when it has only a digest', `${IMAGE}@${OLD}`, 'is pinned by a digest alone, which does not say how new it is'],
  ])('%s', (_, image, reason) => {
    const result = update(pod(image));
    expect(result).toMatchObject({ edits: [], changes: [], named: [IMAGE], left: reason === undefined ? [] : [{ path: 'apps/checkout/a.yaml', image: IMAGE, reason }] });
  });

  it.each([
    ['another image', pod('registry.example.org/shop/checkout-web:2.0.0')],
    ['another registry', pod('registry.example.com/shop/checkout:2.0.0')],
    ['a template', pod('{{ .image }}')],
    ['no image at all', 'a: [1, 2]\n'],
    ['an image in another field', object('ConfigMap', `data: { image: "${IMAGE}:2.0.0" }`)],
    ['nothing', ''],
  ])('when it names %s', (_, text) => {
    expect(update(text)).toMatchObject({ edits: [], changes: [], named: [], left: [], unreadable: [] });
  });

  it.each([
    ['is no YAML', 'a: [\n'],
    ['has the tag behind a tag of YAML', object('Pod', `spec: { containers: [{ image: !!str "${IMAGE}:2.0.0" }] }`)],
  ])('when it %s, and is named', (_, text) => {
    expect(update(text)).toMatchObject({ edits: [], unreadable: [{ path: 'apps/checkout/a.yaml', message: expect.any(String) }] });
  });
});
