import { current, inProgress, shown, type Health } from './health.js';
import { textAt, type KubeObject } from './kube-object.js';

/**
 * Source: `pvcConditions` in kubernetes-sigs/cli-utils, pkg/kstatus/status/core.go, and
 * https://kubernetes.io/docs/reference/kubernetes-api/config-and-storage-resources/persistent-volume-claim-v1/#PersistentVolumeClaimStatus.
 */
export function claimHealth(object: KubeObject): Health {
  const phase = textAt(object, 'status.phase') ?? 'unknown';
  return phase === 'Bound' ? current('bound to a volume') : inProgress('NotBound', `not bound to a volume yet (phase ${shown(phase)})`);
}

/**
 * Source: `serviceConditions` in kubernetes-sigs/cli-utils, pkg/kstatus/status/core.go, and
 * https://kubernetes.io/docs/concepts/services-networking/service/#loadbalancer.
 */
export function serviceHealth(object: KubeObject): Health {
  const waits = textAt(object, 'spec.type') === 'LoadBalancer' && (textAt(object, 'spec.clusterIP') ?? '') === '';
  return waits ? inProgress('NoIPAssigned', 'the load balancer has no clusterIP yet') : current('ready');
}
