import type { AgentInstall } from './agent-install.js';
import { API_SERVER_PORTS } from './agent-install.js';

export const PROD: AgentInstall = {
  cluster: 'prod-eu',
  namespace: 'sluice',
  createNamespace: true,
  image: 'sluice-agent:0.1.0',
  serverUrl: 'https://sluice.example.org',
  appliers: [
    { namespace: 'shop', name: 'deployer' },
    { namespace: 'billing', name: 'deployer' },
  ],
  grants: [],
  defaultNamespace: 'shop',
  labels: { canary: 'true', region: 'eu' },
  joinToken: { token: 'a-join-token-of-this-test', expiresAt: '2026-11-26T12:00:00.000Z' },
  storage: { size: '1Gi' },
  apiServerPorts: API_SERVER_PORTS,
};

/** With an applier that is made for it. */
export const OWN_APPLIER: AgentInstall = {
  ...PROD,
  cluster: 'dev',
  appliers: [],
  grants: [
    { namespace: 'shop', clusterRole: 'edit' },
    { namespace: '*', clusterRole: 'namespaces' },
  ],
  gitUrl: 'http://git.example.org:3000/shop.git',
  gitCredentialSecret: 'shop-git',
  storage: { size: '2Gi', className: 'fast' },
};
