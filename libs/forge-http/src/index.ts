export { createForgeFetch, type ForgeCall, type ForgeFetchOptions, type ForgeLimits } from './forge-fetch.js';
export { readLinks } from './links.js';
export { oauthOf, type OauthPages } from './oauth.js';
export { withOrigin, withoutOrigin } from './origin-line.js';
export { mayNot, submitAsOwn, wornOut } from './own-review.js';
export { pages, type Page, type Paging } from './pages.js';
export { PersonalWays } from './personal-ways.js';
export type { Rate } from './rate-headers.js';
export { Passing } from './read-answer.js';
