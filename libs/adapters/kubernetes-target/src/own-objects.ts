import type { ObjectIdentity } from '@sluice/manifests';

/** What the agent itself consists of, as its installer names it: never deleted, whatever a commit says. */
export function ownObjects(cluster: string, namespace: string): readonly ObjectIdentity[] {
  const agent = `sluice-agent-${cluster}`;
  const of = (group: string, kind: string, name: string): ObjectIdentity => ({ group, kind, namespace, name });
  return [
    { group: '', kind: 'Namespace', namespace: '', name: namespace },
    of('', 'ConfigMap', `${agent}-inventory`),
    of('', 'ServiceAccount', agent),
    of('', 'ServiceAccount', `sluice-applier-${cluster}`),
    of('', 'Secret', `${agent}-join`),
    of('', 'PersistentVolumeClaim', agent),
    of('apps', 'Deployment', agent),
    of('rbac.authorization.k8s.io', 'Role', agent),
    of('rbac.authorization.k8s.io', 'RoleBinding', agent),
    of('networking.k8s.io', 'NetworkPolicy', agent),
  ];
}
