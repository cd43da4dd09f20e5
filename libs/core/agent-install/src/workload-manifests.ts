import { formatLabels } from '@sluice/kernel';
import { type AgentInstall, type Manifest, agentLabels, agentNames, appliersOf } from './agent-install.js';

/** The user `node` of the image. */
const USER = 1_000;
const HEALTH_PORT = 8_080;
const STATE = '/var/lib/sluice-agent';
const TOKEN_FOLDER = '/run/secrets/sluice';
const GIT_FOLDER = '/run/secrets/git';

/** The agent's process and what it keeps. */
export function workloadManifests(install: AgentInstall): readonly Manifest[] {
  return [claim(install), deployment(install)];
}

/** Key, mirror and the last commit: with them an agent needs neither the server nor git to go on, and no token to start again, wherever its pod moves. */
function claim({ cluster, namespace, storage }: AgentInstall): Manifest {
  return {
    apiVersion: 'v1',
    kind: 'PersistentVolumeClaim',
    metadata: { name: agentNames(cluster).agent, namespace, labels: agentLabels(cluster) },
    spec: { accessModes: ['ReadWriteOnce'], resources: { requests: { storage: storage.size } }, ...(storage.className !== undefined && { storageClassName: storage.className }) },
  };
}

function deployment(install: AgentInstall): Manifest {
  const { cluster, namespace } = install;
  const labels = agentLabels(cluster);
  return {
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: { name: agentNames(cluster).agent, namespace, labels },
    spec: {
      replicas: 1,
      // two agents of one cluster would report over each other, and the volume is for one
      strategy: { type: 'Recreate' },
      revisionHistoryLimit: 2,
      selector: { matchLabels: { 'sluice.dev/agent': cluster } },
      template: { metadata: { labels }, spec: podSpec(install) },
    },
  };
}

function podSpec(install: AgentInstall): Readonly<Record<string, unknown>> {
  const names = agentNames(install.cluster);
  return {
    serviceAccountName: names.agent,
    automountServiceAccountToken: true,
    // a Service named sluice would set variables that look like settings
    enableServiceLinks: false,
    terminationGracePeriodSeconds: 30,
    securityContext: { runAsNonRoot: true, runAsUser: USER, runAsGroup: USER, fsGroup: USER, fsGroupChangePolicy: 'OnRootMismatch', seccompProfile: { type: 'RuntimeDefault' } },
    containers: [container(install)],
    volumes: [
      { name: 'state', persistentVolumeClaim: { claimName: names.agent } },
      // gone once it is spent, if somebody likes
      { name: 'join-token', secret: { secretName: names.joinToken, optional: true, defaultMode: 0o440 } },
      // not optional: without it git could not be read, and the pod says which Secret it waits for
      ...withGit(install, (secretName) => ({ name: 'git-credential', secret: { secretName, defaultMode: 0o440 } })),
      { name: 'tmp', emptyDir: {} },
    ],
  };
}

function container(install: AgentInstall): Readonly<Record<string, unknown>> {
  return {
    name: 'agent',
    image: install.image,
    env: Object.entries(settings(install)).map(([name, value]) => ({ name, value })),
    ports: [{ name: 'health', containerPort: HEALTH_PORT, protocol: 'TCP' }],
    livenessProbe: probe('/livez', { initialDelaySeconds: 10, periodSeconds: 20 }),
    readinessProbe: probe('/readyz', { periodSeconds: 10 }),
    resources: { requests: { cpu: '50m', memory: '128Mi' }, limits: { cpu: '1', memory: '512Mi' } },
    securityContext: { allowPrivilegeEscalation: false, readOnlyRootFilesystem: true, capabilities: { drop: ['ALL'] } },
    // what it says when it ends is what a person has to do
    terminationMessagePolicy: 'FallbackToLogsOnError',
    volumeMounts: [
      { name: 'state', mountPath: STATE },
      { name: 'join-token', mountPath: TOKEN_FOLDER, readOnly: true },
      // the folder, not files of it: only so the kubelet brings what is rotated
      ...withGit(install, () => ({ name: 'git-credential', mountPath: GIT_FOLDER, readOnly: true })),
      { name: 'tmp', mountPath: '/tmp' },
    ],
  };
}

/** What there is only with a credential for git. */
function withGit<T>({ gitCredentialSecret }: AgentInstall, make: (secret: string) => T): readonly T[] {
  return gitCredentialSecret === undefined ? [] : [make(gitCredentialSecret)];
}

function probe(path: string, times: Readonly<Record<string, number>>) {
  return { httpGet: { path, port: 'health' }, timeoutSeconds: 5, failureThreshold: 3, ...times };
}

/** Settings of the agent (docs/agent.md); an empty one is none. */
function settings(install: AgentInstall): Readonly<Record<string, string>> {
  return {
    SLUICE_TARGET: 'kubernetes',
    SLUICE_SERVER_URL: install.serverUrl,
    SLUICE_GIT_URL: install.gitUrl ?? '',
    SLUICE_GIT_CREDENTIAL_DIR: install.gitCredentialSecret === undefined ? '' : GIT_FOLDER,
    SLUICE_JOIN_TOKEN_FILE: `${TOKEN_FOLDER}/token`,
    // a folder that it makes itself: the volume's own one is not its property
    SLUICE_AGENT_DATA: `${STATE}/data`,
    SLUICE_APPLY_AS: appliersOf(install).map(({ namespace, name }) => `${namespace}/${name}`).join(','),
    SLUICE_DEFAULT_NAMESPACE: install.defaultNamespace,
    SLUICE_LABELS: formatLabels(install.labels),
    SLUICE_HEALTH_PORT: String(HEALTH_PORT),
    HOME: '/tmp',
  };
}
