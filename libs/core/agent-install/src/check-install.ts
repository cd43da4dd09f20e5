import { InvalidInput, isName, labelsProblem, printableLine } from '@sluice/kernel';
import { type AgentInstall, type Applier, type Grant, agentNames, isSystemNamespace } from './agent-install.js';

// https://kubernetes.io/docs/concepts/overview/working-with-objects/names/
const SUBDOMAIN = /^[a-z0-9]([a-z0-9-]*[a-z0-9])?(\.[a-z0-9]([a-z0-9-]*[a-z0-9])?)*$/;
const MAX_SUBDOMAIN = 253;
const QUANTITY = /^[1-9][0-9]*(Ki|Mi|Gi|Ti|k|M|G|T)?$/;
const IMAGE = /^[A-Za-z0-9][A-Za-z0-9._\-/:@]*$/;

/** `shop/deployer`. @throws InvalidInput */
export function parseApplier(text: string): Applier {
  const [namespace = '', name = '', ...rest] = text.split('/');
  if (rest.length > 0 || !isName(namespace) || !isSubdomain(name)) throw new InvalidInput(`${shown(text)} is no account to apply as: write namespace/serviceaccount, such as shop/deployer`);
  return { namespace, name };
}

/** `shop/edit`, or a star in place of the namespace for the whole cluster. @throws InvalidInput */
export function parseGrant(text: string): Grant {
  const [namespace = '', clusterRole = '', ...rest] = text.split('/');
  const known = namespace === '*' || isName(namespace);
  if (rest.length > 0 || !known || !/^[A-Za-z0-9][A-Za-z0-9:._-]*$/.test(clusterRole)) throw new InvalidInput(`${shown(text)} is no role to give: write namespace/clusterrole, such as shop/edit, or */clusterrole for the whole cluster`);
  return { namespace, clusterRole };
}

/** The same, when it can be installed. @throws InvalidInput naming the option that is wrong and what to do. */
export function checkInstall(install: AgentInstall): AgentInstall {
  const problem = firstProblem(install);
  if (problem !== undefined) throw new InvalidInput(problem);
  return { ...install, appliers: distinct(install.appliers), grants: distinct(install.grants) };
}

function firstProblem(install: AgentInstall): string | undefined {
  const { serverUrl, gitUrl = serverUrl, labels } = install;
  return namesProblem(install) ?? formsProblem(install) ?? secretProblem(install) ?? portsProblem(install) ?? urlProblem('--server-url', serverUrl) ?? urlProblem('--git-url', gitUrl) ?? labelsProblem(labels) ?? accountsProblem(install);
}

function namesProblem({ cluster, namespace, defaultNamespace, createNamespace }: AgentInstall): string | undefined {
  const wrong = Object.entries({ '--cluster': cluster, '--namespace': namespace, '--default-namespace': defaultNamespace }).find(([, name]) => !isName(name));
  if (wrong) return `${wrong[0]} ${shown(wrong[1])}: give a name of small letters, digits and dashes, at most 63`;
  if (!createNamespace || !isSystemNamespace(namespace)) return undefined;
  return `--namespace ${shown(namespace)}: what else runs there would be held to the restricted Pod Security Standard; choose one for agents, or leave it as it is with --no-create-namespace`;
}

function formsProblem({ image, storage: { size, className } }: AgentInstall): string | undefined {
  if (!IMAGE.test(image)) return `--image ${shown(image)}: give an image like registry/sluice-agent:1.2.3`;
  if (!QUANTITY.test(size)) return `--storage-size ${shown(size)}: give a size like 1Gi`;
  return className === undefined || isSubdomain(className) ? undefined : `--storage-class ${shown(className)}: give the name of a StorageClass`;
}

/** The value is not repeated: it may be the secret itself. */
function secretProblem({ gitCredentialSecret }: AgentInstall): string | undefined {
  return gitCredentialSecret === undefined || isSubdomain(gitCredentialSecret) ? undefined : '--git-credential-secret: give the name of a Secret in the agent\'s namespace, not what is in it';
}

function portsProblem({ apiServerPorts }: AgentInstall): string | undefined {
  const good = apiServerPorts.length > 0 && apiServerPorts.every((port) => Number.isInteger(port) && port > 0 && port < 65_536);
  return good ? undefined : '--api-server-port: give a number from 1 to 65535';
}

function urlProblem(option: string, text: string): string | undefined {
  if (!/^https?:\/\//.test(text) || !URL.canParse(text)) return `${option} ${shown(text)}: give an http or https URL`;
  const { username, password, hostname } = new URL(text);
  if (username !== '' || password !== '') return `${option}: give a URL without a user or a password in it`;
  if (isLoopback(hostname)) return `${option} ${shown(text)}: inside of a pod this address is the pod itself; give the server's address as the cluster reaches it (--server-url)`;
  return undefined;
}

function isLoopback(host: string): boolean {
  return host === 'localhost' || host.endsWith('.localhost') || /^127\./.test(host) || host === '[::1]' || host === '0.0.0.0';
}

function accountsProblem({ cluster, namespace, appliers, grants }: AgentInstall): string | undefined {
  const { agent, applier } = agentNames(cluster);
  if (appliers.length + grants.length === 0)
    return `nothing says with whose rights the agent is to apply. Name ServiceAccounts that have the rights: --apply-as namespace/serviceaccount, once for each. Or have one made (${applier}) and give it ClusterRoles where it needs them: --apply-as-agent namespace/clusterrole, such as --apply-as-agent shop/edit`;
  const own = appliers.find((one) => one.namespace === namespace && (one.name === agent || one.name === applier));
  if (own) return `--apply-as ${own.namespace}/${own.name}: that is the agent's own account; name another, or give roles to one that is made for it with --apply-as-agent`;
  const long = appliers.find(({ name }) => `${agent}-as-${name}`.length > MAX_SUBDOMAIN);
  return long && `--apply-as ${shown(`${long.namespace}/${long.name}`)}: the name is too long`;
}

function isSubdomain(text: string): boolean {
  return text.length <= MAX_SUBDOMAIN && SUBDOMAIN.test(text);
}

function distinct<T extends object>(items: readonly T[]): readonly T[] {
  return [...new Map(items.map((item) => [JSON.stringify(item), item])).values()];
}

function shown(text: string): string {
  return JSON.stringify(printableLine(text, 100));
}
