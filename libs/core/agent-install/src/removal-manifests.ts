import { type AgentInstall, API_SERVER_PORTS, DEFAULT_STORAGE, type Manifest } from './agent-install.js';
import { agentManifests } from './agent-manifests.js';

/** Which agent, and whom it was allowed to become: enough to name everything that it was installed with. */
export type InstalledAgent = Pick<AgentInstall, 'cluster' | 'namespace' | 'appliers' | 'grants'>;

/** Names of everything that an agent was installed with, for `kubectl delete -f -`, the pod first. The namespace is not among them: others may be in it. */
export function removalManifests(agent: InstalledAgent): readonly Manifest[] {
  return namesOf(agent).filter(({ kind }) => kind !== 'Namespace');
}

/** The same with the namespace, and so with everything that is in it. */
export function removalWithNamespace(agent: InstalledAgent): readonly Manifest[] {
  return namesOf(agent);
}

function namesOf(agent: InstalledAgent): readonly Manifest[] {
  // what differs between installations is in no name
  const any = { createNamespace: true, image: 'any', defaultNamespace: 'any', serverUrl: 'https://any', labels: {}, joinToken: { token: '', expiresAt: '' }, storage: { size: DEFAULT_STORAGE }, apiServerPorts: API_SERVER_PORTS };
  return agentManifests({ ...any, ...agent })
    .map(({ apiVersion, kind, metadata: { name, namespace } }) => ({ apiVersion, kind, metadata: { name, ...(namespace !== undefined && { namespace }) } }))
    .reverse();
}
