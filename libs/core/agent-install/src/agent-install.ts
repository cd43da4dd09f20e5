import type { Labels } from '@sluice/kernel';

/** An object of Kubernetes as data. */
export interface Manifest {
  readonly apiVersion: string;
  readonly kind: string;
  readonly metadata: { readonly name: string; readonly namespace?: string; readonly labels?: Labels; readonly annotations?: Labels };
  readonly [field: string]: unknown;
}

/** A ServiceAccount that applies for the agent. */
export interface Applier {
  readonly namespace: string;
  readonly name: string;
}

/** An existing ClusterRole that an applier of the agent's own gets. */
export interface Grant {
  /** Where it counts; `*`: in the whole cluster. */
  readonly namespace: string;
  readonly clusterRole: string;
}

export interface JoinToken {
  readonly token: string;
  /** ISO 8601. */
  readonly expiresAt: string;
}

/** What an agent is installed with, checked. */
export interface AgentInstall {
  readonly cluster: string;
  /** Of the agent itself. */
  readonly namespace: string;
  /** Make the namespace, for nothing but agents: what runs in it is held to the restricted Pod Security Standard. */
  readonly createNamespace: boolean;
  readonly image: string;
  /** The server as a pod of the cluster reaches it. */
  readonly serverUrl: string;
  /** A repository URL that the agent is pinned to. */
  readonly gitUrl?: string;
  /** An existing Secret of the agent's namespace with what that repository is read with: `token`, or `username` and `password`. */
  readonly gitCredentialSecret?: string;
  /** Accounts that are there already and that the agent may apply as. */
  readonly appliers: readonly Applier[];
  /** What an applier that is made for the agent may do; without any there is none. */
  readonly grants: readonly Grant[];
  /** Of objects in the repository that name none. */
  readonly defaultNamespace: string;
  /** Said when the agent enrols. */
  readonly labels: Labels;
  readonly joinToken?: JoinToken;
  readonly storage: { readonly size: string; readonly className?: string };
  /** Of the API server, beside the addresses of {@link egressPorts}. */
  readonly apiServerPorts: readonly number[];
}

/** What a good many clusters have: a service at 443, behind it a server at 6443. */
export const API_SERVER_PORTS: readonly number[] = [443, 6_443];
/** Namespaces that are never an agent's own. */
export function isSystemNamespace(name: string): boolean {
  return name === 'default' || name.startsWith('kube-');
}

export const DEFAULT_NAMESPACE = 'sluice';
export const DEFAULT_STORAGE = '1Gi';

/** Names of what is installed for a cluster: several agents may live in one namespace. */
export function agentNames(cluster: string) {
  const agent = `sluice-agent-${cluster}`;
  return { agent, applier: `sluice-applier-${cluster}`, joinToken: `${agent}-join`, inventory: `${agent}-inventory` } as const;
}

/** What every object of an agent is found by. */
export function agentLabels(cluster: string): Labels {
  return { 'app.kubernetes.io/name': 'sluice-agent', 'app.kubernetes.io/instance': cluster, 'sluice.dev/agent': cluster };
}

/** Everybody that the agent may apply as, in the order in which it looks for one. */
export function appliersOf({ cluster, namespace, appliers, grants }: Pick<AgentInstall, 'cluster' | 'namespace' | 'appliers' | 'grants'>): readonly Applier[] {
  return grants.length === 0 ? appliers : [...appliers, { namespace, name: agentNames(cluster).applier }];
}

/** Where the agent has to get to beside DNS and the API server. Sorted, each once. */
export function egressPorts({ serverUrl, gitUrl }: Pick<AgentInstall, 'serverUrl' | 'gitUrl'>): readonly number[] {
  return [...new Set([serverUrl, ...(gitUrl === undefined ? [] : [gitUrl])].map(portOf))].sort((a, b) => a - b);
}

function portOf(text: string): number {
  const { protocol, port } = new URL(text);
  if (port !== '') return Number(port);
  return protocol === 'http:' ? 80 : 443;
}
