import { LogLevel, type Logger as SlackLogger } from '@slack/bolt';
import { withoutUrlCredentials, type Logger } from '@sluice/runtime';

// tokens of Slack, tickets of its sockets, and addresses that answer for us
const SECRET = /\b(xox[a-z]|xapp)-[\w-]+|ticket=[\w-]+|https?:\/\/hooks\.slack\.com\/\S+/g;

/** What Slack's libraries say, in our log: no payloads, which they write at `debug`, and nothing that is a secret. */
export function boltLogger(log: Logger): SlackLogger {
  const at = (level: 'info' | 'warn' | 'error') => (...said: readonly unknown[]) => log[level]({ said: withoutSecrets(said.map(textOf).join(' ')) }, 'Slack library');
  return { debug: () => undefined, info: at('info'), warn: at('warn'), error: at('error'), setLevel: () => undefined, getLevel: () => LogLevel.INFO, setName: () => undefined };
}

export function withoutSecrets(text: string): string {
  return withoutUrlCredentials(text).replace(SECRET, '[redacted]').slice(0, 2_000);
}

function textOf(said: unknown): string {
  if (said instanceof Error) return said.message;
  return typeof said === 'string' ? said : typeof said;
}
