import { formatLabels } from '@sluice/kernel';
import { type AgentInstall, egressPorts } from './agent-install.js';

/** The values of the chart `infra/helm/sluice-agent` that give the same as {@link agentManifests}, but the namespace: that is the release's. */
export function helmValues(install: AgentInstall): Readonly<Record<string, unknown>> {
  const { cluster, image, serverUrl, gitUrl = '', gitCredentialSecret = '', defaultNamespace, labels, joinToken, storage, apiServerPorts } = install;
  const { size, className = '' } = storage;
  return {
    cluster,
    image,
    serverUrl,
    gitUrl,
    gitCredentialSecret,
    applyAs: install.appliers,
    applyAsAgent: install.grants,
    defaultNamespace,
    labels: formatLabels(labels),
    joinToken: joinToken?.token ?? '',
    joinTokenExpiresAt: joinToken?.expiresAt ?? '',
    storage: { size, className },
    egress: { apiServerPorts, ports: egressPorts(install) },
  };
}
