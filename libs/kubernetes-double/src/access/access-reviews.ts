import { badRequest } from '../api/api-error.js';
import { isObject, objectAt, textAt, textsAt, type Json, type JsonObject } from '../api/json.js';
import { acceptObject } from '../api/accept-object.js';
import { mediaType, readObject } from '../api/read-body.js';
import type { Answer, Call, User } from '../api/world.js';
import { isAllowed, rulesFor, type Attributes } from './rbac.js';
import { readReview } from './review-protobuf.js';

/** Answers the reviews of authorization.k8s.io: https://kubernetes.io/docs/reference/access-authn-authz/authorization/#checking-api-access */
export function answerReview(call: Call): Answer {
  const given = mediaType(call.contentType) === 'application/vnd.kubernetes.protobuf' ? readReview(call.body) : readObject(call);
  const review = acceptObject(call, { metadata: {}, ...given });
  const body: JsonObject = { ...review, metadata: { creationTimestamp: null }, status: statusOf(call, review) };
  return { code: 201, body };
}

function statusOf(call: Call, review: JsonObject): JsonObject {
  const { store } = call.world;
  switch (call.resource.kind) {
    case 'SelfSubjectRulesReview':
      return rulesStatus(rulesFor(store, call.user, requiredNamespace(review)));
    case 'SubjectAccessReview':
      return accessStatus(call, { name: textAt(review, 'spec', 'user'), groups: textsAt(review, 'spec', 'groups') }, review);
    default:
      return accessStatus(call, call.user, review);
  }
}

function requiredNamespace(review: JsonObject): string {
  const namespace = textAt(review, 'spec', 'namespace');
  if (namespace === '') throw badRequest('no namespace on request');
  return namespace;
}

function accessStatus(call: Call, user: User, review: JsonObject): JsonObject {
  const allowed = isAllowed(call.world.store, user, attributesIn(review));
  return { allowed, ...(allowed ? { reason: 'RBAC: allowed' } : {}) };
}

function attributesIn(review: JsonObject): Attributes {
  const spec = objectAt(review, 'spec');
  const [resource, other] = [spec['resourceAttributes'], spec['nonResourceAttributes']];
  if (isObject(resource) === isObject(other)) throw badRequest('exactly one of nonResourceAttributes or resourceAttributes must be specified');
  if (isObject(other)) return { verb: textAt(other, 'verb'), group: '', resource: '', namespace: '', name: '', path: textAt(other, 'path') };
  const subresource = textAt(resource, 'subresource');
  const plural = textAt(resource, 'resource');
  return {
    verb: textAt(resource, 'verb'),
    group: textAt(resource, 'group'),
    resource: subresource === '' ? plural : `${plural}/${subresource}`,
    namespace: textAt(resource, 'namespace'),
    name: textAt(resource, 'name'),
  };
}

function rulesStatus(rules: readonly Json[]): JsonObject {
  const resourceRules = rules.filter((rule) => textsAt(rule, 'resources').length > 0);
  const nonResourceRules = rules.filter((rule) => textsAt(rule, 'nonResourceURLs').length > 0);
  return { resourceRules, nonResourceRules, incomplete: false };
}
