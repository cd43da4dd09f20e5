import type { IncomingHttpHeaders } from 'node:http';
import { ApiError, forbidden, internal, unauthorized } from '../api/api-error.js';
import type { User } from '../api/world.js';
import type { Store } from '../storage/store.js';
import { isAllowed, type Attributes } from './rbac.js';

const AUTHENTICATED = 'system:authenticated';
const ANONYMOUS: User = { name: 'system:anonymous', groups: ['system:unauthenticated'] };

/** https://kubernetes.io/docs/reference/access-authn-authz/authentication/#putting-a-bearer-token-in-a-request */
export function authenticate(headers: IncomingHttpHeaders, tokens: ReadonlyMap<string, User>): User {
  const header = headers.authorization;
  if (header === undefined) return ANONYMOUS;
  const token = /^Bearer (\S+)$/i.exec(header)?.[1];
  const user = token === undefined ? undefined : tokens.get(token);
  if (user === undefined) throw unauthorized();
  return withGroup(user, AUTHENTICATED);
}

function withGroup(user: User, group: string): User {
  return user.groups.includes(group) ? user : { ...user, groups: [...user.groups, group] };
}

/** https://kubernetes.io/docs/reference/access-authn-authz/service-accounts-admin/: who a pod's token stands for. */
export function serviceAccountUser(namespace: string, name: string): User {
  return { name: `system:serviceaccount:${namespace}:${name}`, groups: ['system:serviceaccounts', `system:serviceaccounts:${namespace}`] };
}

/** https://kubernetes.io/docs/reference/access-authn-authz/authentication/#user-impersonation */
export function impersonated(headers: IncomingHttpHeaders, user: User, store: Store): User {
  const name = one(headers['impersonate-user']);
  const groups = many(headers['impersonate-group']);
  const others = Object.keys(headers).filter((header) => header === 'impersonate-uid' || header.startsWith('impersonate-extra-'));
  if (name === undefined) {
    if (groups.length + others.length > 0) throw internal(`requested ${JSON.stringify([...groups, ...others])} without impersonating a user`);
    return user;
  }
  if (others.length > 0) throw new ApiError(501, 'NotImplemented', `the Kubernetes double does not know this: ${others.join(', ')}`);
  for (const wanted of [subjectAttributes(name), ...groups.map((group) => attributesOf('groups', group, ''))]) {
    if (!isAllowed(store, user, wanted)) throw forbidden({ group: '', plural: wanted.resource }, wanted.name, cannot(user, wanted));
  }
  const account = serviceAccountOf(name);
  const given = groups.length === 0 && account ? serviceAccountUser(account.namespace, account.name).groups : groups;
  return withGroup({ name, groups: given }, AUTHENTICATED);
}

function attributesOf(resource: string, name: string, namespace: string): Attributes {
  return { verb: 'impersonate', group: '', resource, name, namespace };
}

function subjectAttributes(name: string): Attributes {
  const account = serviceAccountOf(name);
  return account ? attributesOf('serviceaccounts', account.name, account.namespace) : attributesOf('users', name, '');
}

function serviceAccountOf(user: string): { readonly namespace: string; readonly name: string } | undefined {
  const [, namespace, name] = /^system:serviceaccount:([^:]+):([^:]+)$/.exec(user) ?? [];
  return namespace === undefined || name === undefined ? undefined : { namespace, name };
}

function one(header: string | string[] | undefined): string | undefined {
  return Array.isArray(header) ? header[0] : header;
}

/** Node joins repeated headers with a comma. */
function many(header: string | string[] | undefined): string[] {
  if (header === undefined) return [];
  return (Array.isArray(header) ? header : header.split(',')).map((part) => part.trim());
}

/** The text of a refusal by RBAC. */
export function cannot(user: User, { verb, group, resource, namespace, path }: Attributes): string {
  if (path !== undefined) return `User "${user.name}" cannot ${verb} path "${path}"`;
  const where = namespace === '' ? 'at the cluster scope' : `in the namespace "${namespace}"`;
  return `User "${user.name}" cannot ${verb} resource "${resource}" in API group "${group}" ${where}`;
}
