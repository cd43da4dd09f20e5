import { formatIdentity, type ObjectIdentity, type Value } from '@sluice/manifests';
import { contentHash, type DesiredObject, normalise, objectKey, type Owner, type PlanProblem, type ReadObject } from '@sluice/sync-plan';
import type { Rights } from '../rights/rights.js';
import type { Discovery, Resource } from '../transport/discovery.js';
import type { Collection } from '../transport/kube-client.js';
import { collectionPath } from '../transport/resource-path.js';

/** A wanted object with where it is applied, and as whom. */
export interface PlacedObject {
  readonly key: string;
  /** `Deployment.apps shop/web` */
  readonly shown: string;
  readonly desired: DesiredObject;
  /** Of what is wanted. */
  readonly hash: string;
  readonly resource: Resource;
  readonly at: Collection;
}

export interface Placed {
  readonly objects: readonly PlacedObject[];
  /** What has no place: each an object of the commit. */
  readonly problems: readonly PlanProblem[];
}

export interface PlaceParts {
  readonly discovery: Discovery;
  readonly rights: Rights;
  readonly defaultNamespace: string;
  readonly owner: Owner;
}

/** Finds out for every object how its kind is reached, in which namespace it stands, and who may apply it. @throws ApiFailure, Unavailable when the cluster says nothing */
export async function placeObjects(read: readonly ReadObject[], parts: PlaceParts): Promise<Placed> {
  const kinds = await resourcesOf(read, parts.discovery);
  const objects: PlacedObject[] = [];
  const problems: PlanProblem[] = [];
  for (const one of read) {
    const placed = await placeOne(one, kinds.get(kindKey(one)), parts);
    if ('message' in placed) problems.push(placed);
    else objects.push(placed);
  }
  return { objects, problems };
}

async function placeOne(one: ReadObject, resource: Resource | undefined, { rights, defaultNamespace, owner }: PlaceParts): Promise<PlacedObject | PlanProblem> {
  const problem = (message: string): PlanProblem => ({ path: one.path, object: one.identity, message });
  if (!resource) return problem(`the cluster has no kind ${one.identity.kind} in ${textOf(one.value.get('apiVersion'))}, and the commit does not define it`);
  const lacks = KEPT_BY.filter((verb) => !resource.verbs.includes(verb));
  if (lacks.length > 0) return problem(`the cluster lets no ${one.identity.kind} be kept: its kind has no ${lacks.join(', ')}`);
  const normal = normalise(one, { namespaced: resource.namespaced, defaultNamespace, owner });
  if (!normal.ok) return normal.error;
  const { identity, value } = normal.value;
  const actor = await rights.actorFor(resource, identity.namespace);
  if (!actor.ok) return { ...problem(actor.error), object: identity };
  return { key: objectKey(identity), shown: formatIdentity(identity), desired: normal.value, hash: contentHash(value), resource, at: { path: collectionPath(resource, identity.namespace), as: actor.value } };
}

/** What is done with an object; kinds of questions, such as SubjectAccessReview, have less. */
const KEPT_BY = ['get', 'list', 'patch', 'delete'];

/** Every kind once; those that the commit itself defines are known before the cluster serves them. */
async function resourcesOf(read: readonly ReadObject[], discovery: Discovery): Promise<ReadonlyMap<string, Resource>> {
  const defined = new Map(read.flatMap(definedBy).map((resource) => [`${resource.group}/${resource.version} ${resource.kind}`, resource]));
  const found = new Map<string, Resource>();
  for (const one of new Map(read.map((object) => [kindKey(object), object])).values()) {
    const key = kindKey(one);
    const resource = defined.get(key) ?? (await discovery.resource(textOf(one.value.get('apiVersion')), one.identity.kind));
    if (resource) found.set(key, resource);
  }
  return found;
}

const VERBS = ['get', 'list', 'watch', 'create', 'patch', 'delete'];

function definedBy({ identity, value }: ReadObject): readonly Resource[] {
  if (identity.kind !== 'CustomResourceDefinition' || identity.group !== 'apiextensions.k8s.io') return [];
  const spec = mapOf(value.get('spec'));
  const names = mapOf(spec?.get('names'));
  const versions = spec?.get('versions');
  const [group, kind, plural] = [textOf(spec?.get('group')), textOf(names?.get('kind')), textOf(names?.get('plural'))];
  return (Array.isArray(versions) ? versions : []).map((version: Value) => ({ group, version: textOf(mapOf(version)?.get('name')), kind, plural, namespaced: spec?.get('scope') === 'Namespaced', verbs: VERBS }));
}

function kindKey({ identity, value }: { readonly identity: ObjectIdentity; readonly value: ReadObject['value'] }): string {
  return `${textOf(value.get('apiVersion'))} ${identity.kind}`;
}

function mapOf(value: Value | undefined): ReadonlyMap<string, Value> | undefined {
  return value instanceof Map ? (value as ReadonlyMap<string, Value>) : undefined;
}

function textOf(value: Value | undefined): string {
  return typeof value === 'string' ? value : '';
}
