import type { FileVersion } from '@sluice/manifests';
import { findSecrets } from './find-secrets.js';

type Texts = Readonly<Record<string, string>>;
const files = (texts: Texts): ReadonlyMap<string, FileVersion> => new Map(Object.entries(texts).map(([path, text]) => [path, { mode: '100644', bytes: new TextEncoder().encode(text) }]));
const inFile = (text: string, before: Texts = {}) => findSecrets(files(before), files({ 'a.yaml': text }));
const secret = (rest: string): string => `apiVersion: v1\nkind: Secret\nmetadata: { name: db, namespace: shop }\n${rest}\n`;
const ENCRYPTED = '"ENC[AES256_GCM,data:p673w==,iv:YY=,tag:CQ==,type:str]"';
const SOPS = `sops: { mac: ${ENCRYPTED} }`;

describe('a Secret in plain text is found', () => {
  test.each([
    ['with data', secret('data: { password: aHVudGVyMg== }'), 'data'],
    ['with stringData', secret('stringData: { password: hunter2 }'), 'stringData'],
    ['with both', secret('data: { a: YQ== }\nstringData: { b: b }'), 'data and stringData'],
    ['with one value of many left as it was', secret(`stringData: { a: ${ENCRYPTED}, b: hunter2 }\n${SOPS}`), 'stringData'],
    ['with values that only look encrypted: nobody could read them again', secret(`stringData: { a: ${ENCRYPTED} }`), 'stringData'],
    ['with the marks of SOPS around plain values', secret(`stringData: { a: hunter2 }\n${SOPS}`), 'stringData'],
    ['with plain text behind an encrypted value', secret(`stringData: { a: "ENC[AES256_GCM,data:x]hunter2" }\n${SOPS}`), 'stringData'],
    ['with plain text in the form of an encrypted value', secret(`stringData: { a: "ENC[hunter2,data:x]" }\n${SOPS}`), 'stringData'],
    ['with a number', secret('stringData: { pin: 1234 }'), 'stringData'],
    ['with a text in place of a map', secret('stringData: hunter2'), 'stringData'],
    ['with a copy of itself in an annotation', `apiVersion: v1\nkind: Secret\nmetadata: { name: db, namespace: shop, annotations: { kubectl.kubernetes.io/last-applied-configuration: '{"data":{"a":"YQ=="}}' } }\n`, 'kubectl.kubernetes.io/last-applied-configuration'],
    ['through an alias', secret('x: &x { a: b }\ndata: *x'), 'data'],
    ['as an item of a list', `apiVersion: v1\nkind: List\nitems:\n- ${secret('data: { a: YQ== }').replaceAll('\n', '\n  ')}\n`, 'data'],
    ['as an item of a SecretList', 'apiVersion: v1\nkind: SecretList\nitems: [{ metadata: { name: db, namespace: shop }, data: { a: YQ== } }]\n', 'data'],
    ['inside another object', `apiVersion: example.org/v1\nkind: Bundle\nmetadata: { name: b }\nspec:\n  objects:\n  - ${secret('data: { a: YQ== }').replaceAll('\n', '\n    ')}\n`, 'data'],
    ['without an apiVersion', 'kind: Secret\nmetadata: { name: db, namespace: shop }\ndata: { a: YQ== }\n', 'data'],
    ['that a kustomization makes', 'namespace: shop\nsecretGenerator: [{ name: db, literals: ["password=hunter2"] }]\n', 'secretGenerator'],
    ['that a kustomization makes of a file', 'secretGenerator: [{ name: db, namespace: shop, envs: [db.env] }]\n', 'secretGenerator'],
  ])('%s', (_, text, where) => {
    const found = inFile(text);
    expect(found).toEqual({ secrets: [{ path: 'a.yaml', namespace: 'shop', name: 'db', where }], unreadable: [] });
    expect(JSON.stringify(found)).not.toMatch(/hunter2|aHVudGVyMg/);
  });
  test('when the target has another one', () => {
    expect(inFile(secret('data: { a: YQ== }'), { 'a.yaml': secret('data: { a: Yg== }') }).secrets).toHaveLength(1);
  });
});

describe('it is none', () => {
  test.each([
    ['with all its values encrypted by SOPS', secret(`data: { a: ${ENCRYPTED} }\nstringData: { b: ${ENCRYPTED} }\n${SOPS}`)],
    ['without values', secret('type: kubernetes.io/service-account-token')],
    ['with empty values, which somebody fills in later', secret('data: { a: "" , b: null }')],
    ['as a SealedSecret, with its template', 'apiVersion: bitnami.com/v1alpha1\nkind: SealedSecret\nmetadata: { name: db }\nspec: { encryptedData: { a: AgBy }, template: { metadata: { name: db }, data: { url: "{{ .a }}" } } }\n'],
    ['as an ExternalSecret', 'apiVersion: external-secrets.io/v1\nkind: ExternalSecret\nmetadata: { name: db }\nspec: { target: { template: { data: { a: "{{ .b }}" } } } }\n'],
    ['of another group', 'apiVersion: secretsmanager.example.org/v1\nkind: Secret\nmetadata: { name: db }\ndata: { a: b }\n'],
    ['as a ConfigMap', 'apiVersion: v1\nkind: ConfigMap\nmetadata: { name: db }\ndata: { a: b }\n'],
    ['as a list of nothing', 'apiVersion: v1\nkind: SecretList\nitems: []\n'],
    ['with a generator of nothing', 'secretGenerator: [{ name: db, literals: [] }]\n'],
  ])('%s', (_, text) => {
    expect(inFile(text)).toEqual({ secrets: [], unreadable: [] });
  });
  test('when the target has it already, in this or another file', () => {
    expect(inFile(secret('data: { a: YQ== }'), { 'b.yaml': secret('data: { a: YQ== }') }).secrets).toEqual([]);
  });
});

test('a file that cannot be read is named', () => {
  expect(inFile('a: [\n').unreadable).toEqual(['a.yaml']);
});
