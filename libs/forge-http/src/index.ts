export { createForgeFetch, type ForgeCall, type ForgeFetchOptions, type ForgeLimits } from './forge-fetch.js';
export { readLinks } from './links.js';
export { pages, type Page, type Paging } from './pages.js';
export type { Rate } from './rate-headers.js';
export { Passing } from './read-answer.js';
