import { API } from '@sluice/contracts';
import type { Matrix, MatrixCell } from '@sluice/contracts';
import type { Command } from 'commander';
import { printableLine } from '@sluice/kernel';
import { chooseRepository, clientFor, globalOptions } from '../context.js';
import type { Context, GlobalOptions } from '../context.js';
import { age, paint, short, writeJson, writeTable } from '../terminal.js';
import type { Terminal } from '../terminal.js';
import { sayFreeze } from './freeze.js';
import { sayRight } from './rights.js';
import { watched, watchOption, type Watching } from '../watch.js';

interface Options extends Watching {
  readonly repository?: string;
}

export function statusCommand(program: Command, context: Context): void {
  program
    .command('status')
    .description('which version is where, for how long, and what comes next')
    .option('-r, --repository <name>', 'the repository, when the server has several')
    .addOption(watchOption())
    .action((options: Options, command: Command) => watched(context, options, (shown) => show(shown, globalOptions(command), options)));
}

async function show(context: Context, globals: GlobalOptions, { repository }: Options): Promise<void> {
  const client = await clientFor(context, globals);
  const matrix = await client.call(API.matrix, { params: { repository: await chooseRepository(client, repository) } });
  if (globals.output === 'json') return writeJson(context.terminal, matrix);
  writeMatrix(context.terminal, matrix);
}

/** A longer message would push the columns off the terminal; `sluice why` has it whole. */
const NEXT_LENGTH = 48;

function writeMatrix(terminal: Terminal, matrix: Matrix): void {
  const rows = matrix.applications.map((application) => [application, ...matrix.environments.map((environment) => cellText(terminal, matrix.cells.find((cell) => cell.application === application && cell.environment === environment.name)))]);
  writeTable(terminal, ['application', ...matrix.environments.map((environment) => environment.name)], rows);
  for (const environment of matrix.environments) {
    if (environment.rollout !== undefined) terminal.out(`${paint(terminal, 'yellow', environment.name)}: ${environment.rollout}`);
    if (environment.message !== undefined) terminal.out(`${paint(terminal, 'yellow', environment.name)}: ${environment.message}`);
  }
  for (const glass of matrix.breakGlass) terminal.out(paint(terminal, 'red', sayRight(glass)));
  for (const freeze of matrix.freezes) terminal.out(`${paint(terminal, 'yellow', 'frozen')} ${sayFreeze(freeze)}`);
  for (const finding of matrix.diagnostics) terminal.out(`${paint(terminal, 'red', `sluice.yaml:${finding.line}:${finding.column}`)} ${finding.message}`);
  if (matrix.unownedPaths.length > 0) terminal.out(`${paint(terminal, 'yellow', 'not promoted')} (no application owns them): ${matrix.unownedPaths.slice(0, 10).join(', ')}`);
  terminal.out(paint(terminal, 'dim', '\n`sluice why` says what each waiting thing waits for.'));
}

function cellText(terminal: Terminal, cell: MatrixCell | undefined): string {
  if (!cell?.commit) return paint(terminal, 'dim', '–');
  const colour = cell.health === 'Current' ? 'green' : cell.health === 'Failed' ? 'red' : 'yellow';
  const drift = cell.drift > 0 ? `, ${cell.drift} drifted` : '';
  const targetOnly = cell.targetOnly === undefined ? '' : paint(terminal, 'yellow', `, ${cell.targetOnly} target-only`);
  const next = cell.condition === 'in-sync' ? '' : `\n${paint(terminal, 'yellow', `next: ${printableLine(cell.message, NEXT_LENGTH)}`)}`;
  return `${short(cell.origin ?? cell.commit)} ${paint(terminal, colour, cell.health)} ${paint(terminal, 'dim', age(terminal, cell.since))}${drift}${targetOnly}${next}`;
}
