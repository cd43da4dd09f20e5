import { API } from '@sluice/contracts';
import type { ObjectChangeDto, Plan } from '@sluice/contracts';
import { printable } from '@sluice/kernel';
import type { Command } from 'commander';
import { chooseRepository, clientFor, globalOptions } from '../context.js';
import type { Context } from '../context.js';
import { parseMoment } from '../moment.js';
import { paint, writeJson } from '../terminal.js';
import type { Terminal } from '../terminal.js';

interface Options {
  readonly repository?: string;
  readonly application?: string;
  readonly environment?: string;
  readonly at?: string;
}

export function planCommand(program: Command, context: Context): void {
  program
    .command('plan')
    .description('what each environment would get, object by object; changes nothing')
    .argument('[revision]', 'a branch or full commit, followed from the environment that has it (or the first) through those after it; default: what each source environment has now')
    .option('-a, --application <name>', 'only this application')
    .option('-e, --environment <name>', 'only into this environment')
    .option('--at <time>', 'what gates would say then: 2026-12-24T18:00, or with its offset; default now')
    .option('-r, --repository <name>', 'the repository, when the server has several')
    .action(async (revision: string | undefined, options: Options, command: Command) => {
      const at = options.at === undefined ? undefined : parseMoment('--at', options.at);
      const globals = globalOptions(command);
      const client = await clientFor(context, globals);
      const { application, environment } = options;
      const plan = await client.call(API.plan, { body: { repository: await chooseRepository(client, options.repository), revision, application, environment, at } });
      if (globals.output === 'json') return writeJson(context.terminal, plan);
      if (at !== undefined) context.terminal.out(paint(context.terminal, 'dim', `As the gates would be at ${at}, if what is healthy now stays so:`));
      writePlan(context.terminal, plan);
    });
}

function writePlan(terminal: Terminal, plan: Plan): void {
  const quiet = plan.items.filter((item) => item.outcome === 'in-sync');
  for (const item of plan.items.filter((candidate) => candidate.outcome !== 'in-sync')) writeItem(terminal, item);
  if (quiet.length > 0) terminal.out(paint(terminal, 'dim', `${quiet.length} in sync: ${quiet.map((item) => `${item.application} in ${item.environment}`).join(', ')}`));
}

const SIGNS = { pass: '✓', wait: '…', fail: '✗' } as const;

function writeItem(terminal: Terminal, item: Plan['items'][number]): void {
  const colour = item.outcome === 'conflict' || item.outcome === 'blocked' ? 'red' : 'bold';
  terminal.out(`${paint(terminal, colour, `${item.application} → ${item.environment}`)}${item.after === undefined ? '' : ` (after ${item.after})`} ${item.outcome}: ${printable(item.message)}`);
  for (const change of item.changes) terminal.out(changeText(terminal, change));
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
