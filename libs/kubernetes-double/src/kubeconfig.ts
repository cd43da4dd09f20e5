import { stringify } from 'yaml';

/** https://kubernetes.io/docs/reference/config-api/kubeconfig.v1/ */
export function writeKubeconfig({ url, authority, token }: { readonly url: string; readonly authority: string; readonly token: string }): string {
  return stringify({
    apiVersion: 'v1',
    kind: 'Config',
    clusters: [{ name: 'double', cluster: { server: url, 'certificate-authority-data': Buffer.from(authority, 'utf8').toString('base64') } }],
    users: [{ name: 'double', user: { token } }],
    contexts: [{ name: 'double', context: { cluster: 'double', user: 'double', namespace: 'default' } }],
    'current-context': 'double',
  });
}
