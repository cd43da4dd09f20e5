export { connectGithub } from './connect-github.js';
export { githubWebhooks } from './webhooks.js';
