export { createWebhookSender } from './create-webhook-sender.js';
