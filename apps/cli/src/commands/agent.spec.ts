import { API } from '@sluice/contracts';
import { parseAllDocuments } from 'yaml';
import { type Answer, START_TIMEOUT, TestSystem } from '../test-system.fixture.js';

const PIPELINE = `apiVersion: sluice.dev/v1
kind: Pipeline
metadata: { name: shop }
spec:
  environments: [{ name: dev, branch: dev }]
  applications: [{ name: shop, paths: ["apps/shop/**"] }]
`;
const SERVER = 'https://sluice.example.org';

interface Installed {
  readonly kind: string;
  readonly metadata: { readonly name: string; readonly namespace?: string };
  readonly stringData?: { readonly token: string };
}

const documents = ({ out }: Answer): readonly Installed[] => parseAllDocuments(out).map((document) => document.toJSON() as Installed);
const tokenIn = (answer: Answer): string => documents(answer).find(({ kind }) => kind === 'Secret')?.stringData?.token ?? '';

describe('sluice agent', () => {
  let system: TestSystem;
  beforeAll(async () => {
    system = await TestSystem.start({ main: { 'sluice.yaml': PIPELINE }, dev: { 'apps/shop/a.yaml': 'a: 1\n' } });
    await system.rest();
  }, START_TIMEOUT);
  afterAll(() => system?.stop(), 60_000);

  const install = (...more: readonly string[]): Promise<Answer> => system.sluice(['agent', 'install', '--cluster', 'dev-eu', '--environment', 'dev', '--server-url', SERVER, ...more]);
  const applyAs = ['--apply-as', 'shop/deployer'];
  async function enrol(joinToken: string, publicKey = 'k'.repeat(43)): Promise<number> {
    const response = await fetch(`${system.system.url}${API.agentEnrol.path}`, { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify({ protocol: 1, joinToken, publicKey, agentVersion: '0' }) });
    return response.status;
  }
  const clusterNamed = async (name: string) => (await system.system.call(API.clusters)).items.find((cluster) => cluster.name === name);

  it('prints nothing but manifests, with a token that enrols once, and says beside them until when', async () => {
    const answer = await install(...applyAs, '--labels', 'region=eu');
    expect(answer).toMatchObject({ code: 0, err: expect.stringMatching(/^The join token is good once, until \d{4}-\S+ \((1h|59m 59s)\)[^]*\nThe agent applies as shop\/deployer;[^]*sluice-agent:0/) });
    expect(documents(answer).map(({ kind }) => kind)).toEqual(['Namespace', 'ServiceAccount', 'Role', 'RoleBinding', 'ConfigMap', 'Role', 'RoleBinding', 'Secret', 'NetworkPolicy', 'PersistentVolumeClaim', 'Deployment']);
    expect(answer.err).not.toContain(tokenIn(answer));
    expect(await enrol(tokenIn(answer))).toBeLessThan(300);
    expect(await enrol(tokenIn(answer), 'j'.repeat(43))).toBe(409);
    expect(await clusterNamed('dev-eu')).toMatchObject({ environment: 'dev', labels: { region: 'eu' } });
  });

  it('prints a list in JSON, values of the chart, or manifests without a token', async () => {
    expect(JSON.parse((await install(...applyAs, '--output', 'json', '--no-token')).out)).toMatchObject({ kind: 'List', items: expect.arrayContaining([expect.objectContaining({ kind: 'Deployment' })]) });
    const values = await install(...applyAs, '-o', 'helm-values');
    expect(parseAllDocuments(values.out)[0]?.toJSON()).toMatchObject({ cluster: 'dev-eu', serverUrl: SERVER, gitUrl: `${SERVER}/git/${system.system.repositoryId}.git`, applyAs: [{ namespace: 'shop', name: 'deployer' }], joinToken: expect.stringMatching(/.{20}/), egress: { ports: [443] } });
    expect((await install(...applyAs, '--no-token', '--git-url', 'https://git.example.org/shop.git')).out).toContain('value: https://git.example.org/shop.git');
    const mounted = await install(...applyAs, '--no-token', '--git-url', 'https://git.example.org/shop.git', '--git-credential-secret', 'shop-git');
    expect(mounted).toMatchObject({ code: 0, out: expect.stringContaining('secretName: shop-git'), err: expect.stringContaining('The agent reads https://git.example.org/shop.git with the Secret sluice/shop-git') });
    const without = await install(...applyAs, '--no-token');
    expect(without).toMatchObject({ code: 0, err: expect.stringContaining('sluice agent rotate --cluster dev-eu') });
    expect(tokenIn(without)).toBe('');
  });

  it.each([
    ['nobody to apply as', [], 'with whose rights'],
    ['an account without a namespace', ['--apply-as', 'deployer'], 'namespace/serviceaccount'],
    ['a server that is the pod itself', [...applyAs, '--server-url', 'http://127.0.0.1:7420'], '--server-url'],
    ['a namespace of the system', [...applyAs, '--namespace', 'kube-system'], '--no-create-namespace'],
    ['a token that never expires', [...applyAs, '--token-ttl', '30d'], '--token-ttl'],
    ['a label that is none', [...applyAs, '--labels', 'canary'], '--labels'],
    ['a Secret for a repository that the server has', [...applyAs, '--git-credential-secret', 'shop-git'], 'with a token of its own'],
    ['another kind of output', [...applyAs, '--output', 'xml'], 'argument \'xml\' is invalid'],
  ])('refuses %s before it makes a token', async (_, more, message) => {
    expect(await install(...more)).toMatchObject({ code: 2, out: '', err: expect.stringContaining(message) });
  });

  it('needs a cluster, an environment that there is, and a right', async () => {
    expect(await system.sluice(['agent', 'install', '--environment', 'dev'])).toMatchObject({ code: 2, err: expect.stringContaining('--cluster <name>') });
    expect(await system.sluice(['agent', 'install', '--cluster', 'x', '--environment', 'nowhere', '--server-url', SERVER, ...applyAs])).toMatchObject({ code: 4, out: '', err: 'there is no environment nowhere; there are dev' });
    expect(await system.sluice(['agent', 'install', '--cluster', 'x', '--environment', 'dev', '--server-url', SERVER, ...applyAs], { token: 'nobody' })).toMatchObject({ code: 3, out: '' });
    expect(await system.sluice(['clusters', '--output', 'yaml'])).toMatchObject({ code: 2, err: '--output yaml: this command prints table or json' });
    expect(await system.sluice(['agent', 'uninstall', '--cluster', 'x', '--output', 'helm-values'])).toMatchObject({ code: 2, err: expect.stringContaining('yaml or json') });
  });

  it('warns of roles that count everywhere', async () => {
    expect(await install('--no-token', '--apply-as-agent', '*/cluster-admin', 'shop/edit')).toMatchObject({ code: 0, err: expect.stringContaining('cluster-admin counts in the whole cluster') });
  });

  it('gives another token for another key, for a cluster that there is', async () => {
    await enrol(tokenIn(await install(...applyAs)));
    const answer = await system.sluice(['agent', 'rotate', '--cluster', 'dev-eu', '--token-ttl', '10m']);
    expect(answer).toMatchObject({ code: 0, err: expect.stringContaining('its old key is shut out then') });
    expect(documents(answer)).toMatchObject([{ kind: 'Secret', metadata: { name: 'sluice-agent-dev-eu-join', namespace: 'sluice' } }]);
    expect(await enrol(tokenIn(answer), 'n'.repeat(43))).toBeLessThan(300);
    expect(await system.sluice(['agent', 'rotate', '--cluster', 'nowhere'])).toMatchObject({ code: 4, out: '' });
  });

  it('removes what it installed, and shuts the agent out only when it is told to', async () => {
    await enrol(tokenIn(await install(...applyAs)));
    const answer = await system.sluice(['agent', 'uninstall', '--cluster', 'dev-eu', ...applyAs]);
    expect(answer).toMatchObject({ code: 0, err: expect.stringContaining('add --revoke') });
    expect(documents(answer).map(({ kind, metadata }) => `${kind} ${metadata.namespace}/${metadata.name}`)).toEqual([
      'Deployment sluice/sluice-agent-dev-eu',
      'PersistentVolumeClaim sluice/sluice-agent-dev-eu',
      'NetworkPolicy sluice/sluice-agent-dev-eu',
      'Secret sluice/sluice-agent-dev-eu-join',
      'RoleBinding shop/sluice-agent-dev-eu-as-deployer',
      'Role shop/sluice-agent-dev-eu-as-deployer',
      'ConfigMap sluice/sluice-agent-dev-eu-inventory',
      'RoleBinding sluice/sluice-agent-dev-eu',
      'Role sluice/sluice-agent-dev-eu',
      'ServiceAccount sluice/sluice-agent-dev-eu',
    ]);
    expect(await clusterNamed('dev-eu')).toMatchObject({ revoked: false });
    expect(await system.sluice(['agent', 'uninstall', '--cluster', 'dev-eu', '--revoke', '--with-namespace'])).toMatchObject({ code: 0, out: expect.stringContaining('kind: Namespace'), err: expect.stringContaining('dev-eu is revoked') });
    expect(await clusterNamed('dev-eu')).toMatchObject({ revoked: true });
    expect(await system.sluice(['agent', 'uninstall', '--cluster', 'x', '--namespace', 'default', '--with-namespace'])).toMatchObject({ code: 2, out: '' });
    expect(await system.sluice(['agent', 'uninstall', '--cluster', 'nowhere', '--revoke'])).toMatchObject({ code: 4, out: '' });
  });
});
