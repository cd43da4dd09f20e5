import { InvalidInput, messageOf, printableLine, Unavailable } from '@sluice/kernel';
import type { KubeConfig } from '@kubernetes/client-node';
import type { RequestOptions } from 'node:https';
import type { ClusterAccess, TlsParts } from './cluster-access.js';

export interface KubeconfigChoice {
  readonly path: string;
  /** Default: the file's current one. */
  readonly context?: string;
}

/** Access by a kubeconfig: tokens, certificates, and programs that fetch either, as the client library knows them. @throws InvalidInput for a file or a context that is unfit. */
export async function kubeconfigAccess({ path, context }: KubeconfigChoice): Promise<ClusterAccess> {
  // costs 55 MiB: only who has a kubeconfig pays for it
  const library = await import('@kubernetes/client-node');
  const config = new library.KubeConfig();
  try {
    config.loadFromFile(path);
  } catch (error) {
    throw new InvalidInput(`the kubeconfig ${path} cannot be read: ${printableLine(messageOf(error), 300)}`, { cause: error });
  }
  if (context !== undefined && !config.getContextObject(context))
    throw new InvalidInput(`the kubeconfig ${path} has no context ${context}: it has ${config.getContexts().map(({ name }) => name).join(', ') || 'none'} (SLUICE_KUBE_CONTEXT)`);
  if (context !== undefined) config.setCurrentContext(context);
  const cluster = config.getCurrentCluster();
  if (!cluster) throw new InvalidInput(`the kubeconfig ${path} has no current context: choose one with SLUICE_KUBE_CONTEXT`);
  if (cluster.proxyUrl) throw new InvalidInput(`the kubeconfig ${path} reaches its cluster by a proxy, which is not supported: run the agent where it reaches the cluster without one`);
  const tls = tlsOf(await optionsOf(config));
  return {
    server: cluster.server.replace(/\/+$/, ''),
    tls: { ...tls, ...(cluster.tlsServerName && { servername: cluster.tlsServerName }) },
    headers: remembered(async () => headersOf(await optionsOf(config))),
  };
}

/** The library reads files and makes objects for every request: a credential of some seconds ago is as good. */
const REREAD_MS = 5_000;

function remembered<T>(read: () => Promise<T>): () => Promise<T> {
  let known: { readonly value: Promise<T>; readonly until: number } | undefined;
  return () => {
    if (!known || performance.now() >= known.until) known = { value: read(), until: performance.now() + REREAD_MS };
    known.value.catch(() => (known = undefined));
    return known.value;
  };
}

async function optionsOf(config: KubeConfig): Promise<RequestOptions> {
  const options: RequestOptions = {};
  try {
    await config.applyToHTTPSOptions(options);
  } catch (error) {
    throw new Unavailable(`the kubeconfig gives no credential: ${printableLine(messageOf(error), 300)}`, { cause: error });
  }
  return options;
}

function tlsOf({ ca, cert, key, rejectUnauthorized }: RequestOptions): TlsParts {
  return { ...part('ca', ca), ...part('cert', cert), ...part('key', key), ...(rejectUnauthorized === false && { rejectUnauthorized }) };
}

function part(name: 'ca' | 'cert' | 'key', value: unknown): TlsParts {
  return typeof value === 'string' || Buffer.isBuffer(value) ? { [name]: value } : {};
}

function headersOf({ headers, auth }: RequestOptions): Readonly<Record<string, string>> {
  const plain: Record<string, string> = {};
  for (const [name, value] of Object.entries(headers ?? {})) if (typeof value === 'string') plain[name.toLowerCase()] = value;
  if (auth) plain['authorization'] = `Basic ${Buffer.from(auth).toString('base64')}`;
  return plain;
}
