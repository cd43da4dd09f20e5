import type { PreparedTest } from '@sluice/sync';
import type { JsonObject } from '../transport/kube-object.js';

const FILES = '/sluice/files';
const HOME = '/sluice/home';
/** Seconds after which the cluster removes a Job that nobody removed. */
const KEPT = 3_600;

/** Seconds after its timeout at which the cluster ends it without being asked: pods that it ends so are gone with their logs. */
const GRACE = 120;

/** The label by which everything of a run is found. */
export const RUN_LABEL = 'sluice.dev/test-run';

/**
 * A test as a Job: one pod, once, no longer than its timeout, without a token of the cluster and without privileges.
 * https://kubernetes.io/docs/concepts/workloads/controllers/job/ https://kubernetes.io/docs/concepts/security/pod-security-standards/
 */
export function testJob({ order }: PreparedTest, parts: { readonly name: string; readonly image: string; readonly labels: Readonly<Record<string, string>>; readonly volume: JsonObject }): JsonObject {
  const { test } = order;
  const { name, image, labels, volume } = parts;
  const container = {
    name: 'test',
    image,
    command: [...test.command],
    workingDir: FILES,
    env: Object.entries(environmentOf(order)).map(([variable, value]) => ({ name: variable, value })),
    securityContext: { allowPrivilegeEscalation: false, capabilities: { drop: ['ALL'] } },
    volumeMounts: [
      { name: 'files', mountPath: FILES, readOnly: true },
      { name: 'home', mountPath: HOME },
    ],
  };
  const pod = {
    restartPolicy: 'Never',
    automountServiceAccountToken: false,
    enableServiceLinks: false,
    securityContext: { seccompProfile: { type: 'RuntimeDefault' } },
    containers: [container],
    volumes: [volume, { name: 'home', emptyDir: {} }],
  };
  return {
    apiVersion: 'batch/v1',
    kind: 'Job',
    metadata: { name, labels },
    spec: { backoffLimit: 0, completions: 1, parallelism: 1, activeDeadlineSeconds: Math.ceil(test.timeoutMs / 1_000) + GRACE, ttlSecondsAfterFinished: KEPT, template: { metadata: { labels }, spec: pod } },
  };
}

function environmentOf({ environment, application, commit, test, run }: PreparedTest['order']): Readonly<Record<string, string>> {
  return { HOME, TMPDIR: HOME, SLUICE_ENVIRONMENT: environment, SLUICE_APPLICATION: application, SLUICE_REVISION: commit, SLUICE_TEST: test.name, SLUICE_TEST_RUN: run };
}
