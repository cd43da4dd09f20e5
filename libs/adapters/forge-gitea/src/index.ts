export { connectGitea } from './connect-gitea.js';
export { giteaWebhooks } from './webhooks.js';
