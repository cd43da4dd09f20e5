import { type AgentInstall, type JoinToken, agentManifests, agentNames, appliersOf, helmValues, isSystemNamespace, joinTokenManifest, removalManifests, removalWithNamespace } from '@sluice/agent-install';
import { API } from '@sluice/contracts';
import { NotFound, formatDuration, isName, InvalidInput } from '@sluice/kernel';
import type { Command } from 'commander';
import { INSTALL_DEFAULTS, type RawInstallOptions, accountsOf, installOf, tokenLifetime } from '../agent/install-options.js';
import { manifestFormat, toYaml, writeManifests } from '../agent/write-manifests.js';
import { withGit } from '../agent/with-git.js';
import type { ApiClient } from '../api-client.js';
import { type Context, chooseRepository, clientFor, globalOptions } from '../context.js';

interface UninstallOptions extends Pick<RawInstallOptions, 'cluster' | 'namespace' | 'applyAs' | 'applyAsAgent'> {
  readonly revoke?: boolean;
  readonly withNamespace?: boolean;
}

type RotateOptions = Pick<RawInstallOptions, 'cluster' | 'namespace' | 'tokenTtl'>;

const APPLY_AS = 'a ServiceAccount that is there already and whose rights the agent applies with; may be given several times';
const APPLY_AS_AGENT = 'make an account for the agent and give it this ClusterRole in this namespace (*: in the whole cluster); may be given several times';

/** @param version of the image that is installed when no other is named */
export function agentCommand(program: Command, context: Context, version: string): void {
  const agent = program.command('agent').description('install, rotate and remove the agent of a Kubernetes cluster');
  named(agent.command('install'))
    .description('print manifests that install an agent: for kubectl apply -f -')
    .requiredOption('--environment <name>', 'the environment that it runs')
    .option('-r, --repository <name>', 'the repository, when the server has several')
    .option('--apply-as <namespace/serviceaccount...>', APPLY_AS)
    .option('--apply-as-agent <namespace/clusterrole...>', APPLY_AS_AGENT)
    .option('--default-namespace <name>', 'of objects in the repository that name none', INSTALL_DEFAULTS.defaultNamespace)
    .option('--labels <labels>', 'what waves select the cluster by, such as canary=true,region=eu')
    .option('--image <image>', 'the agent\'s image (see infra/images)', `sluice-agent:${version}`)
    .option('--server-url <url>', 'the server as the cluster reaches it; default: as this command line does')
    .option('--git-url <url>', 'a repository that the agent is pinned to, whatever the server says')
    .option('--git-credential-secret <name>', 'a Secret in the agent\'s namespace that is there already, with what that repository is read with: token, or username and password')
    .option('--storage-size <size>', 'of the volume for its key and its copy of the repository', INSTALL_DEFAULTS.storageSize)
    .option('--storage-class <name>', 'of that volume; default: the cluster\'s')
    .option('--api-server-port <port...>', 'where the API server listens, for the network policy (443 and 6443)')
    .option('--no-create-namespace', 'leave the namespace as it is: else what runs in it is held to the restricted Pod Security Standard')
    .option('--token-ttl <duration>', 'how long the join token is good', INSTALL_DEFAULTS.tokenTtl)
    .option('--no-token', 'without a join token: for manifests that are kept in git, or an agent that has enrolled')
    .action((options: RawInstallOptions, command: Command) => install(context, command, options));
  named(agent.command('uninstall'))
    .description('print what is to be deleted: for kubectl delete --ignore-not-found -f -. Applications stay')
    .option('--apply-as <namespace/serviceaccount...>', 'as it was installed with: the Roles in these namespaces go too')
    .option('--apply-as-agent <namespace/clusterrole...>', 'as it was installed with: these bindings go too')
    .option('--with-namespace', 'the namespace too, with everything that is in it')
    .option('--revoke', 'and shut the agent out of the server, now')
    .action((options: UninstallOptions, command: Command) => uninstall(context, command, options));
  named(agent.command('rotate'))
    .description('print a Secret with a new join token: the agent takes it while it runs, with a new key, and the old key is shut out')
    .option('--token-ttl <duration>', 'how long the join token is good', INSTALL_DEFAULTS.tokenTtl)
    .action((options: RotateOptions, command: Command) => rotate(context, command, options));
}

function named(command: Command): Command {
  return command.requiredOption('--cluster <name>', 'as `sluice clusters` lists it: small letters, digits and -').option('--namespace <name>', 'of the agent itself', INSTALL_DEFAULTS.namespace);
}

async function install(context: Context, command: Command, options: RawInstallOptions): Promise<void> {
  const format = manifestFormat(command, ['yaml', 'json', 'helm-values']);
  const client = await clientFor(context, globalOptions(command));
  // what is wrong is said before a token is made
  const ttlSeconds = tokenLifetime(options.tokenTtl);
  const asked = installOf(options, client.connection.url);
  const repository = await chooseRepository(client, options.repository);
  await checkEnvironment(client, repository, options.environment);
  const { items } = await client.call(API.repositories);
  const wanted = withGit(asked, items.find(({ id }) => id === repository));
  const { cluster, labels } = wanted;
  const body = { cluster, environment: options.environment, repository, ttlSeconds, ...(Object.keys(labels).length > 0 && { labels }) };
  const ready: AgentInstall = options.token ? { ...wanted, joinToken: await client.call(API.createJoinToken, { body }) } : wanted;
  if (format === 'helm-values') context.terminal.out(toYaml(helmValues(ready)));
  else writeManifests(context.terminal, format, agentManifests(ready));
  for (const hint of hints(context, ready)) context.terminal.err(hint);
}

async function checkEnvironment(client: ApiClient, repository: string, environment: string): Promise<void> {
  const { environments } = await client.call(API.matrix, { params: { repository } });
  if (!environments.some(({ name }) => name === environment)) throw new NotFound(`there is no environment ${environment}; there are ${environments.map(({ name }) => name).join(', ') || 'none'}`);
}

function hints(context: Context, install: AgentInstall): readonly string[] {
  const { cluster, image, joinToken, grants, gitUrl, gitCredentialSecret } = install;
  const everywhere = grants.filter(({ namespace }) => namespace === '*').map(({ clusterRole }) => clusterRole);
  return [
    joinToken ? tokenHint(context, joinToken) : `Without a join token: \`sluice agent rotate --cluster ${cluster}\` makes one for an agent that has not enrolled.`,
    `The agent applies as ${appliersOf(install).map(({ namespace, name }) => `${namespace}/${name}`).join(', ')}; it can do no more than they, and nothing without them.`,
    ...(everywhere.length > 0 ? [`Careful: ${everywhere.join(', ')} counts in the whole cluster. Whoever can change the environment's branch has these rights there.`] : []),
    ...(gitCredentialSecret === undefined ? [] : [`The agent reads ${gitUrl} with the Secret ${install.namespace}/${gitCredentialSecret}, which has to have a token, or a username and a password; its pod waits until it is there.`]),
    `The cluster has to be able to pull ${image}.`,
  ];
}

function tokenHint({ terminal }: Context, { expiresAt }: JoinToken): string {
  return `The join token is good once, until ${expiresAt} (${formatDuration(Date.parse(expiresAt) - terminal.now())}): apply this before then, and keep it out of git.`;
}

async function uninstall(context: Context, command: Command, options: UninstallOptions): Promise<void> {
  const format = manifestFormat(command, ['yaml', 'json']);
  const { cluster, namespace } = checkNames(options);
  const accounts = accountsOf(options);
  if (options.withNamespace && isSystemNamespace(namespace)) throw new InvalidInput(`--with-namespace: ${namespace} is not the agent's own`);
  if (options.revoke) await (await clientFor(context, globalOptions(command))).call(API.revokeCluster, { params: { cluster } });
  const named = options.withNamespace ? removalWithNamespace : removalManifests;
  writeManifests(context.terminal, format, named({ cluster, namespace, ...accounts }));
  context.terminal.err(options.revoke ? `${cluster} is revoked: its agent is shut out.` : `The server still lets the agent of ${cluster} in: add --revoke when it is to be shut out.`);
  context.terminal.err(`What the agent has applied stays. Roles that are left in other namespaces: kubectl delete roles,rolebindings,clusterrolebindings -A -l sluice.dev/agent=${cluster}`);
}

async function rotate(context: Context, command: Command, options: RotateOptions): Promise<void> {
  const format = manifestFormat(command, ['yaml', 'json', 'helm-values']);
  const { cluster, namespace } = checkNames(options);
  const ttlSeconds = tokenLifetime(options.tokenTtl);
  const client = await clientFor(context, globalOptions(command));
  const known = (await client.call(API.clusters)).items.find(({ name }) => name === cluster);
  if (!known) throw new NotFound(`there is no cluster ${cluster}: \`sluice agent install\` installs an agent`);
  const joinToken = await client.call(API.createJoinToken, { body: { cluster, environment: known.environment, repository: known.repository, ttlSeconds } });
  if (format === 'helm-values') context.terminal.out(toYaml({ joinToken: joinToken.token, joinTokenExpiresAt: joinToken.expiresAt }));
  else writeManifests(context.terminal, format, [joinTokenManifest({ cluster, namespace }, joinToken)]);
  context.terminal.err(tokenHint(context, joinToken));
  context.terminal.err(`A running agent takes it from the Secret ${namespace}/${agentNames(cluster).joinToken} within a few minutes, and its old key is shut out then.`);
}

function checkNames<T extends { readonly cluster: string; readonly namespace: string }>(options: T): T {
  for (const name of ['cluster', 'namespace'] as const) if (!isName(options[name])) throw new InvalidInput(`--${name} ${options[name].slice(0, 100)}: give a name of small letters, digits and dashes, at most 63`);
  return options;
}
