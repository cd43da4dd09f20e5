export { connectGitlab } from './connect-gitlab.js';
export { gitlabWebhooks } from './webhooks.js';
