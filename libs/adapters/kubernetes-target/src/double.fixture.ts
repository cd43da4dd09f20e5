import { KubernetesDouble, type DoubleOptions } from '@sluice/kubernetes-double';
import type { ClusterAccess } from './transport/cluster-access.js';
import { KubeClient, type ClientOptions } from './transport/kube-client.js';

/** A double with a client that does not wait long; at the end of each test it must have seen nothing that no careful client does. */
export function testCluster(options: DoubleOptions = {}): { readonly double: KubernetesDouble; readonly client: (client?: ClientOptions, token?: string) => KubeClient; readonly access: (token?: string) => ClusterAccess } {
  const current = {} as { double: KubernetesDouble };
  const open: KubeClient[] = [];
  beforeEach(async () => {
    current.double = await KubernetesDouble.start(options);
  });
  afterEach(async () => {
    for (const client of open.splice(0)) client.close();
    const unexpected = current.double.unexpected();
    await current.double.stop();
    expect(unexpected).toEqual([]);
  });
  const access = (token = current.double.adminToken): ClusterAccess => ({ server: current.double.url, tls: { ca: current.double.authority }, headers: async () => ({ authorization: `Bearer ${token}` }) });
  return {
    get double() {
      return current.double;
    },
    access,
    client: (client = {}, token) => {
      const made = new KubeClient(access(token), { patience: { attempts: 4, firstMs: 5, longestMs: 20 }, ...client });
      open.push(made);
      return made;
    },
  };
}
