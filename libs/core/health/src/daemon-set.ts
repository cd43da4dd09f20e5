import { current, inProgress, type Health } from './health.js';
import { countAt, type KubeObject } from './kube-object.js';
import { firstOf, tooFew } from './replicas.js';

/**
 * Source: `daemonsetConditions` in kubernetes-sigs/cli-utils, pkg/kstatus/status/core.go, and
 * https://kubernetes.io/docs/reference/kubernetes-api/workload-resources/daemon-set-v1/#DaemonSetStatus.
 */
export function daemonSetHealth(object: KubeObject): Health {
  if (countAt(object, 'metadata.generation') === undefined) return inProgress('NoGeneration', 'metadata.generation is not there yet');
  if (countAt(object, 'status.observedGeneration') === undefined) return inProgress('NoObservedGeneration', 'its controller has not looked at it yet (no status.observedGeneration)');
  const want = countAt(object, 'status.desiredNumberScheduled');
  if (want === undefined) return inProgress('NoDesiredNumber', 'its controller has not counted the nodes yet (no status.desiredNumberScheduled)');
  return countProblem(object, want) ?? current(`runs on ${want} of ${want} nodes`);
}

function countProblem(object: KubeObject, want: number): Health | undefined {
  return firstOf([
    tooFew('LessCurrent', { have: countAt(object, 'status.currentNumberScheduled') ?? 0, want }, 'nodes have a Pod'),
    tooFew('LessUpdated', { have: countAt(object, 'status.updatedNumberScheduled') ?? 0, want }, 'nodes have an updated Pod'),
    tooFew('LessAvailable', { have: countAt(object, 'status.numberAvailable') ?? 0, want }, 'nodes have an available Pod'),
    tooFew('LessReady', { have: countAt(object, 'status.numberReady') ?? 0, want }, 'nodes have a ready Pod'),
  ]);
}
