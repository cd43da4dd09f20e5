import { isObject, listAt, objectAt, setDefault, textAt, type Json, type JsonObject } from '../api/json.js';

// The defaults of https://kubernetes.io/docs/reference/kubernetes-api/workload-resources/pod-v1/#PodSpec that a workload's template gets.

export function defaultPodSpec(spec: JsonObject, template: boolean): void {
  setDefault(spec, 'restartPolicy', 'Always');
  setDefault(spec, 'dnsPolicy', 'ClusterFirst');
  setDefault(spec, 'schedulerName', 'default-scheduler');
  setDefault(spec, 'terminationGracePeriodSeconds', 30);
  setDefault(spec, 'securityContext', {});
  if (!template) setDefault(spec, 'enableServiceLinks', true);
  const account = textAt(spec, 'serviceAccountName') || textAt(spec, 'serviceAccount');
  if (account !== '') Object.assign(spec, { serviceAccountName: account, serviceAccount: account });
  for (const container of [...listAt(spec, 'initContainers'), ...listAt(spec, 'containers')]) if (isObject(container)) defaultContainer(container);
  for (const volume of listAt(spec, 'volumes')) if (isObject(volume)) defaultVolume(volume);
}

function defaultContainer(container: JsonObject): void {
  setDefault(container, 'terminationMessagePath', '/dev/termination-log');
  setDefault(container, 'terminationMessagePolicy', 'File');
  setDefault(container, 'resources', {});
  setDefault(container, 'imagePullPolicy', pullPolicy(textAt(container, 'image')));
  for (const port of listAt(container, 'ports')) if (isObject(port)) setDefault(port, 'protocol', 'TCP');
  for (const name of ['livenessProbe', 'readinessProbe', 'startupProbe']) if (isObject(container[name])) defaultProbe(container[name]);
  for (const env of listAt(container, 'env')) defaultFieldRef(objectAt(env, 'valueFrom', 'fieldRef'));
  defaultRequests(objectAt(container, 'resources'));
}

/** https://kubernetes.io/docs/concepts/containers/images/#imagepullpolicy-defaulting */
function pullPolicy(image: string): string {
  const last = image.slice(image.lastIndexOf('/') + 1);
  const latest = !image.includes('@') && (!last.includes(':') || last.endsWith(':latest'));
  return latest ? 'Always' : 'IfNotPresent';
}

function defaultProbe(probe: JsonObject): void {
  for (const [name, value] of Object.entries({ timeoutSeconds: 1, periodSeconds: 10, successThreshold: 1, failureThreshold: 3 })) setDefault(probe, name, value);
  if (isObject(probe['httpGet'])) {
    setDefault(probe['httpGet'], 'scheme', 'HTTP');
    setDefault(probe['httpGet'], 'path', '/');
  }
  if (isObject(probe['grpc'])) setDefault(probe['grpc'], 'service', '');
}

function defaultFieldRef(reference: JsonObject): void {
  if (reference['fieldPath'] !== undefined) setDefault(reference, 'apiVersion', 'v1');
}

/** https://kubernetes.io/docs/concepts/configuration/manage-resources-containers/#requests-and-limits: a limit without a request is the request. */
function defaultRequests(resources: JsonObject): void {
  const limits = objectAt(resources, 'limits');
  if (Object.keys(limits).length === 0) return;
  resources['requests'] = { ...limits, ...objectAt(resources, 'requests') };
}

const MODES: Readonly<Record<string, Json>> = { configMap: 420, secret: 420, projected: 420, downwardAPI: 420 };

function defaultVolume(volume: JsonObject): void {
  for (const [source, mode] of Object.entries(MODES)) if (isObject(volume[source])) setDefault(volume[source], 'defaultMode', mode);
  if (isObject(volume['hostPath'])) setDefault(volume['hostPath'], 'type', '');
  if (Object.keys(volume).length === 1) volume['emptyDir'] = {};
}
