export { createIdentityProvider, type ProviderOptions } from './create-identity-provider.js';
