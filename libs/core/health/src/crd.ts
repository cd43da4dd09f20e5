import { conditionsOf, saidBy, type Condition } from './conditions.js';
import { current, failed, inProgress, type Health } from './health.js';
import type { KubeObject } from './kube-object.js';

/**
 * The first condition that decides counts. Source: `crdConditions` in kubernetes-sigs/cli-utils, pkg/kstatus/status/core.go, and
 * https://kubernetes.io/docs/reference/kubernetes-api/extend-resources/custom-resource-definition-v1/#CustomResourceDefinitionStatus.
 */
export function customResourceDefinitionHealth(object: KubeObject): Health {
  for (const condition of conditionsOf(object)) {
    if (isRefused(condition)) return failed(condition.reason, saidBy(condition));
    if (condition.type === 'Established' && condition.status === 'True') return current('established: its resources can be created');
  }
  return inProgress('Installing', 'the API server has not established it yet');
}

function isRefused({ type, status, reason }: Condition): boolean {
  if (status !== 'False') return false;
  return type === 'NamesAccepted' || (type === 'Established' && reason !== 'Installing');
}
