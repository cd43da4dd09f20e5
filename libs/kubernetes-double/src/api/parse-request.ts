/** What a request asks for: https://kubernetes.io/docs/reference/access-authn-authz/authorization/#review-your-request-attributes */
export interface ResourceRequest {
  readonly kind: 'resource';
  readonly verb: string;
  readonly group: string;
  readonly version: string;
  readonly plural: string;
  readonly namespace: string;
  readonly name: string;
  readonly subresource: string;
  readonly path: string;
  readonly query: URLSearchParams;
}

export interface PathRequest {
  readonly kind: 'path';
  readonly verb: string;
  readonly path: string;
  readonly query: URLSearchParams;
}

export type ParsedRequest = ResourceRequest | PathRequest;

const NAMESPACE_PARTS = ['status', 'finalize'];

export function parseRequest(method: string, target: string): ParsedRequest {
  const url = new URL(target, 'https://double.invalid');
  const path = url.pathname;
  const query = url.searchParams;
  const parts = path.split('/').filter((part) => part !== '').map(decodeURIComponent);
  const [root, ...rest] = parts;
  const place = root === 'api' ? { group: '', version: rest[0], rest: rest.slice(1) } : { group: rest[0] ?? '', version: rest[1], rest: rest.slice(2) };
  if ((root !== 'api' && root !== 'apis') || place.version === undefined || place.rest.length === 0) return { kind: 'path', verb: method.toLowerCase(), path, query };
  const { namespace, plural, name, subresource } = located(place.rest);
  const verb = verbOf(method, name, query);
  return { kind: 'resource', verb, group: place.group, version: place.version, plural, namespace, name, subresource, path, query };
}

function located(parts: readonly string[]): { namespace: string; plural: string; name: string; subresource: string } {
  const [first = '', second = '', third = '', ...others] = parts;
  const inNamespace = first === 'namespaces' && third !== '' && !(NAMESPACE_PARTS.includes(third) && others.length === 0);
  if (!inNamespace) return { namespace: first === 'namespaces' ? second : '', plural: first, name: second, subresource: [third, ...others].filter((part) => part !== '').join('/') };
  const [name = '', ...subresource] = others;
  return { namespace: second, plural: third, name, subresource: subresource.join('/') };
}

function verbOf(method: string, name: string, query: URLSearchParams): string {
  switch (method) {
    case 'GET':
    case 'HEAD':
      if (isTrue(query.get('watch'))) return 'watch';
      return name === '' ? 'list' : 'get';
    case 'POST':
      return 'create';
    case 'PUT':
      return 'update';
    case 'PATCH':
      return 'patch';
    case 'DELETE':
      return name === '' ? 'deletecollection' : 'delete';
    default:
      return method.toLowerCase();
  }
}

export function isTrue(text: string | null): boolean {
  return text === '' || text === '1' || text === 'true';
}
