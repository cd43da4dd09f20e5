import { current, inProgress, shown, type Health } from './health.js';
import { countAt, textAt, type KubeObject } from './kube-object.js';
import { firstOf, replicas, tooFew, tooMany } from './replicas.js';

/**
 * A StatefulSet never says that it failed. Source: `stsConditions` in kubernetes-sigs/cli-utils, pkg/kstatus/status/core.go, and
 * https://kubernetes.io/docs/concepts/workloads/controllers/statefulset/#update-strategies.
 */
export function statefulSetHealth(object: KubeObject): Health {
  if (textAt(object, 'spec.updateStrategy.type') === 'OnDelete') return current('its Pods are replaced when somebody deletes them (OnDelete)');
  const want = countAt(object, 'spec.replicas') ?? 1;
  const have = countAt(object, 'status.replicas') ?? 0;
  const problem = firstOf([
    tooFew('LessReplicas', { have, want }, 'replicas exist'),
    tooFew('LessReady', { have: countAt(object, 'status.readyReplicas') ?? 0, want }, 'replicas are ready'),
    tooMany(have, want),
  ]);
  return problem ?? updateHealth(object, want);
}

function updateHealth(object: KubeObject, want: number): Health {
  const partition = countAt(object, 'spec.updateStrategy.rollingUpdate.partition');
  return partition === undefined ? wholeHealth(object, want) : partitionHealth(object, want - partition);
}

function partitionHealth(object: KubeObject, want: number): Health {
  const have = countAt(object, 'status.updatedReplicas') ?? 0;
  return tooFew('PartitionRollout', { have, want }, 'replicas above the partition are updated') ?? current(`${replicas(have)} updated, all above the partition`);
}

function wholeHealth(object: KubeObject, want: number): Health {
  const few = tooFew('LessCurrent', { have: countAt(object, 'status.currentReplicas') ?? 0, want }, 'replicas are at the current revision');
  return few ?? revisionProblem(object) ?? current(`${replicas(want)} ready at the current revision`);
}

function revisionProblem(object: KubeObject): Health | undefined {
  const [now, next] = [textAt(object, 'status.currentRevision') ?? '', textAt(object, 'status.updateRevision') ?? ''];
  return now === next ? undefined : inProgress('RevisionMismatch', `the update from revision ${shown(now || 'none')} to ${shown(next || 'none')} is not complete`);
}
