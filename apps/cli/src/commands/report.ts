import { API } from '@sluice/contracts';
import { InvalidInput, present, printableLine } from '@sluice/kernel';
import type { Command } from 'commander';
import { commitOf, jobUrlOf } from '../ci/surroundings.js';
import { Clone } from '../clone/clone.js';
import { chooseRepository, clientFor, globalOptions } from '../context.js';
import type { Context } from '../context.js';
import { short, writeJson } from '../terminal.js';

interface Options {
  readonly commit?: string;
  readonly description: string;
  readonly link?: string;
  readonly repository?: string;
}

type State = 'pending' | 'success' | 'failure' | 'error';

/** What CI systems call it themselves. */
const STATES: Readonly<Record<string, State>> = {
  success: 'success', passed: 'success', succeeded: 'success',
  failure: 'failure', failed: 'failure', unstable: 'failure',
  error: 'error', cancelled: 'error', canceled: 'error', aborted: 'error', skipped: 'error', not_built: 'error', none: 'error',
  pending: 'pending', running: 'pending',
};

export function reportCommand(program: Command, context: Context): void {
  program
    .command('report')
    .description('report a result for a commit, as a status that gates of the type check read')
    .argument('<context>', 'the name of the status, as the gate has it: ci/e2e')
    .argument('<state>', 'success, failure, error or pending; or what the CI system calls it: passed, failed, unstable, canceled, aborted, skipped, running')
    .option('--commit <sha>', 'the commit; default: the one that the CI system builds, else the one that is checked out here')
    .option('--description <text>', 'what people read beside it', '')
    .option('--link <url>', 'where there is more; default: the job of the CI system')
    .option('-r, --repository <name>', 'the repository, when the server has several')
    .action(async (name: string, state: string, options: Options, command: Command) => {
      const body = { context: name, state: stateOf(state), description: options.description, ...present({ url: linkOf(context, options) }) };
      const commit = await commitFor(context, options.commit);
      const globals = globalOptions(command);
      const client = await clientFor(context, globals);
      const repository = await chooseRepository(client, options.repository);
      const status = await client.call(API.createStatus, { params: { repository, commit }, body });
      if (globals.output === 'json') return writeJson(context.terminal, { repository, commit, ...status });
      context.terminal.out(`${printableLine(status.context)} on ${short(commit)}: ${status.state}`);
    });
}

function stateOf(text: string): State {
  const state = Object.hasOwn(STATES, text.toLowerCase()) ? STATES[text.toLowerCase()] : undefined;
  if (state === undefined) throw new InvalidInput(`${printableLine(text, 60)} is no state: give success, failure, error or pending`);
  return state;
}

/** @throws InvalidInput for what is no web address; what the CI system says is left out then. */
function linkOf({ environment }: Context, { link }: Options): string | undefined {
  if (link === undefined || link === '') return webAddress(jobUrlOf(environment));
  const url = webAddress(link);
  if (url === undefined) throw new InvalidInput(`--link ${printableLine(link, 100)}: not an address such as https://ci.example.org/jobs/7`);
  return url;
}

function webAddress(text: string | undefined): string | undefined {
  return text !== undefined && URL.canParse(text) && /^https?:$/.test(new URL(text).protocol) ? text : undefined;
}

async function commitFor(context: Context, given: string | undefined): Promise<string> {
  const named = given || commitOf(context.environment);
  if (named === undefined) return checkedOut(context);
  if (!/^([0-9a-f]{40}|[0-9a-f]{64})$/.test(named)) throw new InvalidInput(`${printableLine(named, 80)} is not a commit: give its full name of 40 hex digits`);
  return named;
}

async function checkedOut({ folder, environment }: Context): Promise<string> {
  const clone = await Clone.open(folder, environment).catch((error: unknown) => {
    throw new InvalidInput('which commit? Give --commit, or run it in a clone', { cause: error });
  });
  try {
    const commit = await clone.commit('HEAD');
    if (commit === undefined) throw new InvalidInput(`${clone.root} has no commit yet: give --commit`);
    return commit;
  } finally {
    await clone.close();
  }
}
