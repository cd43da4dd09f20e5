import { connectGitea, giteaWebhooks } from '@sluice/forge-gitea';
import { connectGithub, githubWebhooks } from '@sluice/forge-github';
import { connectGitlab, gitlabWebhooks } from '@sluice/forge-gitlab';
import type { ForgeAdapters } from '@sluice/usecases';

const GITEA = { connect: connectGitea, webhooks: giteaWebhooks };

/** What connects each kind of forge over the network. Forgejo is Gitea with some differences, which the adapter knows. */
export const FORGE_ADAPTERS: ForgeAdapters = {
  github: { connect: connectGithub, webhooks: githubWebhooks },
  gitlab: { connect: connectGitlab, webhooks: gitlabWebhooks },
  gitea: GITEA,
  forgejo: GITEA,
};
