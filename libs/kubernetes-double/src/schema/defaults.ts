import { childOf, isObject, listAt, objectAt, setDefault, textAt, textsAt, type JsonObject, type KubeObject } from '../api/json.js';
import { fill, WORKLOAD_DEFAULTS } from './workload-defaults.js';

/** Hands out addresses and ports, as https://kubernetes.io/docs/concepts/services-networking/cluster-ip-allocation/ says. */
export class Addresses {
  private next = 0;

  clusterIp(): string {
    this.next += 1;
    return `10.96.${Math.floor(this.next / 250)}.${(this.next % 250) + 1}`;
  }

  nodePort(): number {
    this.next += 1;
    return 30_000 + (this.next % 2768);
  }
}

type Defaults = (object: KubeObject, addresses: Addresses) => void;

const DEFAULTS: Readonly<Record<string, Defaults>> = {
  '/Service': defaultService,
  '/Secret': defaultSecret,
  '/Namespace': (object) => {
    const labels = childOf(object.metadata, 'labels');
    labels['kubernetes.io/metadata.name'] = object.metadata.name;
    if (object.metadata.deletionTimestamp === undefined) setDefault(childOf(object, 'spec'), 'finalizers', ['kubernetes']);
    setDefault(childOf(object, 'status'), 'phase', 'Active');
  },
  '/PersistentVolumeClaim': (object) => {
    setDefault(childOf(object, 'spec'), 'volumeMode', 'Filesystem');
    setDefault(childOf(object, 'status'), 'phase', 'Pending');
  },
  'rbac.authorization.k8s.io/RoleBinding': defaultBinding,
  'rbac.authorization.k8s.io/ClusterRoleBinding': defaultBinding,
  'networking.k8s.io/NetworkPolicy': (object) => {
    const spec = childOf(object, 'spec');
    setDefault(spec, 'policyTypes', spec['egress'] === undefined ? ['Ingress'] : ['Ingress', 'Egress']);
    for (const rule of [...listAt(spec, 'ingress'), ...listAt(spec, 'egress')]) for (const port of listAt(rule, 'ports')) if (isObject(port)) setDefault(port, 'protocol', 'TCP');
  },
  'networking.k8s.io/Ingress': (object) => setDefault(childOf(object, 'status'), 'loadBalancer', {}),
  'autoscaling/HorizontalPodAutoscaler': (object) => setDefault(childOf(object, 'spec'), 'minReplicas', 1),
  'admissionregistration.k8s.io/ValidatingWebhookConfiguration': defaultWebhooks,
  'admissionregistration.k8s.io/MutatingWebhookConfiguration': defaultWebhooks,
  'apiextensions.k8s.io/CustomResourceDefinition': (object) => {
    const spec = childOf(object, 'spec');
    setDefault(spec, 'conversion', { strategy: 'None' });
    const names = childOf(spec, 'names');
    fill(names, { singular: textAt(names, 'kind').toLowerCase(), listKind: `${textAt(names, 'kind')}List` });
  },
};

/** Fills in what the server fills in before it stores an object, as far as the double knows. */
export function applyDefaults(group: string, object: KubeObject, addresses: Addresses): void {
  const workload = ['', 'apps', 'batch'].includes(group) ? WORKLOAD_DEFAULTS[object.kind] : undefined;
  workload?.(childOf(object, 'spec'), object);
  DEFAULTS[`${group}/${object.kind}`]?.(object, addresses);
}

/** https://kubernetes.io/docs/reference/kubernetes-api/service-resources/service-v1/#ServiceSpec */
function defaultService(object: KubeObject, addresses: Addresses): void {
  const spec = childOf(object, 'spec');
  fill(spec, { type: 'ClusterIP', sessionAffinity: 'None' });
  for (const port of listAt(spec, 'ports')) if (isObject(port)) fill(port, { protocol: 'TCP', targetPort: port['port'] ?? null });
  setDefault(childOf(object, 'status'), 'loadBalancer', {});
  if (spec['type'] !== 'ExternalName') defaultAddresses(spec, addresses);
}

function defaultAddresses(spec: JsonObject, addresses: Addresses): void {
  if (!textAt(spec, 'clusterIP')) spec['clusterIP'] = textsAt(spec, 'clusterIPs')[0] ?? addresses.clusterIp();
  fill(spec, { clusterIPs: [textAt(spec, 'clusterIP')], ipFamilies: ['IPv4'], ipFamilyPolicy: 'SingleStack', internalTrafficPolicy: 'Cluster' });
  if (spec['type'] === 'ClusterIP') return;
  fill(spec, { externalTrafficPolicy: 'Cluster', ...(spec['type'] === 'LoadBalancer' ? { allocateLoadBalancerNodePorts: true } : {}) });
  for (const port of listAt(spec, 'ports')) if (isObject(port)) setDefault(port, 'nodePort', addresses.nodePort());
}

/** https://kubernetes.io/docs/concepts/configuration/secret/#restriction-names-data: `stringData` is written only. */
function defaultSecret(object: KubeObject): void {
  setDefault(object, 'type', 'Opaque');
  const texts = objectAt(object, 'stringData');
  delete object['stringData'];
  if (Object.keys(texts).length === 0) return;
  const data = childOf(object, 'data');
  for (const key of Object.keys(texts)) data[key] = Buffer.from(textAt(texts, key), 'utf8').toString('base64');
}

function defaultBinding(object: KubeObject): void {
  setDefault(childOf(object, 'roleRef'), 'apiGroup', 'rbac.authorization.k8s.io');
  for (const subject of listAt(object, 'subjects')) if (isObject(subject) && subject['kind'] !== 'ServiceAccount') setDefault(subject, 'apiGroup', 'rbac.authorization.k8s.io');
}

function defaultWebhooks(object: KubeObject): void {
  for (const webhook of listAt(object, 'webhooks')) {
    if (!isObject(webhook)) continue;
    fill(webhook, { failurePolicy: 'Fail', matchPolicy: 'Equivalent', namespaceSelector: {}, objectSelector: {}, timeoutSeconds: 10 });
    for (const rule of listAt(webhook, 'rules')) if (isObject(rule)) setDefault(rule, 'scope', '*');
    const service = webhook['clientConfig'] as JsonObject | undefined;
    if (isObject(service?.['service'])) setDefault(service['service'], 'port', 443);
  }
}
