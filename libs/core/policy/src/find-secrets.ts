import { changedObjects, kindOf, objectsOf } from '@sluice/manifests';
import type { FileVersion, PlacedObject, Value, ValueMap } from '@sluice/manifests';

/** A Secret whose values stand in a file as everybody can read them. Never holds a value. */
export interface PlaintextSecret {
  readonly path: string;
  /** Empty: decided where it is applied. */
  readonly namespace: string;
  /** Empty: not known (`generateName`). */
  readonly name: string;
  /** What holds the values: `data`, `stringData`, `secretGenerator` or the annotation that keeps a copy of the object. */
  readonly where: string;
}

export interface SecretsResult {
  readonly secrets: readonly PlaintextSecret[];
  /** Changed files that nobody can read: there may be a Secret in them. */
  readonly unreadable: readonly string[];
}

const VALUE_FIELDS = ['data', 'stringData'];
const LAST_APPLIED = 'kubectl.kubernetes.io/last-applied-configuration';
/** Of an entry of a kustomization's `secretGenerator`: each makes a Secret of what is in the repository. */
const GENERATOR_FIELDS = ['literals', 'files', 'envs', 'env'];
const ENCRYPTED = /^ENC\[AES256_GCM,data:[\w+/=]*,iv:[\w+/=]+,tag:[\w+/=]+,type:[a-z]+\]$/;

/** The plaintext Secrets among the objects that are not the same in both versions of the changed files. */
export function findSecrets(before: ReadonlyMap<string, FileVersion>, after: ReadonlyMap<string, FileVersion>): SecretsResult {
  const [old, now] = [objectsOf(before), objectsOf(after)];
  const brought = changedObjects(old.objects, now.objects).flatMap(({ after: object }) => (object ? [object] : []));
  return { secrets: brought.flatMap(secretsIn), unreadable: now.unreadable };
}

function secretsIn({ path, value }: PlacedObject): readonly PlaintextSecret[] {
  return [...generated(path, value), ...mapsIn(value).flatMap((map) => plaintext(path, map))];
}

/** A Secret may be an item of any list, or stand in another object. */
function mapsIn(value: Value, isSecret = false): readonly SecretLike[] {
  if (Array.isArray(value)) return value.flatMap((item: Value) => mapsIn(item, isSecret));
  if (!(value instanceof Map)) return [];
  const map = value as ValueMap;
  const itemsAreSecrets = kindOf(map) === 'SecretList';
  const inner = [...map].flatMap(([key, item]) => mapsIn(item, itemsAreSecrets && key === 'items'));
  return isSecret || isCoreSecret(map) ? [{ map }, ...inner] : inner;
}

interface SecretLike {
  readonly map: ValueMap;
}

/** Other groups have kinds of that name, which keep nothing secret. Without a group it may be one. */
function isCoreSecret(map: ValueMap): boolean {
  const version = map.get('apiVersion');
  return kindOf(map) === 'Secret' && !(typeof version === 'string' && version.includes('/'));
}

function plaintext(path: string, { map }: SecretLike): readonly PlaintextSecret[] {
  const sops = map.get('sops') instanceof Map;
  const fields = VALUE_FIELDS.filter((field) => holdsPlaintext(map.get(field), sops));
  const where = fields.length > 0 ? fields.join(' and ') : keepsCopy(map) ? LAST_APPLIED : undefined;
  return where === undefined ? [] : [{ path, ...nameOf(map), where }];
}

function holdsPlaintext(value: Value | undefined, sops: boolean): boolean {
  if (value instanceof Map) return [...(value as ValueMap).values()].some((item) => holdsPlaintext(item, sops));
  if (value === undefined || value === null || value === '') return false;
  return !(sops && typeof value === 'string' && ENCRYPTED.test(value));
}

function keepsCopy(map: ValueMap): boolean {
  const metadata = map.get('metadata');
  const annotations = metadata instanceof Map ? (metadata as ValueMap).get('annotations') : undefined;
  const copy = annotations instanceof Map ? (annotations as ValueMap).get(LAST_APPLIED) : undefined;
  return typeof copy === 'string' && /"(data|stringData)"\s*:\s*\{\s*"/.test(copy);
}

function nameOf(map: ValueMap): Pick<PlaintextSecret, 'namespace' | 'name'> {
  const metadata = map.get('metadata');
  return { namespace: textIn(metadata, 'namespace'), name: textIn(metadata, 'name') };
}

function textIn(value: Value | undefined, key: string): string {
  const text = value instanceof Map ? (value as ValueMap).get(key) : undefined;
  return typeof text === 'string' ? text : '';
}

function generated(path: string, value: Value): readonly PlaintextSecret[] {
  const entries = value instanceof Map ? (value as ValueMap).get('secretGenerator') : undefined;
  if (!Array.isArray(entries)) return [];
  const filled = entries.filter((entry: Value): entry is ValueMap => entry instanceof Map && GENERATOR_FIELDS.some((field) => isFilled((entry as ValueMap).get(field))));
  return filled.map((entry) => ({ path, namespace: textIn(entry, 'namespace') || textIn(value, 'namespace'), name: textIn(entry, 'name'), where: 'secretGenerator' }));
}

function isFilled(value: Value | undefined): boolean {
  return Array.isArray(value) ? value.length > 0 : value !== undefined && value !== null && value !== '';
}
