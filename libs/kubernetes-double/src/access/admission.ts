import { ApiError, badRequest, internal } from '../api/api-error.js';
import { listAt, objectAt, textAt, textsAt, type Json, type JsonObject } from '../api/json.js';
import type { AdmissionRequest } from '../api/world.js';
import type { Store } from '../storage/store.js';

/** A refusal: its text, and a code other than that of a webhook that gives none. */
export interface Refusal {
  readonly message: string;
  readonly code?: number;
  readonly reason?: string;
}

/** What the test says of a request; `undefined`: it may pass. */
export type Judge = (request: AdmissionRequest) => Refusal | undefined | Promise<Refusal | undefined>;

/**
 * Validating admission by webhooks, whose answers are given by the test instead of a service.
 * https://kubernetes.io/docs/reference/access-authn-authz/extensible-admission-controllers/
 */
export class Admission {
  private readonly judges = new Map<string, Judge>();

  constructor(private readonly store: Store) {}

  /** The test answers for the webhook of this name. Without an object that configures it, it is asked about every request. */
  answer(webhook: string, judge: Judge): void {
    this.judges.set(webhook, judge);
  }

  forget(webhook: string): void {
    this.judges.delete(webhook);
  }

  async review(request: AdmissionRequest): Promise<void> {
    if (request.resource.group === 'admissionregistration.k8s.io') return; // never asked about themselves
    const configured = this.configured();
    for (const [name, judge] of this.judges) if (!configured.some((webhook) => textAt(webhook, 'name') === name)) await consult(name, judge, request);
    for (const webhook of configured.filter((one) => this.isMatched(one, request))) await this.call(webhook, request);
  }

  private configured(): JsonObject[] {
    const group = 'admissionregistration.k8s.io';
    const objects = ['mutatingwebhookconfigurations', 'validatingwebhookconfigurations'].flatMap((plural) => this.store.list({ group, plural }));
    return objects.flatMap((object) => listAt(object, 'webhooks')).map((webhook) => objectAt(webhook));
  }

  private async call(webhook: JsonObject, request: AdmissionRequest): Promise<void> {
    const name = textAt(webhook, 'name');
    const effects = textAt(webhook, 'sideEffects');
    // https://kubernetes.io/docs/reference/access-authn-authz/extensible-admission-controllers/#side-effects
    if (request.dryRun && effects !== 'None' && effects !== 'NoneOnDryRun') throw badRequest(`admission webhook "${name}" does not support dry run`);
    const judge = this.judges.get(name);
    if (judge) return consult(name, judge, request);
    // https://kubernetes.io/docs/reference/access-authn-authz/extensible-admission-controllers/#failure-policy
    if (webhook['failurePolicy'] === 'Ignore') return;
    const service = objectAt(webhook, 'clientConfig', 'service');
    const url = textAt(webhook, 'clientConfig', 'url') || `https://${textAt(service, 'name')}.${textAt(service, 'namespace')}.svc:443${textAt(service, 'path')}`;
    throw internal(`failed calling webhook "${name}": failed to call webhook: Post "${url}?timeout=10s": no endpoints available for service "${textAt(service, 'name')}"`);
  }

  /** https://kubernetes.io/docs/reference/access-authn-authz/extensible-admission-controllers/#matching-requests-rules */
  private isMatched(webhook: JsonObject, request: AdmissionRequest): boolean {
    if (!listAt(webhook, 'rules').some((rule) => ruleMatches(rule, request))) return false;
    const namespace = this.store.get({ group: '', plural: 'namespaces' }, '', request.namespace);
    const namespaceLabels = request.resource.plural === 'namespaces' ? request.object : namespace;
    return (namespaceLabels === undefined || selectorFits(objectAt(webhook, 'namespaceSelector'), namespaceLabels)) && selectorFits(objectAt(webhook, 'objectSelector'), request.object ?? request.oldObject);
  }
}

function ruleMatches(rule: Json, { operation, resource, subresource }: AdmissionRequest): boolean {
  const has = (field: string, value: string): boolean => textsAt(rule, field).some((one) => one === '*' || one === value);
  const plural = subresource === '' ? resource.plural : `${resource.plural}/${subresource}`;
  const named = textsAt(rule, 'resources').some((one) => one === plural || one === '*/*' || (one === '*' && subresource === ''));
  return has('operations', operation) && has('apiGroups', resource.group) && has('apiVersions', resource.version) && named && isInScope(rule, resource.namespaced);
}

function isInScope(rule: Json, namespaced: boolean): boolean {
  const scope = textAt(rule, 'scope');
  return scope === '' || scope === '*' || (scope === 'Namespaced') === namespaced;
}

function selectorFits(selector: JsonObject, object: JsonObject | undefined): boolean {
  const labels = objectAt(object, 'metadata', 'labels');
  const equal = Object.entries(objectAt(selector, 'matchLabels')).every(([key, value]) => labels[key] === value);
  return equal && listAt(selector, 'matchExpressions').every((expression) => expressionFits(expression, labels));
}

function expressionFits(expression: Json, labels: JsonObject): boolean {
  const value = labels[textAt(expression, 'key')];
  const values = textsAt(expression, 'values');
  switch (textAt(expression, 'operator')) {
    case 'In':
      return typeof value === 'string' && values.includes(value);
    case 'NotIn':
      return typeof value !== 'string' || !values.includes(value);
    case 'Exists':
      return value !== undefined;
    default:
      return value === undefined;
  }
}

async function consult(name: string, judge: Judge, request: AdmissionRequest): Promise<void> {
  const refusal = await judge(request);
  if (refusal === undefined) return;
  const message = refusal.message === '' ? `admission webhook "${name}" denied the request without explanation` : `admission webhook "${name}" denied the request: ${refusal.message}`;
  throw new ApiError(Math.max(refusal.code ?? 400, 400), refusal.reason ?? '', message);
}
