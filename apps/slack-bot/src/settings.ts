import { parseEnvironment, type LogLevel } from '@sluice/runtime';
import { z } from 'zod';
import { parseChannels, type ChannelRule } from './channels.js';

const url = z.url({ protocol: /^https?$/, error: 'an http or https URL' }).transform((text) => text.replace(/\/+$/, ''));

const schema = z
  .object({
    SLUICE_URL: url,
    SLUICE_TOKEN: z.string('the token that `sluice slack bot` prints').min(20, 'the token that `sluice slack bot` prints'),
    SLUICE_SLACK_BOT_TOKEN: z.string('the bot token, which begins with xoxb-').startsWith('xoxb-', 'the bot token, which begins with xoxb-'),
    SLUICE_SLACK_MODE: z.enum(['socket', 'http']).default('socket'),
    SLUICE_SLACK_APP_TOKEN: z.string().startsWith('xapp-', 'the app-level token, which begins with xapp-').optional(),
    SLUICE_SLACK_SIGNING_SECRET: z.string().min(16, 'the signing secret of the app').optional(),
    SLUICE_SLACK_HOST: z.string().default('127.0.0.1'),
    SLUICE_SLACK_PORT: z.coerce.number().int().min(1).max(65_535).default(7430),
    SLUICE_SLACK_API_URL: url.optional(),
    SLUICE_SLACK_CHANNELS: z.string('which channel is told of which environment, such as prod=C0123456789,*=C0987654321').transform((text, context) => {
      const rules = parseChannels(text);
      if (typeof rules !== 'string') return rules;
      context.addIssue({ code: 'custom', message: rules });
      return z.NEVER;
    }),
    SLUICE_LOG_LEVEL: z.enum(['debug', 'info', 'warn', 'error', 'silent']).default('info'),
    SLUICE_PARENT: z.literal('stdin').optional(),
  })
  .superRefine((env, context) => {
    if (env.SLUICE_SLACK_MODE === 'socket' && env.SLUICE_SLACK_APP_TOKEN === undefined) context.addIssue({ code: 'custom', path: ['SLUICE_SLACK_APP_TOKEN'], message: 'Socket Mode needs the app-level token (connections:write)' });
    if (env.SLUICE_SLACK_MODE === 'http' && env.SLUICE_SLACK_SIGNING_SECRET === undefined) context.addIssue({ code: 'custom', path: ['SLUICE_SLACK_SIGNING_SECRET'], message: 'HTTP mode needs the signing secret' });
  });

/** How the bot hears of what people do in Slack. */
export type Hearing = { readonly kind: 'socket'; readonly appToken: string } | { readonly kind: 'http'; readonly signingSecret: string; readonly host: string; readonly port: number };

/** How much Slack takes, in milliseconds: https://docs.slack.dev/apis/web-api/rate-limits */
export interface Pace {
  /** Between two posts in one channel. */
  readonly post: number;
  /** Between two edits. */
  readonly update: number;
  /** How long news are gathered before they are told. */
  readonly gather: number;
  /** The longest wait before Slack or a channel that refuses is tried again. */
  readonly patience: number;
  /** How long Sluice may take to hear of what somebody does, before they are told that it is away: Slack's people wait three seconds. */
  readonly answer: number;
  /** Between two looks at whether linked accounts are still there, and between two questions about one of them. */
  readonly accounts: number;
  readonly account: number;
  /** How long a channel's name is taken to be the same channel's. */
  readonly named: number;
  /** Between two looks at what rules say is to be told. */
  readonly notifications: number;
  /** How often what is open is looked at although nothing was heard of it. */
  readonly sweep: number;
}

// 1.05 s and 50 a minute with some air
const PACE: Pace = { post: 1_050, update: 1_250, gather: 500, patience: 60_000, answer: 2_000, sweep: 60_000, notifications: 5_000, accounts: 3_600_000, account: 1_250, named: 600_000 };

export interface Settings {
  readonly sluice: { readonly url: string; readonly token: string };
  readonly botToken: string;
  readonly hearing: Hearing;
  readonly slackApiUrl?: string;
  readonly channels: readonly ChannelRule[];
  readonly pace: Pace;
  readonly logLevel: LogLevel;
  readonly parent?: 'stdin';
}

/** @throws InvalidEnvironment naming every variable that is wrong. */
export function readSettings(environment: Readonly<Record<string, string | undefined>>): Settings {
  const env = parseEnvironment(schema, environment);
  const { SLUICE_SLACK_API_URL: slackApiUrl, SLUICE_PARENT: parent } = env;
  return {
    sluice: { url: env.SLUICE_URL, token: env.SLUICE_TOKEN },
    botToken: env.SLUICE_SLACK_BOT_TOKEN,
    hearing:
      env.SLUICE_SLACK_MODE === 'socket'
        ? { kind: 'socket', appToken: env.SLUICE_SLACK_APP_TOKEN ?? '' }
        : { kind: 'http', signingSecret: env.SLUICE_SLACK_SIGNING_SECRET ?? '', host: env.SLUICE_SLACK_HOST, port: env.SLUICE_SLACK_PORT },
    ...(slackApiUrl !== undefined && { slackApiUrl }),
    channels: env.SLUICE_SLACK_CHANNELS,
    pace: PACE,
    logLevel: env.SLUICE_LOG_LEVEL,
    ...(parent && { parent }),
  };
}
