import { ApiError, forbidden } from '../api/api-error.js';
import { listAt, objectAt, textAt } from '../api/json.js';
import type { ParsedRequest } from '../api/parse-request.js';
import type { AdmissionRequest, User } from '../api/world.js';
import type { Store } from '../storage/store.js';
import { cannot } from './authenticate.js';
import { escalating, isAllowed, rulesFor, rulesOf, type Attributes } from './rbac.js';

function attributesOf(request: ParsedRequest): Attributes {
  if (request.kind === 'path') return { verb: request.verb, group: '', resource: '', namespace: '', name: '', path: request.path };
  const { verb, group, plural, subresource, namespace, name } = request;
  return { verb, group, resource: subresource === '' ? plural : `${plural}/${subresource}`, namespace, name };
}

/** https://kubernetes.io/docs/reference/access-authn-authz/authorization/ @throws ApiError 403 */
export function requireAllowed(store: Store, user: User, request: ParsedRequest): void {
  const attributes = attributesOf(request);
  if (isAllowed(store, user, attributes)) return;
  if (attributes.path !== undefined) throw new ApiError(403, 'Forbidden', `forbidden: ${cannot(user, attributes)}`);
  const { group, plural, name } = request as Extract<ParsedRequest, { kind: 'resource' }>;
  throw forbidden({ group, plural }, name, cannot(user, attributes));
}

const RBAC = 'rbac.authorization.k8s.io';

/**
 * Nobody gives rights that he has not, unless the verbs `escalate` and `bind` say so.
 * https://kubernetes.io/docs/reference/access-authn-authz/rbac/#privilege-escalation-prevention-and-bootstrapping
 */
export function refuseEscalation(store: Store, request: AdmissionRequest): void {
  const { resource, object, user, namespace, name } = request;
  if (resource.group !== RBAC || object === undefined || request.operation === 'DELETE') return;
  const isRole = resource.plural.endsWith('roles');
  const role = objectAt(object, 'roleRef');
  const special = isRole
    ? { verb: 'escalate', group: RBAC, resource: resource.plural, namespace, name }
    : { verb: 'bind', group: RBAC, resource: role['kind'] === 'ClusterRole' ? 'clusterroles' : 'roles', namespace, name: textAt(role, 'name') };
  if (isAllowed(store, user, special)) return;
  const missing = escalating(rulesFor(store, user, namespace), isRole ? listAt(object, 'rules') : rulesOf(store, object));
  if (missing.length === 0) return;
  const groups = user.groups.map((group) => JSON.stringify(group)).join(' ');
  throw forbidden(resource, name, `user "${user.name}" (groups=[${groups}]) is attempting to grant RBAC permissions not currently held:\n${missing.map((rule) => JSON.stringify(rule)).join('\n')}`);
}
