import { readFile } from 'node:fs/promises';
import { parseEnv } from 'node:util';
import { InvalidInput, messageOf } from '@sluice/kernel';

/** What the bot is told, by our names; Slack's own tools call some of them otherwise. */
const NAMES: Readonly<Record<string, readonly string[]>> = {
  SLUICE_SLACK_BOT_TOKEN: ['SLACK_BOT_TOKEN'],
  SLUICE_SLACK_APP_TOKEN: ['SLACK_APP_TOKEN'],
  SLUICE_SLACK_SIGNING_SECRET: ['SLACK_SIGNING_SECRET'],
  SLUICE_SLACK_CHANNELS: [],
  SLUICE_SLACK_MODE: [],
  SLUICE_SLACK_HOST: [],
  SLUICE_SLACK_PORT: [],
  SLUICE_SLACK_API_URL: [],
};

type Environment = Readonly<Record<string, string | undefined>>;

/** The settings of the bot: those of the file before those of the environment. What they may be, the bot itself knows. @throws InvalidInput when the file cannot be read. */
export async function slackSettings(file: string | undefined, environment: Environment): Promise<Readonly<Record<string, string>>> {
  const sources = [...(file === undefined ? [] : [await read(file)]), environment];
  const valueOf = (names: readonly string[]): string | undefined => sources.flatMap((source) => names.map((name) => source[name])).find((value) => value !== undefined && value !== '');
  return Object.fromEntries(
    Object.entries(NAMES).flatMap(([name, others]) => {
      const value = valueOf([name, ...others]);
      return value === undefined ? [] : [[name, value]];
    }),
  );
}

async function read(file: string): Promise<Environment> {
  try {
    return parseEnv(await readFile(file, 'utf8'));
  } catch (error) {
    throw new InvalidInput(`--slack ${file}: the file cannot be read (${messageOf(error)})`, { cause: error });
  }
}
