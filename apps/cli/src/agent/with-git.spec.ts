import { API_SERVER_PORTS, type AgentInstall } from '@sluice/agent-install';
import { withGit } from './with-git.js';

const INSTALL: AgentInstall = {
  cluster: 'prod-eu',
  namespace: 'sluice',
  createNamespace: true,
  image: 'sluice-agent:0.1.0',
  serverUrl: 'https://sluice.internal',
  appliers: [{ namespace: 'shop', name: 'deployer' }],
  grants: [],
  defaultNamespace: 'shop',
  labels: {},
  storage: { size: '1Gi' },
  apiServerPorts: API_SERVER_PORTS,
};
const SECRET = { ...INSTALL, gitCredentialSecret: 'shop-git' };
const HERE = { id: 'shop', forge: 'builtin', gitUrl: 'https://sluice.example.org/git/shop.git' };
const THERE = { id: 'shop', forge: 'github', gitUrl: 'https://github.com/acme/shop.git' };
const PINNED = 'https://mirror.example.org/shop.git';

describe('where an installed agent fetches from', () => {
  it('is the server under the address at which the cluster reaches it', () => {
    expect(withGit(INSTALL, HERE).gitUrl).toBe('https://sluice.internal/git/shop.git');
    expect(withGit({ ...INSTALL, serverUrl: 'https://sluice.example.org' }, HERE).gitUrl).toBeUndefined();
  });

  it('is the forge that the repository is on, with a Secret of the cluster', () => {
    expect(withGit(SECRET, THERE)).toEqual({ ...SECRET, gitUrl: THERE.gitUrl });
  });

  it('is what somebody names, with or without a Secret', () => {
    for (const install of [INSTALL, SECRET]) for (const repository of [HERE, THERE]) expect(withGit({ ...install, gitUrl: PINNED }, repository).gitUrl).toBe(PINNED);
  });

  it('has to be a place that the agent can read', () => {
    expect(() => withGit(INSTALL, THERE)).toThrow(/shop is at https:\/\/github\.com\/acme\/shop\.git.*--git-credential-secret/);
    expect(() => withGit(SECRET, HERE)).toThrow('with a token of its own');
    expect(() => withGit(SECRET, { ...THERE, gitUrl: 'http://127.0.0.1:3000/acme/shop.git' })).toThrow('the pod itself');
  });
});
