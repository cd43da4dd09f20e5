import { API } from '@sluice/contracts';
import type { Why } from '@sluice/contracts';
import type { Command } from 'commander';
import { NotFound, formatDuration, printable } from '@sluice/kernel';
import type { ApiClient } from '../api-client.js';
import { clientFor, globalOptions } from '../context.js';
import type { Context, GlobalOptions } from '../context.js';
import { age, paint, writeJson } from '../terminal.js';
import type { Terminal } from '../terminal.js';
import { writtenThere } from './rights.js';
import { watched, watchOption, type Watching } from '../watch.js';

export function whyCommand(program: Command, context: Context): void {
  program
    .command('why')
    .description('why something does not move: each verdict, who can clear it, and when it is looked at next')
    .argument('[application]', 'only this application')
    .argument('[environment]', 'only the way into this environment')
    .option('-r, --repository <name>', 'only this repository')
    .addOption(watchOption())
    .action((application: string | undefined, environment: string | undefined, options: Watching & { readonly repository?: string }, command: Command) =>
      watched(context, options, (shown) => show(shown, globalOptions(command), { application, environment, repository: options.repository })),
    );
}

async function show(context: Context, globals: GlobalOptions, asked: Asked): Promise<void> {
  const client = await clientFor(context, globals);
  const why = await client.call(API.why, { query: { ...asked } });
  if (why.items.length === 0) await checkNames(client, asked);
  if (globals.output === 'json') return writeJson(context.terminal, why);
  writeWhy(context.terminal, why);
}

interface Asked {
  readonly application: string | undefined;
  readonly environment: string | undefined;
  readonly repository: string | undefined;
}

/** Nothing waits for a name that nobody has either. @throws NotFound */
async function checkNames(client: ApiClient, { application, environment, repository }: Asked): Promise<void> {
  if (application === undefined && repository === undefined) return;
  const { items } = await client.call(API.repositories);
  if (repository !== undefined && items.every(({ id }) => id !== repository)) throw new NotFound(`there is no repository ${repository}; there are ${items.map(({ id }) => id).join(', ') || 'none'}`);
  const wanted = items.filter(({ id }) => repository === undefined || id === repository);
  const matrices = await Promise.all(wanted.map(({ id }) => client.call(API.matrix, { params: { repository: id } })));
  check('application', application, matrices.flatMap((matrix) => matrix.applications));
  check('environment', environment, matrices.flatMap((matrix) => matrix.environments.map(({ name }) => name)));
}

function check(what: string, name: string | undefined, known: readonly string[]): void {
  if (name !== undefined && !known.includes(name)) throw new NotFound(`there is no ${what} ${name}; there are ${known.join(', ') || 'none'}`);
}

function writeWhy(terminal: Terminal, why: Why): void {
  for (const { repository, message } of why.notices) terminal.out(`${paint(terminal, 'red', repository)}: ${printable(message)}\n`);
  if (why.items.length === 0 && why.notices.length === 0) return terminal.out('Nothing waits.');
  for (const item of why.items) writeItem(terminal, item);
}

function writeItem(terminal: Terminal, item: Why['items'][number]): void {
  const place = item.application === undefined ? item.environment : `${item.application} → ${item.environment}`;
  const promotion = item.promotion === undefined ? '' : paint(terminal, 'dim', ` ${item.promotion}${item.change ? ` (request ${item.change.number})` : ''}`);
  terminal.out(`${paint(terminal, 'bold', place)} ${item.condition}${promotion}`);
  // a lane's own verdict says the same, and more
  if (item.verdicts.every(({ message }) => message !== item.message)) terminal.out(`  ${printable(item.message)}`);
  for (const verdict of item.verdicts) terminal.out(verdictLine(terminal, verdict));
  for (const decision of item.decisions ?? []) terminal.out(decisionLine(decision));
  for (const conflict of item.conflicts) terminal.out(conflictLines(terminal, conflict));
  terminal.out('');
}

function verdictLine(terminal: Terminal, verdict: Why['items'][number]['verdicts'][number]): string {
  const sign = { pass: paint(terminal, 'green', '✓'), wait: paint(terminal, 'yellow', '…'), fail: paint(terminal, 'red', '✗') }[verdict.outcome];
  const since = verdict.outcome === 'pass' ? '' : paint(terminal, 'dim', ` for ${age(terminal, verdict.since)}`);
  const until = verdict.until === undefined || verdict.outcome !== 'wait' ? '' : `, passes in ${formatDuration(Date.parse(verdict.until) - terminal.now())} at the earliest`;
  const clears = verdict.outcome === 'pass' || verdict.clearedBy === undefined ? '' : `\n      cleared by ${printable(verdict.clearedBy)}`;
  return `  ${sign} ${verdict.gate}: ${printable(verdict.message)}${since}${until}${clears}`;
}

function conflictLines(terminal: Terminal, conflict: Why['items'][number]['conflicts'][number]): string {
  const place = [conflict.path, conflict.line === undefined ? undefined : `${conflict.line}:${conflict.column ?? 1}`].filter((part) => part !== undefined).join(':');
  const object = conflict.object ? ` ${conflict.object.kind} ${conflict.object.name}` : '';
  const values = conflict.field === undefined ? '' : `\n      ${conflict.field}: base ${conflict.base ?? '–'}, source ${conflict.source ?? '–'}, target ${conflict.target ?? '–'}`;
  return `  ${paint(terminal, 'red', '✗')} ${printable(`${place}${object}: ${conflict.message}${values}`)}`;
}

function decisionLine({ written, ...decision }: NonNullable<Why['items'][number]['decisions']>[number]): string {
  const there = writtenThere(written === undefined ? {} : { written });
  return printable(`    ${decision.decision}${decision.gate === undefined ? '' : ` (${decision.gate})`} by ${decision.person}${there === '' ? '' : `, ${there}`}`);
}
