import { API } from '@sluice/contracts';
import type { CapturedDrift, DriftList } from '@sluice/contracts';
import { present, printable, printableLine } from '@sluice/kernel';
import type { Command } from 'commander';
import { chooseRepository, clientFor, globalOptions } from '../context.js';
import type { Context } from '../context.js';
import { age, paint, short, writeJson, writeTable } from '../terminal.js';
import type { Terminal } from '../terminal.js';

export function driftCommand(program: Command, context: Context): void {
  const drift = program.command('drift').description('what differs in clusters from what was applied there');
  drift
    .command('show', { isDefault: true })
    .description('field by field, and who has changed it where the cluster knows (the default)')
    .argument('[environment]', 'only in its clusters')
    .option('--cluster <name>', 'only in this one')
    .option('-r, --repository <name>', 'the repository, when the server has several')
    .action(async (environment: string | undefined, options: { repository?: string; cluster?: string }, command: Command) => {
      const globals = globalOptions(command);
      const client = await clientFor(context, globals);
      const repository = await chooseRepository(client, options.repository);
      const list = await client.call(API.drift, { params: { repository }, query: { ...present({ environment, cluster: options.cluster }) } });
      if (globals.output === 'json') return writeJson(context.terminal, list);
      writeDrift(context.terminal, list);
    });
  drift
    .command('capture')
    .description('make a request of what was changed in a cluster, on its environment\'s branch; Secrets are never taken over')
    .argument('<environment>', 'the one that the cluster runs')
    .argument('<cluster>', 'as `sluice clusters` lists it')
    .argument('[places...]', 'paths or objects as `sluice drift` lists them (default: all that can be taken over)')
    .option('-r, --repository <name>', 'the repository, when the server has several')
    .action((environment: string, cluster: string, places: readonly string[], ...[options, command]: readonly [{ repository?: string }, Command]) => capture(context, command, { environment, cluster, places: [...places] }, options.repository));
}

async function capture(context: Context, command: Command, body: { readonly environment: string; readonly cluster: string; readonly places: string[] }, repository: string | undefined): Promise<void> {
  const globals = globalOptions(command);
  const client = await clientFor(context, globals);
  const captured = await client.call(API.captureDrift, { params: { repository: await chooseRepository(client, repository) }, body });
  if (globals.output === 'json') writeJson(context.terminal, captured);
  else writeCaptured(context.terminal, captured);
}

function writeCaptured(terminal: Terminal, { change, captured, left }: CapturedDrift): void {
  terminal.out(`request ${change.number} (${change.url}) into ${change.targetBranch} has ${captured.map((place) => printableLine(place)).join(', ')}`);
  for (const { place, message } of left) terminal.out(`${paint(terminal, 'yellow', 'not in it')} ${printableLine(place)}: ${printableLine(message, 300)}`);
}

type Drifted = DriftList['items'][number];
type Place = Drifted['places'][number];

function writeDrift(terminal: Terminal, { items }: DriftList): void {
  const found = items.filter(({ places }) => places.length > 0);
  if (found.length === 0) return terminal.out(items.length === 0 ? 'No agent is enrolled.' : 'Everything is as it was applied.');
  for (const cluster of found) writeCluster(terminal, cluster);
}

function writeCluster(terminal: Terminal, { cluster, environment, mode, commit, reportedAt, places }: Drifted): void {
  const seen = reportedAt === undefined ? '' : `, as reported ${age(terminal, reportedAt)} ago`;
  const rule = mode === 'revert' ? 'what differs is put back' : 'what differs is only reported';
  terminal.out(`${paint(terminal, 'bold', cluster)} runs ${short(commit) || 'nothing'} of ${environment}${seen}; ${rule}`);
  writeTable(terminal, ['where', 'state', 'since', 'field', 'wanted', 'there', 'by'], places.flatMap((place) => rowsOf(terminal, place)));
}

function rowsOf(terminal: Terminal, place: Place): readonly (readonly string[])[] {
  const head = [nameOf(place), stateText(terminal, place), age(terminal, place.at)];
  const rows = [
    ...(place.fields ?? []).map(({ object, field, wanted, live, by }) => [object === undefined ? field : `${object}: ${field}`, wanted ?? '–', live ?? '–', by ?? '']),
    ...(place.foreign ?? []).map(({ field, live, by }) => [field, '(not said)', live ?? '–', by ?? '']),
    ...(place.lines ? [['(lines)', `${place.lines.wanted} not there`, `${place.lines.live} not wanted`, '']] : []),
    ...(place.truncated ? [['… and more', '', '', '']] : []),
  ];
  const [first = ['', '', '', ''], ...rest] = rows;
  return [[...head, ...cells(first)], ...rest.map((row) => ['', '', '', ...cells(row)])];
}

function cells(row: readonly string[]): readonly string[] {
  return row.map((text) => printableLine(text, 80));
}

function nameOf({ path, object }: Place): string {
  return printable(object === undefined ? path : `${object}\n(${path})`);
}

function stateText(terminal: Terminal, { kind, reverted }: Place): string {
  if (reverted) return paint(terminal, 'dim', `${kind}, put back`);
  return kind === 'foreign' ? paint(terminal, 'dim', 'not ours') : paint(terminal, 'red', kind);
}
