import { messageOf } from '@sluice/kernel';
import { createLogger, onEnd, withoutUrlCredentials } from '@sluice/runtime';
import { checkSlack } from './slack/check-slack.js';
import { readSettings } from './settings.js';
import { startBot } from './start-bot.js';

const SECRETS = ['SLUICE_TOKEN', 'SLUICE_SLACK_BOT_TOKEN', 'SLUICE_SLACK_APP_TOKEN', 'SLUICE_SLACK_SIGNING_SECRET'];

const END_WITHIN = 5_000;

async function main(): Promise<void> {
  const settings = readSettings(process.env);
  // read once, and out of sight of whatever else looks at the environment
  for (const name of SECRETS) delete process.env[name];
  const log = createLogger({ name: 'sluice-slack-bot', level: settings.logLevel });
  if (process.argv.includes('--check')) return tellOf(await checkSlack(settings, createLogger({ name: 'sluice-slack-bot', level: 'silent' })));
  // a library of Slack's that gives up in the background must not leave a bot that is deaf
  process.on('unhandledRejection', (error) => {
    log.error({ err: error }, 'bot cannot go on');
    process.exit(1);
  });
  const ending = { ...(settings.parent && { parent: settings.parent }) };
  const stopWaiting = onEnd(ending, () => process.exit(0));
  const bot = await startBot(settings, log);
  stopWaiting();
  onEnd(ending, (reason) => {
    log.info({ reason }, 'bot is ending');
    setTimeout(() => process.exit(0), END_WITHIN);
    void bot.close().finally(() => process.exit(0));
  });
}

/** Nothing when all is well. */
function tellOf(said: string | undefined): void {
  if (said !== undefined) process.stdout.write(`${said}\n`);
}

main().catch((error: unknown) => {
  process.stderr.write(`sluice slack-bot: ${withoutUrlCredentials(messageOf(error))}\n`);
  process.exit(1);
});
