import { conditionOf, conditionsOf, isTrue, saidBy, type Condition } from './conditions.js';
import { current, failed, inProgress, type Health } from './health.js';
import { countAt, type KubeObject } from './kube-object.js';
import { firstOf, replicas, tooFew, tooMany } from './replicas.js';

/** The deadline that the controller takes for none. */
const NO_DEADLINE = 2 ** 31 - 1;

/**
 * Source: `deploymentConditions` in kubernetes-sigs/cli-utils, pkg/kstatus/status/core.go, and
 * https://kubernetes.io/docs/concepts/workloads/controllers/deployment/#deployment-status.
 */
export function deploymentHealth(object: KubeObject): Health {
  const conditions = conditionsOf(object);
  const exceeded = conditions.find(isDeadlineExceeded);
  if (exceeded) return failed('ProgressDeadlineExceeded', saidBy(exceeded));
  return firstOf([replicaProblem(object), rolloutProblem(object, conditions), availabilityProblem(conditions)]) ?? current(`available with ${replicas(countAt(object, 'status.replicas') ?? 0)}`);
}

function isDeadlineExceeded({ type, reason }: Condition): boolean {
  return type === 'Progressing' && reason === 'ProgressDeadlineExceeded';
}

function replicaProblem(object: KubeObject): Health | undefined {
  const want = countAt(object, 'spec.replicas') ?? 1;
  const have = countAt(object, 'status.replicas') ?? 0;
  const updated = countAt(object, 'status.updatedReplicas') ?? 0;
  return firstOf([
    tooFew('LessReplicas', { have, want }, 'replicas exist'),
    tooFew('LessUpdated', { have: updated, want }, 'replicas are updated'),
    tooMany(have, want),
    tooFew('LessAvailable', { have: countAt(object, 'status.availableReplicas') ?? 0, want: updated }, 'updated replicas are available'),
    tooFew('LessReady', { have: countAt(object, 'status.readyReplicas') ?? 0, want }, 'replicas are ready'),
  ]);
}

// without a deadline the controller never says that it is done
function rolloutProblem(object: KubeObject, conditions: readonly Condition[]): Health | undefined {
  if ((countAt(object, 'spec.progressDeadlineSeconds') ?? NO_DEADLINE) === NO_DEADLINE || conditions.some(isRolledOut)) return undefined;
  return inProgress('ReplicaSetNotAvailable', `the rollout is not complete: ${sayCondition(conditions, 'Progressing')}`);
}

function isRolledOut({ type, status, reason }: Condition): boolean {
  return type === 'Progressing' && status === 'True' && reason === 'NewReplicaSetAvailable';
}

function availabilityProblem(conditions: readonly Condition[]): Health | undefined {
  return isTrue(conditions, 'Available') ? undefined : inProgress('DeploymentNotAvailable', `not available yet: ${sayCondition(conditions, 'Available')}`);
}

function sayCondition(conditions: readonly Condition[], type: string): string {
  const condition = conditionOf(conditions, type);
  return condition ? saidBy(condition) : `there is no condition ${type}`;
}
