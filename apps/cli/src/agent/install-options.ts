import { API_SERVER_PORTS, type AgentInstall, DEFAULT_NAMESPACE, DEFAULT_STORAGE, checkInstall, parseApplier, parseGrant } from '@sluice/agent-install';
import { InvalidInput, type Labels, parseLabels, present } from '@sluice/kernel';
import { parseSeconds } from '../moment.js';

/** Options of `sluice agent install`, as commander gives them. */
export interface RawInstallOptions {
  readonly cluster: string;
  readonly environment: string;
  readonly repository?: string;
  readonly namespace: string;
  readonly createNamespace: boolean;
  readonly applyAs?: readonly string[];
  readonly applyAsAgent?: readonly string[];
  readonly defaultNamespace: string;
  readonly labels?: string;
  readonly image: string;
  readonly serverUrl?: string;
  readonly gitUrl?: string;
  readonly gitCredentialSecret?: string;
  readonly storageSize: string;
  readonly storageClass?: string;
  readonly apiServerPort?: readonly string[];
  readonly tokenTtl: string;
  readonly token: boolean;
}

export const INSTALL_DEFAULTS = { namespace: DEFAULT_NAMESPACE, defaultNamespace: 'default', storageSize: DEFAULT_STORAGE, tokenTtl: '1h' } as const;

/** What is to be installed, without the join token. `serverUrl`: where this command line finds the server, for when no other address is given. @throws InvalidInput naming the option. */
export function installOf(raw: RawInstallOptions, serverUrl: string): AgentInstall {
  const { cluster, namespace, createNamespace, image, gitUrl, gitCredentialSecret, defaultNamespace, storageSize: size, storageClass: className } = raw;
  return checkInstall({
    cluster,
    namespace,
    createNamespace,
    image,
    serverUrl: (raw.serverUrl ?? serverUrl).replace(/\/+$/, ''),
    ...present({ gitUrl, gitCredentialSecret }),
    ...accountsOf(raw),
    defaultNamespace,
    labels: labelsOf(raw.labels),
    storage: { size, ...present({ className }) },
    apiServerPorts: raw.apiServerPort?.map(Number) ?? API_SERVER_PORTS,
  });
}

/** Whom the agent applies as. @throws InvalidInput */
export function accountsOf({ applyAs = [], applyAsAgent = [] }: Pick<RawInstallOptions, 'applyAs' | 'applyAsAgent'>): Pick<AgentInstall, 'appliers' | 'grants'> {
  return { appliers: applyAs.flatMap((text) => text.split(',')).map(parseApplier), grants: applyAsAgent.flatMap((text) => text.split(',')).map(parseGrant) };
}

/** Seconds. @throws InvalidInput */
export function tokenLifetime(text: string): number {
  return parseSeconds('--token-ttl', text, ['1m', '7d']);
}

function labelsOf(text = ''): Labels {
  const labels = parseLabels(text);
  if (!labels) throw new InvalidInput(`--labels ${text}: write labels like canary=true,region=eu`);
  return labels;
}
