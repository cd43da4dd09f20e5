import { conditionWith, conditionsOf, isTrue, saidBy } from './conditions.js';
import { current, failed, inProgress, type Health } from './health.js';
import { countAt, textAt, type KubeObject } from './kube-object.js';

/**
 * kstatus calls a Job that runs current; here it is in progress, because a promotion waits for what the Job does.
 * Source: `jobConditions` in kubernetes-sigs/cli-utils, pkg/kstatus/status/core.go, and
 * https://kubernetes.io/docs/concepts/workloads/controllers/job/#terminal-job-conditions.
 */
export function jobHealth(object: KubeObject): Health {
  const conditions = conditionsOf(object);
  const { completions, succeeded } = progressOf(object);
  if (isTrue(conditions, 'Complete')) return current(`complete: ${succeeded} of ${completions} completions`);
  const failure = conditionWith(conditions, 'Failed', 'True');
  if (failure) return failed(failure.reason ?? 'JobFailed', failure.message === undefined ? `failed with ${succeeded} of ${completions} completions` : saidBy(failure));
  if (isTrue(conditions, 'Suspended')) return current('suspended: it runs when somebody resumes it');
  return (textAt(object, 'status.startTime') ?? '') === '' ? inProgress('JobNotStarted', 'not started yet') : running(object);
}

function running(object: KubeObject): Health {
  const { completions, succeeded } = progressOf(object);
  return inProgress('JobRunning', `${succeeded} of ${completions} completions; ${countAt(object, 'status.active') ?? 0} active, ${countAt(object, 'status.failed') ?? 0} failed`);
}

function progressOf(object: KubeObject): { readonly completions: number; readonly succeeded: number } {
  const completions = countAt(object, 'spec.completions') ?? countAt(object, 'spec.parallelism') ?? 1;
  return { completions, succeeded: countAt(object, 'status.succeeded') ?? 0 };
}
