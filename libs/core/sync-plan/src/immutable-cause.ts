import { printableLine } from '@sluice/kernel';
import type { ObjectIdentity, Value } from '@sluice/manifests';
import { ANNOTATIONS, annotationOf } from './annotations.js';
import { kindName } from './stages/kind-order.js';

/** A field of the object that the API server does not let be changed. */
export interface ImmutableField {
  readonly field: string;
  readonly message: string;
}

/**
 * What a refused apply means for the object. `other`: the refusal has, at least in part, another cause: deleting the object would not help, or lose it. `recreate`: every cause is an immutable field, and
 * nothing is lost with the object but time. `refuse`: it is immutable, and stays as it is until a person acts; `why` says what to do.
 */
export type ImmutableVerdict =
  | { readonly kind: 'other' }
  | { readonly kind: 'recreate'; readonly fields: readonly ImmutableField[] }
  | { readonly kind: 'refuse'; readonly fields: readonly ImmutableField[]; readonly why: string };

interface Wording {
  readonly kinds?: readonly string[];
  readonly text: RegExp;
}

// k8s.io/apimachinery/pkg/api/validation (FieldImmutableErrorMsg), k8s.io/kubernetes/pkg/apis/{core,rbac,storage,apps,scheduling,batch}/validation
const WORDINGS: readonly Wording[] = [
  { text: /^field is immutable(?!\w)/ },
  { text: /^cannot change roleRef$/, kinds: ['RoleBinding.rbac.authorization.k8s.io', 'ClusterRoleBinding.rbac.authorization.k8s.io'] },
  { text: /^updates to (parameters|provisioner|reclaimPolicy|volumeBindingMode|allowedTopologies) are forbidden\.?$/, kinds: ['StorageClass.storage.k8s.io'] },
  { text: /^may not be changed in an update\.?$/, kinds: ['PriorityClass.scheduling.k8s.io'] },
  { text: /^pod updates may not change fields other than /, kinds: ['Pod'] },
  { text: /^(may not change once set|primary clusterIP can not be unset)$/, kinds: ['Service'] },
  { text: /^spec is immutable after creation except /, kinds: ['PersistentVolumeClaim'] },
  { text: /^spec\.persistentvolumesource is immutable after creation/, kinds: ['PersistentVolume'] },
  { text: /^updates to statefulset spec for fields other than /, kinds: ['StatefulSet.apps'] },
];

/** With the object go data, or everything that stands in it. */
const NEVER = ['PersistentVolumeClaim', 'PersistentVolume', 'StatefulSet.apps', 'Namespace', 'CustomResourceDefinition.apiextensions.k8s.io'];

const BUILT_IN_GROUP = /^(|apps|batch|autoscaling|policy|extensions|[a-z.]+\.k8s\.io)$/;
const MAX_FIELDS = 20;

/**
 * Reads the Status that the API server answers an apply with (HTTP 422, reason Invalid, a cause for each field). Whatever the body is, it never throws.
 * Custom resources may stand for data elsewhere, so they are recreated only if the object says `sluice.dev/recreate: enabled`; `disabled` refuses it for any object.
 * @param status the parsed body of the answer.
 */
export function immutableCause(identity: ObjectIdentity, status: unknown, desired?: Value): ImmutableVerdict {
  const causes = causesOf(status);
  if (causes.length === 0 || !causes.every((cause) => isImmutable(identity, cause))) return { kind: 'other' };
  const fields = causes.slice(0, MAX_FIELDS).map(({ field, message }) => ({ field: printableLine(field), message: printableLine(reasonOf(message), 300) }));
  const why = whyNot(identity, annotationOf(desired, ANNOTATIONS.recreate)?.trim());
  return why === undefined ? { kind: 'recreate', fields } : { kind: 'refuse', fields, why };
}

function whyNot(identity: ObjectIdentity, asked: string | undefined): string | undefined {
  const name = identity.kind;
  if (NEVER.includes(kindName(identity))) return `a ${name} is never deleted to change it, because data or other objects would go with it: change it back in git, or replace it by hand`;
  if (asked !== undefined && asked !== 'enabled') return `it has ${ANNOTATIONS.recreate}: ${printableLine(asked, 40)}: change it back in git, or delete it by hand`;
  if (asked === undefined && !BUILT_IN_GROUP.test(identity.group)) return `what goes with a ${kindName(identity)} is not known here: change it back in git, delete it by hand, or allow it with the annotation ${ANNOTATIONS.recreate}: enabled`;
  return undefined;
}

function isImmutable(identity: ObjectIdentity, { message }: ImmutableField): boolean {
  const reason = reasonOf(message);
  return WORDINGS.some(({ text, kinds }) => (kinds === undefined || kinds.includes(kindName(identity))) && text.test(reason));
}

/** Of "Invalid value: <the value>: field is immutable" the end, as the value is anything, and may be secret; of "Forbidden: …" what follows. */
function reasonOf(message: string): string {
  const said = message.replace(/^Forbidden: /, '');
  return (said.startsWith('Invalid value: ') ? said.slice(said.lastIndexOf(': ') + 2) : said).trim();
}

function causesOf(status: unknown): ImmutableField[] {
  const body = asMap(status);
  if (body?.['kind'] !== 'Status' || body['reason'] !== 'Invalid' || body['code'] !== 422) return [];
  const causes = asMap(body['details'])?.['causes'];
  if (!Array.isArray(causes)) return [];
  // a cause that cannot be read is another cause
  return causes.map((cause: unknown) => ({ field: textOf(asMap(cause)?.['field']), message: textOf(asMap(cause)?.['message']) }));
}

function asMap(value: unknown): Readonly<Record<string, unknown>> | undefined {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Readonly<Record<string, unknown>>) : undefined;
}

function textOf(value: unknown): string {
  return typeof value === 'string' ? value : '';
}
