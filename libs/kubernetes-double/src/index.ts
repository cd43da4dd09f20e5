export { KubernetesDouble, type DoubleOptions } from './kubernetes-double.js';
export type { Fault, FaultRule } from './api/faults.js';
export type { SeenRequest } from './api/request-log.js';
export type { Json, JsonObject, KubeObject } from './api/json.js';
export type { AdmissionRequest, User } from './api/world.js';
export type { Judge, Refusal } from './access/admission.js';
export type { ClusterSettings } from './controllers/cluster-settings.js';
