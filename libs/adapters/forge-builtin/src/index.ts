export { type BuiltinForge, type BuiltinForgeOptions, createBuiltinForge, type PushListener } from './builtin-forge.js';
export { type GitCaller } from './http/git-caller.js';
export { AUTHENTICATE, presentedCredential, type PresentedCredential } from './http/credentials.js';
export { type GitHttpLimits } from './http/git-exchange.js';
export { type GitHttp } from './http/git-http.js';
export { type ProtectionRule } from './protection.js';
export { UnreadableRecord } from './unreadable-record.js';
