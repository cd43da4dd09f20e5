import { API } from '@sluice/contracts';
import type { ObjectChangeDto, Plan } from '@sluice/contracts';
import { InvalidInput, NotFound, present, printable } from '@sluice/kernel';
import type { Command } from 'commander';
import type { ApiClient } from '../api-client.js';
import { chooseRepository, clientFor, globalOptions } from '../context.js';
import type { Context } from '../context.js';
import { parseMoment } from '../moment.js';
import { paint, writeJson } from '../terminal.js';
import type { Terminal } from '../terminal.js';
import { planCommit, planWorkTree } from './plan-content.js';

interface Options {
  readonly repository?: string;
  readonly application?: string;
  readonly environment?: string;
  readonly at?: string;
  readonly worktree?: true | string;
  readonly as?: string;
}

export function planCommand(program: Command, context: Context): void {
  program
    .command('plan')
    .description('what each environment would get, object by object; changes nothing')
    .argument('[revision]', 'a branch or full commit of the server, or any commit of the clone here; followed from the environment that has it (or the first) through those after it; default: what each source environment has now')
    .option('-w, --worktree [folder]', 'the work tree of a clone, with what is not committed; default: the one here')
    .option('--as <environment>', 'the environment whose content it would be; default: the one whose branch is checked out, or that it is based on')
    .option('-a, --application <name>', 'only this application')
    .option('-e, --environment <name>', 'only into this environment')
    .option('--at <time>', 'what gates would say then: 2026-12-24T18:00, or with its offset; default now')
    .option('-r, --repository <name>', 'the repository, when the server has several')
    .action(async (revision: string | undefined, options: Options, command: Command) => {
      const at = options.at === undefined ? undefined : parseMoment('--at', options.at);
      const globals = globalOptions(command);
      const client = await clientFor(context, globals);
      const plan = await planOf(context, client, revision, { ...options, ...present({ at }) });
      if (globals.output === 'json') return writeJson(context.terminal, plan);
      if (at !== undefined) context.terminal.out(paint(context.terminal, 'dim', `As the gates would be at ${at}, if what is healthy now stays so:`));
      writePlan(context.terminal, plan);
    });
}

/** Content that the server does not have is sent along. */
async function planOf(context: Context, client: ApiClient, revision: string | undefined, options: Options): Promise<Plan> {
  const { worktree, as } = options;
  if (worktree !== undefined) {
    if (revision !== undefined) throw new InvalidInput('give a revision or --worktree, not both');
    return planWorkTree(context, client, worktree === true ? context.folder : worktree, options);
  }
  if (revision === undefined && as !== undefined) throw new InvalidInput('--as says whose content a revision or a work tree would be: give one');
  if (revision === undefined) return planOnServer(client, undefined, options);
  return as === undefined ? planRevision(context, client, revision, options) : planCommit(context, client, revision, options);
}

async function planRevision(context: Context, client: ApiClient, revision: string, options: Options): Promise<Plan> {
  try {
    return await planOnServer(client, revision, options);
  } catch (error) {
    if (!(error instanceof NotFound)) throw error;
    return planCommit(context, client, revision, { ...options, unknown: error });
  }
}

async function planOnServer(client: ApiClient, revision: string | undefined, { repository, application, environment, at }: Options): Promise<Plan> {
  return client.call(API.plan, { body: { repository: await chooseRepository(client, repository), revision, application, environment, at } });
}

function writePlan(terminal: Terminal, plan: Plan): void {
  const quiet = plan.items.filter((item) => item.outcome === 'in-sync');
  for (const item of plan.items.filter((candidate) => candidate.outcome !== 'in-sync')) writeItem(terminal, item);
  if (quiet.length > 0) terminal.out(paint(terminal, 'dim', `${quiet.length} in sync: ${quiet.map((item) => `${item.application} in ${item.environment}`).join(', ')}`));
}

const STUCK: ReadonlySet<string> = new Set(['conflict', 'blocked', 'held', 'closed', 'waiting']);
const SIGNS = { pass: '✓', wait: '…', fail: '✗' } as const;

function writeItem(terminal: Terminal, item: Plan['items'][number]): void {
  const colour = STUCK.has(item.outcome) ? 'red' : 'bold';
  terminal.out(`${paint(terminal, colour, `${item.application} → ${item.environment}`)}${item.after === undefined ? '' : ` (after ${item.after})`} ${item.outcome}: ${printable(item.message)}`);
  for (const { condition, message } of item.now) terminal.out(`  ${paint(terminal, 'yellow', `now ${printable(condition, 40)}`)}: ${printable(message, 1_000)}`);
  for (const change of item.changes) terminal.out(changeText(terminal, change));
  for (const line of item.rendering) terminal.out(`  ${paint(terminal, 'dim', printable(line, 1_500))}`);
  for (const note of item.notes) terminal.out(`  ${paint(terminal, 'yellow', '!')} ${printable(`${note.path} ${note.field}: ${note.message}`)}`);
  for (const conflict of item.conflicts) terminal.out(`  ${paint(terminal, 'red', '✗')} ${printable(`${conflict.path}${conflict.field === undefined ? '' : ` ${conflict.field}`}: ${conflict.message}`)}`);
  for (const gate of item.gates) terminal.out(`  ${SIGNS[gate.outcome]} ${gate.gate}: ${printable(gate.message)}`);
  terminal.out('');
}

function changeText(terminal: Terminal, change: ObjectChangeDto): string {
  const sign = { added: paint(terminal, 'green', '+'), removed: paint(terminal, 'red', '-'), modified: paint(terminal, 'yellow', '~') }[change.change];
  const name = change.object ? `${change.object.kind} ${change.object.namespace === '' ? '' : `${change.object.namespace}/`}${change.object.name}` : change.path;
  const lines = change.lines ? ` (+${change.lines.added} -${change.lines.removed} lines)` : '';
  const fields = change.change === 'modified' ? change.fields.map((field) => `\n      ${field.field}: ${field.before ?? '–'} → ${field.after ?? '–'}`) : [];
  return `  ${sign} ${printable(`${name}${lines}${fields.join('')}`, 20_000)}`;
}
