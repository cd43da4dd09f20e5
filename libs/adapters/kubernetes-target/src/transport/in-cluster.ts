import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { InvalidInput, Unavailable } from '@sluice/kernel';
import type { ClusterAccess } from './cluster-access.js';

const FOLDER = '/var/run/secrets/kubernetes.io/serviceaccount';
/** The kubelet renews the file long before the token in it ends. */
const REREAD_MS = 60_000;

export interface PodSurroundings {
  readonly environment: Readonly<Record<string, string | undefined>>;
  /** Where the kubelet puts token, authority and namespace. */
  readonly folder?: string;
}

/**
 * Access by the ServiceAccount of the pod that this runs in: https://kubernetes.io/docs/tasks/run-application/access-api-from-pod/. Read here and not by the client library, whose models cost an agent
 * more memory than all the rest of it.
 * @throws InvalidInput when this is no pod.
 */
export async function inClusterAccess({ environment, folder = FOLDER }: PodSurroundings): Promise<ClusterAccess> {
  const { KUBERNETES_SERVICE_HOST: host, KUBERNETES_SERVICE_PORT: port } = environment;
  if (!host || !port) throw new InvalidInput('this is no pod of a cluster, and no kubeconfig is set: give one with SLUICE_KUBECONFIG');
  const [ca, namespace] = await Promise.all([fileOf(folder, 'ca.crt'), fileOf(folder, 'namespace')]);
  const token = new TokenFile(join(folder, 'token'));
  return {
    server: `https://${host.includes(':') ? `[${host}]` : host}:${port}`,
    tls: { ca },
    podNamespace: namespace.trim(),
    headers: async () => ({ authorization: `Bearer ${await token.read()}` }),
  };
}

class TokenFile {
  private known: { readonly token: string; readonly until: number } | undefined;

  constructor(private readonly path: string) {}

  async read(): Promise<string> {
    const now = performance.now();
    if (this.known && now < this.known.until) return this.known.token;
    try {
      this.known = { token: (await readFile(this.path, 'utf8')).trim(), until: now + REREAD_MS };
      return this.known.token;
    } catch (error) {
      throw new Unavailable('the token of the pod\'s ServiceAccount cannot be read', { cause: error });
    }
  }
}

async function fileOf(folder: string, name: string): Promise<string> {
  try {
    return await readFile(join(folder, name), 'utf8');
  } catch (error) {
    throw new InvalidInput(`the pod has no ServiceAccount to reach its cluster with (${name} cannot be read): mount one, or give a kubeconfig with SLUICE_KUBECONFIG`, { cause: error });
  }
}
