import { API } from '@sluice/contracts';
import type { ObjectChangeDto, Plan } from '@sluice/contracts';
import { InvalidInput, NotFound, messageOf, present, printable } from '@sluice/kernel';
import type { Command } from 'commander';
import type { ApiClient } from '../api-client.js';
import { chooseRepository, clientFor, globalOptions } from '../context.js';
import type { Context, GlobalOptions } from '../context.js';
import { aboutPlan, failedPlanMarkdown, planMarkdown } from '../markdown/plan-markdown.js';
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
  readonly onto?: string;
}

export function planCommand(program: Command, context: Context): void {
  program
    .command('plan')
    .description('what each environment would get, object by object; changes nothing')
    .argument('[revision]', 'a branch or full commit of the server, or any commit of the clone here; followed from the environment that has it (or the first) through those after it; default: what each source environment has now')
    .option('-w, --worktree [folder]', 'the work tree of a clone, with what is not committed; default: the one here')
    .option('--as <environment>', 'the environment whose content it would be; default: the one whose branch is checked out, or that it is based on')
    .option('--onto <branch>', 'instead of --as: the branch that it is to be merged into, as a pull request has it; the branch of no environment brings nothing')
    .option('-a, --application <name>', 'only this application')
    .option('-e, --environment <name>', 'only into this environment')
    .option('--at <time>', 'what gates would say then: 2026-12-24T18:00, or with its offset; default now')
    .option('-r, --repository <name>', 'the repository, when the server has several')
    .action(async (revision: string | undefined, options: Options, command: Command) => {
      const globals = globalOptions(command);
      const work = (): Promise<Planned> => makePlan(context, globals, revision, options);
      if (globals.output === 'markdown') return writeMarkdown(context.terminal, work);
      const { plan, at } = await work();
      if (globals.output === 'json') return writeJson(context.terminal, plan);
      if (at !== undefined) context.terminal.out(paint(context.terminal, 'dim', timeText(at)));
      writePlan(context.terminal, plan);
    });
}

interface Planned {
  readonly plan: Plan;
  readonly at?: string;
  /** What there is to say before it. */
  readonly notes: readonly string[];
}

async function makePlan(context: Context, globals: GlobalOptions, revision: string | undefined, options: Options): Promise<Planned> {
  const at = options.at === undefined ? undefined : parseMoment('--at', options.at);
  const { onto, as, worktree } = options;
  if (onto !== undefined && as !== undefined) throw new InvalidInput('give --as or --onto, not both');
  if (onto !== undefined && revision === undefined && worktree === undefined) throw new InvalidInput('--onto says where a revision or a work tree is to be merged: give one');
  const client = await clientFor(context, globals);
  const wanted = { ...options, ...present({ at }) };
  if (onto === undefined) return { plan: await planOf(context, client, revision, wanted), notes: [], ...present({ at }) };
  const environment = await environmentOfBranch(client, options.repository, onto);
  if (environment === undefined) return { plan: { items: [] }, notes: [`${onto} is the branch of no environment.`] };
  return { plan: await planOf(context, client, revision, { ...wanted, as: environment }), notes: [], ...present({ at }) };
}

async function environmentOfBranch(client: ApiClient, repository: string | undefined, branch: string): Promise<string | undefined> {
  const { environments } = await client.call(API.matrix, { params: { repository: await chooseRepository(client, repository) } });
  return environments.find((environment) => environment.branch === branch)?.name;
}

/** For the comment of a request: that there is no plan is said there as well. */
async function writeMarkdown(terminal: Terminal, work: () => Promise<Planned>): Promise<void> {
  try {
    const { plan, at, notes } = await work();
    terminal.out(planMarkdown(plan, [...notes, ...aboutPlan(plan), ...(at === undefined ? [] : [timeText(at)])]));
  } catch (error) {
    terminal.out(failedPlanMarkdown(messageOf(error)));
    throw error;
  }
}

function timeText(at: string): string {
  return `As the gates would be at ${at}, if what is healthy now stays so:`;
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
