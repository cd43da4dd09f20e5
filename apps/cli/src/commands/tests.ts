import { API } from '@sluice/contracts';
import type { TestRunDto, TestRunList } from '@sluice/contracts';
import { NotFound, formatDuration, printable, printableLine } from '@sluice/kernel';
import type { Command } from 'commander';
import type { ApiClient } from '../api-client.js';
import { chooseRepository, clientFor, globalOptions } from '../context.js';
import type { Context } from '../context.js';
import { age, paint, short, writeJson, writeTable } from '../terminal.js';
import type { Terminal } from '../terminal.js';

interface Options {
  readonly repository?: string;
  readonly log?: boolean | string;
  readonly test?: string;
  readonly reason?: string;
}

export function testsCommand(program: Command, context: Context): void {
  const tests = program
    .command('tests')
    .description('what agents have run for gates of the type test, newest first')
    .argument('[application]', 'only this application')
    .argument('[environment]', 'only what was run in this environment')
    .option('-r, --repository <name>', 'the repository, when the server has several')
    .option('--log [run]', 'what the newest of them, or this run, has written')
    .action((application: string | undefined, environment: string | undefined, options: Options, command: Command) => list(context, command, { application, environment, options }));
  tests
    .command('run')
    .description('run tests again that have failed on the content that an environment has')
    .argument('<application>', 'as `sluice status` lists it')
    .argument('<environment>', 'where they are run')
    .option('-r, --repository <name>', 'the repository, when the server has several')
    .option('--test <name>', 'only this test')
    .option('--reason <text>', 'why', '')
    .action((application: string, environment: string, _options: Options, command: Command) => runAgain(context, command, { application, environment, options: command.optsWithGlobals() }));
}

interface Asked<Name> {
  readonly application: Name;
  readonly environment: Name;
  readonly options: Options;
}

async function list(context: Context, command: Command, { application, environment, options }: Asked<string | undefined>): Promise<void> {
  const globals = globalOptions(command);
  const client = await clientFor(context, globals);
  const repository = await chooseRepository(client, options.repository);
  if (typeof options.log === 'string') return writeLog(context, client, { repository, run: options.log, json: globals.output === 'json' });
  const runs = await client.call(API.testRuns, { params: { repository }, query: { application, environment } });
  if (options.log !== true) return globals.output === 'json' ? writeJson(context.terminal, runs) : writeList(context.terminal, runs);
  const [newest] = runs.items;
  if (!newest) throw new NotFound('no test was run there');
  return writeLog(context, client, { repository, run: newest.id, json: globals.output === 'json' });
}

async function writeLog({ terminal }: Context, client: ApiClient, { repository, run, json }: { readonly repository: string; readonly run: string; readonly json: boolean }): Promise<void> {
  const params = { repository, run };
  const found = await client.call(API.testRun, { params });
  const text = await client.text(API.testRunLog, { params });
  if (json) return writeJson(terminal, { ...found, output: text });
  terminal.err(paint(terminal, 'dim', printableLine(`${found.id}: ${sayState(found)}`, 400)));
  terminal.out(printable(text, text.length).trimEnd());
}

async function runAgain(context: Context, command: Command, { application, environment, options }: Asked<string>): Promise<void> {
  const globals = globalOptions(command);
  const client = await clientFor(context, globals);
  const repository = await chooseRepository(client, options.repository);
  const ordered = await client.call(API.rerunTests, { params: { repository }, body: { application, environment, reason: options.reason ?? '', ...(options.test !== undefined && { test: options.test }) } });
  if (globals.output === 'json') return writeJson(context.terminal, ordered);
  for (const run of ordered.items) context.terminal.out(printableLine(`${run.test} of ${run.application} is run again in ${run.environment} (${run.id})`, 400));
}

function writeList(terminal: Terminal, { items }: TestRunList): void {
  if (items.length === 0) return terminal.out('No test was run.');
  const rows = items.map((run) => [run.environment, run.application, run.test, short(run.commit), paintState(terminal, run), run.cluster ?? '', run.durationMs === undefined ? '' : formatDuration(run.durationMs), age(terminal, run.finishedAt ?? run.orderedAt), printableLine(run.message, 100), run.id]);
  writeTable(terminal, ['environment', 'application', 'test', 'content', 'state', 'cluster', 'took', 'age', 'what it came to', 'run'], rows);
}

const COLOURS = { passed: 'green', failed: 'red', running: 'yellow', ordered: 'yellow', replaced: 'dim' } as const;

function paintState(terminal: Terminal, { state }: TestRunDto): string {
  return paint(terminal, COLOURS[state], state);
}

function sayState({ state, message }: TestRunDto): string {
  return message === '' ? state : `${state}, ${message}`;
}
