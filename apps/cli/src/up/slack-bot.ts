import { execFile } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { API } from '@sluice/contracts';
import { InvalidInput, Unauthenticated, printableLine } from '@sluice/kernel';
import { z } from 'zod';
import { ApiClient } from '../api-client.js';
import { BOT_ACCOUNT, createBotToken } from '../commands/slack.js';
import { writeSecretFile } from '../connection.js';
import { lastWords } from './last-words.js';
import { freshLog } from './log-file.js';
import type { Run, ServedRun } from './run.js';
import { slackSettings } from './slack-settings.js';
import { environmentOf } from './supervised-process.js';

const SCRIPT = resolve(import.meta.dirname, '../../../slack-bot/dist/main.js');
const CHECK_WITHIN = 60_000;
const DAYS = 365;
const DAY_MS = 86_400_000;
/** Made anew at a start so many days before it ends. */
const FRESH_FOR = 60;

const KEPT = z.object({ token: z.string(), until: z.number() });
const SAID = z.object({ level: z.enum(['info', 'warn', 'error']), msg: z.string(), reason: z.string().optional(), message: z.string().optional(), said: z.string().optional(), where: z.union([z.string(), z.array(z.string())]).optional(), channel: z.string().optional(), team: z.string().optional() });

type BotSettings = Readonly<Record<string, string>>;

/**
 * What the bot is run with, tried before anything is started: the bot itself looks at its settings, and asks Slack about the tokens.
 * @throws InvalidInput with what is missing or wrong; nothing when Slack does not answer: the bot waits for it.
 */
export async function checkSlack({ options, addresses, signal, tell }: Run): Promise<BotSettings | undefined> {
  if (!options.slack) return undefined;
  const settings = await slackSettings(options.slack.file, process.env);
  const environment = environmentOf({ environment: { ...settings, SLUICE_URL: addresses.url, SLUICE_TOKEN: 'not-made-yet'.padEnd(40, '-') } });
  const { failed, stdout, stderr } = await new Promise<{ failed: boolean; stdout: string; stderr: string }>((done) => {
    const child = execFile(process.execPath, [SCRIPT, '--check'], { env: environment, timeout: CHECK_WITHIN, signal }, (error, out, err) => done({ failed: error !== null, stdout: out, stderr: err }));
    child.stdin?.on('error', () => undefined);
  });
  if (signal.aborted) return settings;
  if (failed) throw new InvalidInput(`--slack: ${stderr.replace(/^sluice slack-bot: /, '').trim() || 'the bot cannot be started'}`);
  if (stdout.trim() !== '') tell(`Slack: ${printableLine(stdout.trim(), 500)}`);
  return settings;
}

/** Starts the bot beside the server. Its service account and token are made when they are missing; what it says is told here as well. */
export async function startSlackBot(run: ServedRun, settings: BotSettings | undefined): Promise<void> {
  if (!settings) return;
  const logFile = await freshLog(run.logs, 'slack-bot');
  run.tell(`starting the Slack bot (log: ${logFile})`);
  run.processes.start({
    script: SCRIPT,
    logFile,
    environment: { ...settings, SLUICE_URL: run.addresses.url, SLUICE_TOKEN: await botToken(run) },
    onLine: (line) => say(run, line),
    onUnexpectedEnd: (detail) => void tellOfEnd(run, detail, logFile),
  });
}

async function tellOfEnd({ tell }: Run, detail: string, logFile: string): Promise<void> {
  const why = await lastWords(logFile);
  tell(`the Slack bot has ended (${detail}${why === undefined ? '' : `: ${why}`}); it is started again (log: ${logFile})`);
}

/** What it logs is for machines; here it is for people. */
function say({ tell }: Run, line: string): void {
  const parsed = SAID.safeParse(parseJson(line));
  if (!parsed.success) return;
  const { msg, reason, message, said, where, channel, team } = parsed.data;
  const details = [team, where === undefined ? channel : String(where), reason, message ?? said].filter((each) => each !== undefined && each !== '');
  tell(printableLine(`Slack: ${msg}${details.length === 0 ? '' : ` (${details.join(': ')})`}`, 500));
}

/** The one of before as long as the server takes it and it is good for a while. */
async function botToken({ client, addresses, options }: ServedRun): Promise<string> {
  const file = join(options.data, 'slack-bot.json');
  const kept = KEPT.safeParse(parseJson(await readFile(file, 'utf8').catch(() => '')));
  if (kept.success && kept.data.until - Date.now() > FRESH_FOR * DAY_MS && (await isTaken(addresses.url, kept.data.token))) return kept.data.token;
  const { token } = await createBotToken(client, BOT_ACCOUNT, DAYS);
  await writeSecretFile(file, { token, until: Date.now() + DAYS * DAY_MS });
  return token;
}

async function isTaken(url: string, token: string): Promise<boolean> {
  try {
    return (await new ApiClient({ url, token }).call(API.me)).person === BOT_ACCOUNT;
  } catch (error) {
    if (error instanceof Unauthenticated) return false;
    throw error;
  }
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
