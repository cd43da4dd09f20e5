import { connectGitlab, gitlabWebhooks } from '@sluice/forge-gitlab';
import { noAdapters, type ForgeAdapters } from '@sluice/usecases';

/** What connects each kind of forge over the network. */
export const FORGE_ADAPTERS: ForgeAdapters = { ...noAdapters(), gitlab: { connect: connectGitlab, webhooks: gitlabWebhooks } };
