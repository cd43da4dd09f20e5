import type { JsonObject } from './json.js';

/** What of a resource stands in the messages of a Status. */
export interface Named {
  readonly group: string;
  readonly plural: string;
  readonly kind: string;
}

export interface Cause {
  readonly reason: string;
  readonly message: string;
  readonly field: string;
}

/**
 * A refusal, which goes over the wire as a `Status` object.
 * Reasons, codes and texts: https://kubernetes.io/docs/reference/kubernetes-api/common-definitions/status/ and the errors of k8s.io/apimachinery.
 */
export class ApiError extends Error {
  readonly details: JsonObject;
  readonly headers: Readonly<Record<string, string>>;
  /** Of the Status object: `continue` for the rest of a list. */
  readonly metadata: JsonObject;

  constructor(
    readonly code: number,
    readonly reason: string,
    message: string,
    { details = {}, headers = {}, metadata = {} }: Partial<Pick<ApiError, 'details' | 'headers' | 'metadata'>> = {},
  ) {
    super(message);
    this.details = details;
    this.headers = headers;
    this.metadata = metadata;
  }
}

export function statusOf(error: ApiError): JsonObject {
  return {
    kind: 'Status',
    apiVersion: 'v1',
    metadata: error.metadata,
    status: 'Failure',
    message: error.message,
    ...(error.reason === '' ? {} : { reason: error.reason }),
    ...(Object.keys(error.details).length === 0 && error.code !== 404 ? {} : { details: error.details }),
    code: error.code,
  };
}

function qualified({ group, plural }: { readonly group: string; readonly plural: string }): string {
  return group === '' ? plural : `${plural}.${group}`;
}

function detailsOf({ group, plural }: { readonly group: string; readonly plural: string }, name: string): JsonObject {
  return { ...(name === '' ? {} : { name }), ...(group === '' ? {} : { group }), kind: plural };
}

export function notFound(resource: Named, name: string): ApiError {
  return new ApiError(404, 'NotFound', `${qualified(resource)} "${name}" not found`, { details: detailsOf(resource, name) });
}

export function noSuchResource(): ApiError {
  return new ApiError(404, 'NotFound', 'the server could not find the requested resource');
}

export function alreadyExists(resource: Named, name: string): ApiError {
  return new ApiError(409, 'AlreadyExists', `${qualified(resource)} "${name}" already exists`, { details: detailsOf(resource, name) });
}

export function conflict(resource: Named, name: string, why: string): ApiError {
  return new ApiError(409, 'Conflict', `Operation cannot be fulfilled on ${qualified(resource)} "${name}": ${why}`, { details: detailsOf(resource, name) });
}

export const MODIFIED = 'the object has been modified; please apply your changes to the latest version and try again';

export function badRequest(message: string): ApiError {
  return new ApiError(400, 'BadRequest', message);
}

export function invalid(resource: Named, name: string, causes: readonly Cause[]): ApiError {
  const group = resource.group === '' ? '' : `.${resource.group}`;
  const texts = causes.map(({ field, message }) => `${field}: ${message}`);
  const all = texts.length === 1 ? texts[0] : `[${texts.join(', ')}]`;
  const details = { ...detailsOf(resource, name), kind: resource.kind, causes: causes.map((cause) => ({ ...cause })) };
  return new ApiError(422, 'Invalid', `${resource.kind}${group} "${name}" is invalid: ${all}`, { details });
}

export function forbidden(resource: { readonly group: string; readonly plural: string }, name: string, why: string): ApiError {
  return new ApiError(403, 'Forbidden', `${qualified(resource)}${name === '' ? '' : ` "${name}"`} is forbidden: ${why}`, { details: detailsOf(resource, name) });
}

export function unauthorized(): ApiError {
  return new ApiError(401, 'Unauthorized', 'Unauthorized');
}

export function methodNotAllowed(): ApiError {
  return new ApiError(405, 'MethodNotAllowed', 'the server does not allow this method on the requested resource');
}

export function unsupportedMediaType(accepted: readonly string[]): ApiError {
  return new ApiError(415, 'UnsupportedMediaType', `the body of the request was in an unknown format - accepted media types include: ${accepted.join(', ')}`);
}

export function notAcceptable(accepted: readonly string[]): ApiError {
  return new ApiError(406, 'NotAcceptable', `only the following media types are accepted: ${accepted.join(', ')}`);
}

export function expired(message: string, metadata: JsonObject = {}): ApiError {
  return new ApiError(410, 'Expired', message, { metadata });
}

export function tooManyRequests(retryAfterSeconds: number): ApiError {
  const details = { retryAfterSeconds };
  return new ApiError(429, 'TooManyRequests', 'Too many requests, please try again later.', { details, headers: { 'retry-after': String(retryAfterSeconds) } });
}

export function internal(message: string): ApiError {
  return new ApiError(500, 'InternalError', `Internal error occurred: ${message}`, { details: { causes: [{ message }] } });
}

/** Not an answer of a real server: the double says what it does not know instead of guessing. */
export class NotInDouble extends ApiError {
  constructor(what: string) {
    super(501, 'NotImplemented', `the Kubernetes double does not know this: ${what}`);
  }
}
