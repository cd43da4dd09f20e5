import { createHash } from 'node:crypto';
import { instant } from '@sluice/kernel';
import type { DesiredFile } from '@sluice/sync';
import type { KubernetesDouble } from '@sluice/kubernetes-double';
import type { KubernetesTargetOptions } from './cluster-parts.js';
import { KubernetesTarget } from './kubernetes-target.js';
import type { ClusterAccess } from './transport/cluster-access.js';

const OWNER = { cluster: 'prod-eu', environment: 'prod' };
export const COMMIT = 'a'.repeat(40);
export const NEXT = 'b'.repeat(40);

/** Files of a commit by path. */
export function filesOf(texts: Readonly<Record<string, string | object>>): DesiredFile[] {
  return Object.entries(texts).map(([path, content]) => {
    const text = typeof content === 'string' ? content : JSON.stringify(content);
    return { path, mode: '100644', sha: createHash('sha1').update(text).digest('hex'), read: async () => Buffer.from(text) };
  });
}

/** A target on a double, as an agent has it after its enrolment. */
export async function openTarget(access: ClusterAccess, options: Partial<KubernetesTargetOptions> = {}): Promise<KubernetesTarget> {
  const target = new KubernetesTarget({
    connect: async () => access,
    appliers: [{ name: 'the agent itself', as: undefined }],
    namespace: 'default',
    defaultNamespace: 'default',
    adopt: false,
    allowEmpty: false,
    renderer: () => Promise.reject(new Error('nothing is rendered here')),
    clock: () => instant(Date.now()),
    client: { patience: { attempts: 3, firstMs: 5, longestMs: 20 } },
    patience: { established: 3_000, current: 1_000 },
    ...options,
  });
  await target.prepare();
  target.belongTo(OWNER);
  return target;
}

export function configMap(name: string, data: Readonly<Record<string, string>> = {}, metadata: object = {}) {
  return { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name, ...metadata }, data };
}

export function deployment(name: string, image = 'app:1', metadata: object = {}) {
  const labels = { app: name };
  return { apiVersion: 'apps/v1', kind: 'Deployment', metadata: { name, ...metadata }, spec: { replicas: 2, selector: { matchLabels: labels }, template: { metadata: { labels }, spec: { containers: [{ name: 'app', image }] } } } };
}

export const SHOPS = {
  apiVersion: 'apiextensions.k8s.io/v1',
  kind: 'CustomResourceDefinition',
  metadata: { name: 'shops.example.com' },
  spec: {
    group: 'example.com',
    scope: 'Namespaced',
    names: { plural: 'shops', singular: 'shop', kind: 'Shop', listKind: 'ShopList' },
    versions: [{ name: 'v1', served: true, storage: true, schema: { openAPIV3Schema: { type: 'object', properties: { spec: { type: 'object', properties: { size: { type: 'integer' } } } } } } }],
  },
};

export function maps(double: KubernetesDouble, ...names: readonly string[]): (string | undefined)[] {
  return names.map((name) => {
    const object = double.stored('', 'configmaps', 'default', name);
    return object && JSON.stringify(object['data'] ?? {});
  });
}
