import { type AgentInstall, checkInstall } from '@sluice/agent-install';
import { InvalidInput } from '@sluice/kernel';

/** A repository as the server lists it. */
export interface ListedRepository {
  readonly id: string;
  readonly forge: string;
  readonly gitUrl: string;
}

/**
 * Where the agent fetches from. A server that the cluster reaches under another address than people do names that one for git: the agent is told the one that it can reach. A repository on a forge over the network it reads
 * there, with a credential that its cluster has. @throws InvalidInput when it could not read it
 */
export function withGit(install: AgentInstall, repository: ListedRepository | undefined): AgentInstall {
  if (install.gitUrl !== undefined || repository === undefined) return install;
  return repository.forge === 'builtin' ? fromServer(install, repository) : fromForge(install, repository);
}

function fromServer(install: AgentInstall, { id, gitUrl }: ListedRepository): AgentInstall {
  if (install.gitCredentialSecret !== undefined) throw new InvalidInput(`--git-credential-secret: the agent reads ${id} from the server with a token of its own; leave it out, or name another repository with --git-url`);
  if (new URL(gitUrl).origin === new URL(install.serverUrl).origin) return install;
  return { ...install, gitUrl: `${install.serverUrl}/git/${id}.git` };
}

function fromForge(install: AgentInstall, { id, gitUrl }: ListedRepository): AgentInstall {
  if (install.gitCredentialSecret === undefined) throw new InvalidInput(`${id} is at ${gitUrl}, and its agents read it there: make a Secret with a read-only token of that forge in the agent's namespace, and name it with --git-credential-secret`);
  return checkInstall({ ...install, gitUrl });
}
