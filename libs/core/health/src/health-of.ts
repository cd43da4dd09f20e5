import type { Instant } from '@sluice/kernel';
import { conditionOf, conditionsOf, saidBy, type Condition } from './conditions.js';
import { healthByExpressions, type HealthExpressions } from './expressions.js';
import { current, failed, inProgress, unknown, type Health } from './health.js';
import { groupOf, isCustom, kindRule } from './kind-rules.js';
import { MalformedObject, asMap, countAt, textAt, type KubeObject } from './kube-object.js';

/**
 * Whether a parsed Kubernetes object is what its specification asks for. The first rule counts: it is being deleted; its last change was not observed; an expression of
 * the user's for its kind; `Reconciling` or `Stalled`; the rule of its kind; `Ready`. Never throws: what is no Kubernetes object is Unknown, with what is wrong.
 * Source: kubernetes-sigs/cli-utils, pkg/kstatus/status, and https://kubernetes.io/docs/concepts/overview/working-with-objects/.
 * @param object JSON as the API server gives it, with its status.
 */
export function healthOf(object: unknown, now: Instant, expressions: readonly HealthExpressions[] = []): Health {
  try {
    return judge(asMap(object, 'the object'), now, expressions);
  } catch (error) {
    if (error instanceof MalformedObject) return unknown('Malformed', error.message);
    throw error;
  }
}

function judge(object: KubeObject, now: Instant, expressions: readonly HealthExpressions[]): Health {
  const [apiVersion, kind] = [required(object, 'apiVersion'), required(object, 'kind')];
  const own = expressions.find((each) => each.apiVersion === apiVersion && each.kind === kind);
  return beingDeleted(object) ?? unobserved(object) ?? (own && healthByExpressions(object, own)) ?? byConditions(object) ?? kindRule(groupOf(apiVersion), kind)?.(object, now) ?? byReady(object, isCustom(groupOf(apiVersion)));
}

function required(object: KubeObject, path: string): string {
  const text = textAt(object, path);
  if (text === undefined || text === '') throw new MalformedObject(`${path} is missing`);
  return text;
}

function beingDeleted(object: KubeObject): Health | undefined {
  const since = textAt(object, 'metadata.deletionTimestamp');
  return since === undefined || since === '' ? undefined : { status: 'Terminating', message: 'is being deleted' };
}

function unobserved(object: KubeObject): Health | undefined {
  const generation = countAt(object, 'metadata.generation');
  const observed = countAt(object, 'status.observedGeneration');
  if (generation === undefined || observed === undefined || generation === observed) return undefined;
  return inProgress('LatestGenerationNotObserved', `its controller has seen generation ${observed}, not yet ${generation}`);
}

// the two conditions that kstatus asks controllers to write
function byConditions(object: KubeObject): Health | undefined {
  const said = conditionsOf(object).find(({ type, status }) => status === 'True' && (type === 'Reconciling' || type === 'Stalled'));
  if (said === undefined) return undefined;
  return said.type === 'Stalled' ? failed(said.reason, saidBy(said)) : inProgress(said.reason, saidBy(said));
}

function byReady(object: KubeObject, custom: boolean): Health {
  const conditions = conditionsOf(object);
  const ready = conditionOf(conditions, 'Ready');
  if (ready) return ready.status === 'True' ? current(saidBy(ready)) : inProgress(ready.reason, saidBy(ready));
  return (custom ? unreported(object, conditions) : undefined) ?? current('there is nothing to wait for');
}

// a controller that has not begun looks like one that never reports: kstatus takes both for current, which would let a promotion pass too early
function unreported(object: KubeObject, conditions: readonly Condition[]): Health | undefined {
  if (conditions.length > 0 || isObserved(object)) return undefined;
  return inProgress('NotReported', 'no controller has reported on it yet (neither conditions nor an observed generation); expressions can say when it is current');
}

// that both are the same is known here
function isObserved(object: KubeObject): boolean {
  return countAt(object, 'metadata.generation') !== undefined && countAt(object, 'status.observedGeneration') !== undefined;
}
