export type { KubernetesTargetOptions } from './cluster-parts.js';
export type { OpenRenderer } from './desired/load-manifests.js';
export { KubernetesTarget } from './kubernetes-target.js';
export { parseAppliers } from './rights/appliers.js';
export type { Applier } from './rights/rights.js';
export type { ClusterAccess } from './transport/cluster-access.js';
export { inClusterAccess } from './transport/in-cluster.js';
export { kubeconfigAccess } from './transport/kubeconfig-access.js';
