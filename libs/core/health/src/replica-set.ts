import { conditionWith, conditionsOf, saidBy } from './conditions.js';
import { current, inProgress, type Health } from './health.js';
import { countAt, type KubeObject } from './kube-object.js';
import { firstOf, replicas, tooFew, tooMany } from './replicas.js';

/**
 * Source: `replicasetConditions` in kubernetes-sigs/cli-utils, pkg/kstatus/status/core.go, and
 * https://kubernetes.io/docs/reference/kubernetes-api/workload-resources/replica-set-v1/#ReplicaSetStatus.
 */
export function replicaSetHealth(object: KubeObject): Health {
  const failure = conditionWith(conditionsOf(object), 'ReplicaFailure', 'True');
  if (failure) return inProgress('ReplicaFailure', saidBy(failure));
  const want = countAt(object, 'spec.replicas') ?? 1;
  const have = countAt(object, 'status.replicas') ?? 0;
  const problem = firstOf([
    tooFew('LessLabelled', { have: countAt(object, 'status.fullyLabeledReplicas') ?? 0, want }, 'replicas have all labels'),
    tooFew('LessAvailable', { have: countAt(object, 'status.availableReplicas') ?? 0, want }, 'replicas are available'),
    tooFew('LessReady', { have: countAt(object, 'status.readyReplicas') ?? 0, want }, 'replicas are ready'),
    tooMany(have, want),
  ]);
  return problem ?? current(`available with ${replicas(have)}`);
}
