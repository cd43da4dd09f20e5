import { type AgentInstall, type Applier, type Grant, type Manifest, agentLabels, agentNames, appliersOf } from './agent-install.js';

const RBAC = 'rbac.authorization.k8s.io';

interface Subject {
  readonly kind: 'ServiceAccount';
  readonly namespace: string;
  readonly name: string;
}

interface Rule {
  readonly apiGroups: readonly string[];
  readonly resources: readonly string[];
  readonly resourceNames: readonly string[];
  readonly verbs: readonly string[];
}

/**
 * Accounts and rights. The agent's account itself can do two things: keep its inventory, one ConfigMap by its name that is made empty here (a right to make one cannot be bound to a name), and become one of the named appliers, each by a Role in that account's namespace. It reads, writes and
 * deletes objects of applications as an applier only, with that account's rights; it can give nobody a right, itself not either. Everybody may ask what they may (`system:basic-user`), so that is not said here.
 */
export function accessManifests(install: AgentInstall): readonly Manifest[] {
  const { cluster, namespace } = install;
  const names = agentNames(cluster);
  return [
    account(install, names.agent),
    ...allowed(install, { namespace, name: names.agent }, [{ apiGroups: [''], resources: ['configmaps'], resourceNames: [names.inventory], verbs: ['get', 'update', 'patch'] }]),
    { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: names.inventory, namespace, labels: agentLabels(cluster) } },
    ...(install.grants.length === 0 ? [] : [account(install, names.applier), ...install.grants.map((grant) => granted(install, grant))]),
    ...appliersOf(install).flatMap((applier) => mayBecome(install, applier)),
  ];
}

function account({ cluster, namespace }: AgentInstall, name: string): Manifest {
  // no token but where a pod asks for one
  return { apiVersion: 'v1', kind: 'ServiceAccount', metadata: { name, namespace, labels: agentLabels(cluster) }, automountServiceAccountToken: false };
}

function mayBecome(install: AgentInstall, { namespace, name }: Applier): readonly Manifest[] {
  const role = `${agentNames(install.cluster).agent}-as-${name}`;
  return allowed(install, { namespace, name: role }, [{ apiGroups: [''], resources: ['serviceaccounts'], resourceNames: [name], verbs: ['impersonate'] }]);
}

/** A Role and its binding to the agent. */
function allowed({ cluster, namespace }: AgentInstall, at: Applier, rules: readonly Rule[]): readonly Manifest[] {
  const metadata = { name: at.name, namespace: at.namespace, labels: agentLabels(cluster) };
  return [
    { apiVersion: `${RBAC}/v1`, kind: 'Role', metadata, rules },
    { apiVersion: `${RBAC}/v1`, kind: 'RoleBinding', metadata, roleRef: { apiGroup: RBAC, kind: 'Role', name: at.name }, subjects: [{ kind: 'ServiceAccount', namespace, name: agentNames(cluster).agent }] },
  ];
}

function granted({ cluster, namespace }: AgentInstall, grant: Grant): Manifest {
  const { applier } = agentNames(cluster);
  const labels = agentLabels(cluster);
  const name = `${applier}-${grant.clusterRole}`;
  const subjects: readonly Subject[] = [{ kind: 'ServiceAccount', namespace, name: applier }];
  const binding = { apiVersion: `${RBAC}/v1`, roleRef: { apiGroup: RBAC, kind: 'ClusterRole', name: grant.clusterRole }, subjects };
  if (grant.namespace === '*') return { ...binding, kind: 'ClusterRoleBinding', metadata: { name, labels } };
  return { ...binding, kind: 'RoleBinding', metadata: { name, namespace: grant.namespace, labels } };
}
