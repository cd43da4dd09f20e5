import type { Catalogue } from './catalogue.js';
import type { JsonObject } from './json.js';
import { apiVersionOf, type Resource } from './resource.js';

const AGGREGATED = /application\/json;(?=[^,]*g=apidiscovery\.k8s\.io)(?=[^,]*v=v2(?:;|,|$))(?=[^,]*as=APIGroupDiscoveryList)/;
export const AGGREGATED_TYPE = 'application/json;g=apidiscovery.k8s.io;v=v2;as=APIGroupDiscoveryList';

/** https://kubernetes.io/docs/concepts/overview/kubernetes-api/#discovery-api */
export function wantsAggregated(accept: string): boolean {
  return AGGREGATED.test(accept.replaceAll(' ', ''));
}

interface GroupVersions {
  readonly group: string;
  readonly versions: readonly string[];
}

/** Groups in the order in which a server lists them: its own first, those of custom resources after them. */
function groupsOf(catalogue: Catalogue): GroupVersions[] {
  const versions = new Map<string, Set<string>>();
  for (const { group, version } of catalogue.all()) versions.set(group, (versions.get(group) ?? new Set()).add(version));
  return [...versions].map(([group, found]) => ({ group, versions: [...found] }));
}

/** `/api` */
export function legacyVersions(host: string): JsonObject {
  return { kind: 'APIVersions', versions: ['v1'], serverAddressByClientCIDRs: [{ clientCIDR: '0.0.0.0/0', serverAddress: host }] };
}

/** `/apis` */
export function groupList(catalogue: Catalogue): JsonObject {
  const groups = groupsOf(catalogue).filter(({ group }) => group !== '');
  return { kind: 'APIGroupList', apiVersion: 'v1', groups: groups.map(groupEntry) };
}

/** `/apis/<group>`; `undefined` when there is no such group. */
export function groupDocument(catalogue: Catalogue, group: string): JsonObject | undefined {
  const found = groupsOf(catalogue).find((one) => one.group === group);
  return found && { kind: 'APIGroup', apiVersion: 'v1', ...groupEntry(found) };
}

function groupEntry({ group, versions }: GroupVersions): JsonObject {
  const entries = versions.map((version) => ({ groupVersion: `${group}/${version}`, version }));
  return { name: group, versions: entries, preferredVersion: { ...entries[0] } };
}

/** `/api/v1` and `/apis/<group>/<version>` */
export function resourceList(catalogue: Catalogue, group: string, version: string): JsonObject {
  const resources = catalogue.all().filter((one) => one.group === group && one.version === version);
  const groupVersion = apiVersionOf({ group, version });
  return { kind: 'APIResourceList', ...(group === '' ? {} : { apiVersion: 'v1' }), groupVersion, resources: resources.flatMap(resourceEntries) };
}

function resourceEntries(resource: Resource): JsonObject[] {
  const { plural, singular, kind, namespaced, verbs, shortNames, categories } = resource;
  const names = { ...(shortNames.length > 0 ? { shortNames: [...shortNames] } : {}), ...(categories.length > 0 ? { categories: [...categories] } : {}) };
  const main: JsonObject = { name: plural, singularName: singular, namespaced, kind, verbs: [...verbs], ...names };
  return [main, ...subresources(resource).map((sub) => ({ name: `${plural}/${sub.name}`, singularName: '', namespaced, kind: sub.kind, verbs: [...sub.verbs] }))];
}

interface Subresource {
  readonly name: string;
  readonly kind: string;
  readonly verbs: readonly string[];
}

function subresources({ plural, group, kind, status }: Resource): Subresource[] {
  return [
    ...(group === '' && plural === 'namespaces' ? [{ name: 'finalize', kind: 'Namespace', verbs: ['update'] }] : []),
    ...(group === '' && plural === 'pods' ? [{ name: 'log', kind: 'Pod', verbs: ['get'] }] : []),
    ...(status ? [{ name: 'status', kind, verbs: ['get', 'patch', 'update'] }] : []),
  ];
}

/** The whole catalogue in one answer, `/api` or `/apis` by content negotiation. */
export function aggregated(catalogue: Catalogue, legacy: boolean): JsonObject {
  const groups = groupsOf(catalogue).filter(({ group }) => (group === '') === legacy);
  return { kind: 'APIGroupDiscoveryList', apiVersion: 'apidiscovery.k8s.io/v2', metadata: {}, items: groups.map((group) => aggregatedGroup(catalogue, group)) };
}

function aggregatedGroup(catalogue: Catalogue, { group, versions }: GroupVersions): JsonObject {
  const ofVersion = (version: string): JsonObject[] => catalogue.all().filter((one) => one.group === group && one.version === version).map(aggregatedResource);
  const entries = versions.map((version) => ({ version, resources: ofVersion(version), freshness: 'Current' }));
  return { metadata: { ...(group === '' ? {} : { name: group }), creationTimestamp: null }, versions: entries };
}

function aggregatedResource(resource: Resource): JsonObject {
  const { group, version, plural, singular, kind, namespaced, verbs, shortNames, categories } = resource;
  const kindOf = (name: string): JsonObject => ({ group, version, kind: name });
  const subs = subresources(resource).map((sub) => ({ subresource: sub.name, responseKind: kindOf(sub.kind), verbs: [...sub.verbs] }));
  return {
    resource: plural,
    responseKind: kindOf(kind),
    scope: namespaced ? 'Namespaced' : 'Cluster',
    singularResource: singular,
    verbs: [...verbs],
    ...(shortNames.length > 0 ? { shortNames: [...shortNames] } : {}),
    ...(categories.length > 0 ? { categories: [...categories] } : {}),
    ...(subs.length > 0 ? { subresources: subs } : {}),
  };
}
