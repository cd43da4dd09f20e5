export { refusalOf, textOf } from './blocks.js';
export type { Acknowledged, Payload } from './delivery.js';
export type { HttpMode } from './http-mode.js';
export { SlackDouble } from './slack-double.js';
export type { SlackUser } from './slack-user.js';
export type { SlackMessage, SlackView } from './workspace.js';
