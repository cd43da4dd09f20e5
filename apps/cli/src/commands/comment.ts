import { readFile } from 'node:fs/promises';
import { text as textOf } from 'node:stream/consumers';
import { resolve } from 'node:path';
import { InvalidInput, NotFound, Unauthenticated, isName, messageOf } from '@sluice/kernel';
import type { Command } from 'commander';
import { Option } from 'commander';
import { putComment } from '../ci/one-comment.js';
import { commentsOf } from '../ci/request-comments.js';
import { COMMENT_FORGES, requestOf } from '../ci/surroundings.js';
import type { CommentForge, RequestPlace } from '../ci/surroundings.js';
import { globalOptions } from '../context.js';
import type { Context } from '../context.js';
import { writeJson } from '../terminal.js';

interface Options {
  readonly key: string;
  readonly forge?: CommentForge;
  readonly api?: string;
  readonly project?: string;
  readonly number?: string;
  readonly author?: string;
}

const MAX_INPUT = 1_048_576;
const APIS: Readonly<Record<CommentForge, string>> = { github: 'https://api.github.com', gitlab: 'https://gitlab.com/api/v4', gitea: 'https://git.example.org/api/v1', forgejo: 'https://git.example.org/api/v1' };
const TOKENS: Readonly<Record<CommentForge, readonly string[]>> = {
  github: ['SLUICE_COMMENT_TOKEN', 'GITHUB_TOKEN', 'GH_TOKEN'],
  gitlab: ['SLUICE_COMMENT_TOKEN', 'GITLAB_TOKEN'],
  gitea: ['SLUICE_COMMENT_TOKEN', 'GITEA_TOKEN', 'GITHUB_TOKEN'],
  forgejo: ['SLUICE_COMMENT_TOKEN', 'FORGEJO_TOKEN', 'GITHUB_TOKEN'],
};

export function commentCommand(program: Command, context: Context): void {
  program
    .command('comment')
    .description('put Markdown into one comment of the pull or merge request that this job is for; again: the same comment is written anew')
    .argument('[files...]', 'what `--output markdown` has written; - is standard input, the default')
    .option('--key <name>', 'which comment: several on one request need a key each', 'plan')
    .addOption(new Option('--forge <kind>', 'default: by the variables of GitHub, Gitea and Forgejo Actions and GitLab CI').choices(COMMENT_FORGES))
    .option('--api <url>', 'its API, such as https://api.github.com, https://gitlab.com/api/v4 or https://git.example.org/api/v1')
    .option('--project <name>', 'owner/name, or the number or path of a GitLab project')
    .option('--number <number>', 'the number of the request')
    .option('--author <login>', 'whose comments are ours: for the token of a GitHub App, which cannot ask who it is; default then: github-actions[bot], gitea-actions or forgejo-actions')
    .addHelpText('after', '\nThe token is in SLUICE_COMMENT_TOKEN, or else GITHUB_TOKEN, GITLAB_TOKEN, GITEA_TOKEN or FORGEJO_TOKEN: never in an argument, which others on the machine can read.')
    .action(async (files: readonly string[], options: Options, command: Command) => {
      if (!isName(options.key)) throw new InvalidInput(`--key ${options.key}: lower-case letters, digits and -, at most 63 characters`);
      const place = await placeOf(context, options);
      const token = tokenOf(context, place.forge);
      const text = await contentOf(context, files.length === 0 ? ['-'] : files);
      const outcome = await putComment(commentsOf(place, token), { key: options.key, text, ...(options.author && { author: options.author }) });
      const { forge, project, number } = place;
      if (globalOptions(command).output === 'json') return writeJson(context.terminal, { forge, project, number, key: options.key, outcome });
      context.terminal.out(`The comment on ${project} ${forge === 'gitlab' ? '!' : '#'}${number}: ${outcome}`);
    });
}

/** @throws InvalidInput naming what neither an option nor a variable says. */
async function placeOf({ environment }: Context, options: Options): Promise<RequestPlace> {
  const found = await requestOf(environment);
  const known = options.forge === undefined || options.forge === found.forge ? found : { forge: options.forge };
  const { forge, api, project, number } = { ...known, ...given(options) };
  if (forge === undefined) throw new InvalidInput('on which forge? This is no job of GitHub, Gitea or Forgejo Actions or of GitLab CI: give --forge, --api, --project and --number');
  if (number === undefined) throw new InvalidInput('of which request? This job is not for one: give --number, or run it for pull or merge requests only');
  return { forge, api: checkApi(forge, api), project: checkProject(forge, project), number };
}

function checkApi(forge: CommentForge, api: string | undefined): string {
  if (api === undefined || !URL.canParse(api) || !/^https?:$/.test(new URL(api).protocol)) throw new InvalidInput(`where is its API? Give --api, such as ${APIS[forge]}`);
  return api;
}

function checkProject(forge: CommentForge, project: string | undefined): string {
  if (project === undefined || (forge !== 'gitlab' && !/^[\w.-]+\/[\w.-]+$/.test(project))) throw new InvalidInput('of which project? Give --project, such as acme/shop');
  return project;
}

function given({ api, project, number }: Options): Partial<RequestPlace> {
  const asked = numberOf(number);
  return { ...(api && { api }), ...(project && { project }), ...(asked !== undefined && { number: asked }) };
}

function numberOf(text: string | undefined): number | undefined {
  if (text === undefined) return undefined;
  if (!/^[1-9]\d{0,14}$/.test(text)) throw new InvalidInput(`--number ${text}: a whole number from 1`);
  return Number(text);
}

function tokenOf({ environment }: Context, forge: CommentForge): string {
  const token = TOKENS[forge].map((name) => environment[name]).find((value) => value !== undefined && value !== '');
  if (token === undefined) throw new Unauthenticated(`no token for comments: set ${TOKENS[forge].join(' or ')}${forge === 'gitlab' ? ' to a project access token with the scope api (the token of a job may not comment)' : ''}`);
  if (!/^[\x21-\x7e]+$/.test(token)) throw new InvalidInput('the token for comments has characters that no token has, such as a line break');
  return token;
}

async function contentOf({ folder }: Context, files: readonly string[]): Promise<string> {
  const parts: string[] = [];
  for (const file of files) parts.push(file === '-' ? await textOf(process.stdin) : await read(resolve(folder, file)));
  const text = parts.map((part) => part.trim()).filter((part) => part !== '').join('\n\n');
  if (text === '') throw new InvalidInput('there is nothing to comment: what was given is empty');
  if (text.length > MAX_INPUT) throw new InvalidInput(`what was given is longer than ${MAX_INPUT} characters`);
  return text;
}

async function read(path: string): Promise<string> {
  try {
    return await readFile(path, 'utf8');
  } catch (error) {
    throw new NotFound(`${path} cannot be read: ${messageOf(error)}`, { cause: error });
  }
}
