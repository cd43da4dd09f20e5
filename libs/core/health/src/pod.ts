import { later, instant, type Instant } from '@sluice/kernel';
import { conditionWith, conditionsOf, isTrue, saidBy, type Condition } from './conditions.js';
import { current, failed, inProgress, shown, unknown, type Health } from './health.js';
import { MalformedObject, mapAt, mapsAt, textAt, type KubeObject } from './kube-object.js';

/** RFC 3339, as the API server writes times. */
const TIME = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[-+]\d\d:\d\d)$/;
/** Milliseconds that a Pod may be without a node before that counts as a failure. */
const SCHEDULE_WINDOW = 15_000;

/**
 * Source: `podConditions` in kubernetes-sigs/cli-utils, pkg/kstatus/status/core.go, and
 * https://kubernetes.io/docs/concepts/workloads/pods/pod-lifecycle/#pod-phase. Other than there, init containers that crash count as well.
 */
export function podHealth(object: KubeObject, now: Instant): Health {
  const phase = textAt(object, 'status.phase') ?? '';
  switch (phase) {
    case 'Succeeded':
      return current('completed successfully');
    case 'Failed':
      return current('completed, but not successfully');
    case 'Running':
      return runningHealth(object);
    case 'Pending':
      return crashProblem(object) ?? pendingHealth(object, now);
    case '':
      return inProgress('PodNotObserved', 'no node has looked at it yet (no status.phase)');
    default:
      return unknown('UnknownPhase', `phase ${shown(phase)} is none that a Pod has`);
  }
}

function runningHealth(object: KubeObject): Health {
  const conditions = conditionsOf(object);
  if (isTrue(conditions, 'Ready')) return current('ready');
  const notReady = conditionWith(conditions, 'Ready', 'False');
  return crashProblem(object) ?? inProgress('PodRunningNotReady', `runs, but is not ready${notReady?.message === undefined ? '' : `: ${saidBy(notReady)}`}`);
}

function crashProblem(object: KubeObject): Health | undefined {
  const statuses = [...mapsAt(object, 'status.initContainerStatuses'), ...mapsAt(object, 'status.containerStatuses')];
  const crashing = statuses.filter(isCrashLooping).map((status) => textAt(status, 'name') ?? '');
  return crashing.length === 0 ? undefined : failed('ContainerCrashLooping', shown(`crashing again and again: ${crashing.join(', ')}`));
}

function isCrashLooping(status: KubeObject): boolean {
  return textAt(mapAt(status, 'state.waiting'), 'reason') === 'CrashLoopBackOff';
}

function pendingHealth(object: KubeObject, now: Instant): Health {
  const unscheduled = conditionWith(conditionsOf(object), 'PodScheduled', 'False');
  if (unscheduled?.reason !== 'Unschedulable') return inProgress('PodPending', 'waits for its containers (phase Pending)');
  const end = endOfWindow(object);
  return end === undefined || now >= end ? failed('PodUnschedulable', saidBy(unscheduled)) : { ...inProgress('PodNotScheduled', saidUntil(unscheduled)), lookAgainAt: end };
}

function saidUntil(condition: Condition): string {
  return `no node for it yet: ${saidBy(condition)}`;
}

function endOfWindow(object: KubeObject): Instant | undefined {
  const created = textAt(object, 'metadata.creationTimestamp');
  if (created === undefined || created === '') return undefined;
  const at = TIME.test(created) ? Date.parse(created) : Number.NaN;
  if (Number.isNaN(at)) throw new MalformedObject('metadata.creationTimestamp is no time');
  return later(instant(at), SCHEDULE_WINDOW);
}
