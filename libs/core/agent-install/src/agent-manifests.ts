import { accessManifests } from './access-manifests.js';
import { type AgentInstall, type JoinToken, type Manifest, agentLabels, agentNames, egressPorts } from './agent-install.js';
import { workloadManifests } from './workload-manifests.js';

/** Everything that an agent is installed with, in the order in which it can be applied. */
export function agentManifests(install: AgentInstall): readonly Manifest[] {
  const { joinToken } = install;
  return [...(install.createNamespace ? [namespaceManifest(install.namespace)] : []), ...accessManifests(install), ...(joinToken ? [joinTokenManifest(install, joinToken)] : []), networkPolicy(install), ...workloadManifests(install)];
}

/** @see https://kubernetes.io/docs/concepts/security/pod-security-standards/#restricted */
function namespaceManifest(name: string): Manifest {
  const modes = ['enforce', 'audit', 'warn'].map((mode) => [`pod-security.kubernetes.io/${mode}`, 'restricted'] as const);
  return { apiVersion: 'v1', kind: 'Namespace', metadata: { name, labels: { 'app.kubernetes.io/name': 'sluice-agent', ...Object.fromEntries(modes) } } };
}

/** The Secret that brings a join token; another token in it makes a running agent enrol anew, with a new key. */
export function joinTokenManifest({ cluster, namespace }: Pick<AgentInstall, 'cluster' | 'namespace'>, { token, expiresAt }: JoinToken): Manifest {
  return {
    apiVersion: 'v1',
    kind: 'Secret',
    metadata: { name: agentNames(cluster).joinToken, namespace, labels: agentLabels(cluster), annotations: { 'sluice.dev/expires-at': expiresAt } },
    type: 'Opaque',
    stringData: { token },
  };
}

/** Out: names, the API server, the control plane and git. In: nobody; the node's probes always come through (https://kubernetes.io/docs/concepts/services-networking/network-policies/). */
function networkPolicy(install: AgentInstall): Manifest {
  const { cluster, namespace } = install;
  const tcp = (port: number) => ({ port, protocol: 'TCP' });
  return {
    apiVersion: 'networking.k8s.io/v1',
    kind: 'NetworkPolicy',
    metadata: { name: agentNames(cluster).agent, namespace, labels: agentLabels(cluster) },
    spec: {
      podSelector: { matchLabels: { 'sluice.dev/agent': cluster } },
      policyTypes: ['Ingress', 'Egress'],
      egress: [{ ports: [{ port: 53, protocol: 'UDP' }, tcp(53)] }, { ports: install.apiServerPorts.map(tcp) }, { ports: egressPorts(install).map(tcp) }],
    },
  };
}
