import { isObject, listAt, objectAt, textAt, textsAt, type Json, type KubeObject } from '../api/json.js';
import type { User } from '../api/world.js';
import type { Store } from '../storage/store.js';

/** What a request wants to do: https://kubernetes.io/docs/reference/access-authn-authz/authorization/#review-your-request-attributes */
export interface Attributes {
  readonly verb: string;
  readonly group: string;
  /** With the subresource: `pods/log`. */
  readonly resource: string;
  readonly namespace: string;
  readonly name: string;
  /** Of a request for no resource, such as `/version`. */
  readonly path?: string;
}

const RBAC = 'rbac.authorization.k8s.io';
const MASTERS = 'system:masters';

/** https://kubernetes.io/docs/reference/access-authn-authz/rbac/ */
export function isAllowed(store: Store, user: User, attributes: Attributes): boolean {
  if (user.groups.includes(MASTERS)) return true;
  return rulesFor(store, user, attributes.namespace).some((rule) => ruleAllows(rule, attributes));
}

/** The rules that a user has in a namespace, from bindings there and cluster-wide ones. */
export function rulesFor(store: Store, user: User, namespace: string): Json[] {
  if (user.groups.includes(MASTERS)) return EVERYTHING;
  const wide = store.list({ group: RBAC, plural: 'clusterrolebindings' });
  const local = namespace === '' ? [] : store.list({ group: RBAC, plural: 'rolebindings' }, namespace);
  return [...wide, ...local].filter((binding) => isBound(binding, user)).flatMap((binding) => rulesOf(store, binding));
}

const EVERYTHING: Json[] = [
  { verbs: ['*'], apiGroups: ['*'], resources: ['*'] },
  { verbs: ['*'], nonResourceURLs: ['*'] },
];

/** https://kubernetes.io/docs/reference/access-authn-authz/rbac/#referring-to-subjects */
function isBound(binding: KubeObject, user: User): boolean {
  return listAt(binding, 'subjects').some((subject) => {
    const name = textAt(subject, 'name');
    switch (textAt(subject, 'kind')) {
      case 'User':
        return user.name === name;
      case 'Group':
        return user.groups.includes(name);
      case 'ServiceAccount':
        return user.name === `system:serviceaccount:${textAt(subject, 'namespace') || (binding.metadata.namespace ?? '')}:${name}`;
      default:
        return false;
    }
  });
}

/** The rules of what a binding refers to; a role that is not there gives none. */
export function rulesOf(store: Store, binding: KubeObject): Json[] {
  const { name, kind } = objectAt(binding, 'roleRef');
  const role =
    kind === 'ClusterRole'
      ? store.get({ group: RBAC, plural: 'clusterroles' }, '', String(name))
      : store.get({ group: RBAC, plural: 'roles' }, binding.metadata.namespace ?? '', String(name));
  return roleRules(store, role);
}

/** https://kubernetes.io/docs/reference/access-authn-authz/rbac/#aggregated-clusterroles */
function roleRules(store: Store, role: KubeObject | undefined): Json[] {
  return role?.['aggregationRule'] === undefined ? listAt(role, 'rules') : aggregatedRules(store, role);
}

/** The rules of all ClusterRoles that one is made of. */
export function aggregatedRules(store: Store, role: KubeObject): Json[] {
  const selectors = listAt(role, 'aggregationRule', 'clusterRoleSelectors').map((selector) => objectAt(selector, 'matchLabels'));
  const fits = (one: KubeObject): boolean => selectors.some((labels) => Object.entries(labels).every(([key, value]) => objectAt(one, 'metadata', 'labels')[key] === value));
  return store.list({ group: RBAC, plural: 'clusterroles' }).filter((one) => fits(one) && one.metadata.name !== role.metadata.name).flatMap((one) => listAt(one, 'rules'));
}

function ruleAllows(rule: Json, attributes: Attributes): boolean {
  const has = (field: string, value: string): boolean => textsAt(rule, field).some((one) => one === '*' || one === value);
  if (!has('verbs', attributes.verb)) return false;
  if (attributes.path !== undefined) return pathAllowed(textsAt(rule, 'nonResourceURLs'), attributes.path);
  return has('apiGroups', attributes.group) && resourceAllowed(textsAt(rule, 'resources'), attributes.resource) && nameAllowed(textsAt(rule, 'resourceNames'), attributes.name);
}

function pathAllowed(patterns: readonly string[], path: string): boolean {
  return patterns.some((pattern) => pattern === path || (pattern.endsWith('*') && path.startsWith(pattern.slice(0, -1))));
}

function resourceAllowed(resources: readonly string[], resource: string): boolean {
  const [, subresource] = resource.split('/');
  return resources.some((one) => one === '*' || one === resource || (subresource !== undefined && one === `*/${subresource}`));
}

/** https://kubernetes.io/docs/reference/access-authn-authz/rbac/#referring-to-resources: a rule with names says nothing of a request that has none. */
function nameAllowed(names: readonly string[], name: string): boolean {
  return names.length === 0 || names.includes(name);
}

/**
 * Rules that a user would give without having them.
 * https://kubernetes.io/docs/reference/access-authn-authz/rbac/#privilege-escalation-prevention-and-bootstrapping
 */
export function escalating(held: readonly Json[], wanted: readonly Json[]): Json[] {
  return wanted.filter((rule) => !pieces(rule).every((piece) => held.some((own) => covers(own, piece))));
}

interface Piece {
  readonly verb: string;
  readonly group?: string;
  readonly resource?: string;
  readonly name?: string;
  readonly path?: string;
}

function pieces(rule: Json): Piece[] {
  const verbs = textsAt(rule, 'verbs');
  const paths = textsAt(rule, 'nonResourceURLs').flatMap((path) => verbs.map((verb) => ({ verb, path })));
  const names = textsAt(rule, 'resourceNames');
  const resources = textsAt(rule, 'apiGroups').flatMap((group) =>
    textsAt(rule, 'resources').flatMap((resource) => verbs.flatMap((verb) => (names.length === 0 ? [{ verb, group, resource }] : names.map((name) => ({ verb, group, resource, name }))))),
  );
  return [...paths, ...resources];
}

function covers(own: Json, { verb, group = '', resource = '', name = '', path }: Piece): boolean {
  return isObject(own) && ruleAllows(own, { verb, group, resource, name, namespace: '', ...(path === undefined ? {} : { path }) });
}
