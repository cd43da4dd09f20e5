export * from './accept-webhook.js';
export { ConnectRepository, type Connected, type ConnectWanted, hookUrl } from './connect-repository.js';
export { DisconnectRepository, type DisconnectWanted } from './disconnect-repository.js';
export * from './follow-reviews.js';
export * from './link-accounts.js';
export * from './manage-credentials.js';
export * from './remote-forges.js';
export * from './routed-forge.js';
export { TellRefusals } from './tell-refusals.js';
