import { API } from '@sluice/contracts';
import type { DeliveryReportDto } from '@sluice/contracts';
import { formatDuration, InvalidInput, parseDuration, present, printableLine } from '@sluice/kernel';
import { Option } from 'commander';
import type { Command } from 'commander';
import { chooseRepository, clientFor, globalOptions } from '../context.js';
import type { Context } from '../context.js';
import { paint, writeJson, writeTable } from '../terminal.js';
import type { Terminal } from '../terminal.js';

type By = 'application' | 'environment' | 'lane' | 'day' | 'week';

interface Options {
  readonly repository?: string;
  readonly application?: string;
  readonly environment?: string;
  readonly since?: string;
  readonly from?: string;
  readonly to?: string;
  readonly timezone?: string;
  readonly by: By;
}

export function metricsCommand(program: Command, context: Context): void {
  program
    .command('metrics')
    .description('how fast and how safely changes are delivered: deployment frequency, lead time, change failure rate, time to restore')
    .option('-r, --repository <name>', 'the repository, when the server has several')
    .option('-a, --application <name>', 'only of this application')
    .option('-e, --environment <name>', 'only into this environment')
    .option('--since <duration>', 'how far back from now: 7d, 30d, 90d (default: 30d)')
    .option('--from <time>', 'the beginning instead: a day such as 2026-11-01, or a time with its offset')
    .option('--to <time>', 'the end, not part of it (default: now)')
    .option('--timezone <name>', 'whose days and weeks are meant, such as Europe/Berlin (default: UTC)')
    .addOption(new Option('--by <what>', 'one line for each').choices(['application', 'environment', 'lane', 'day', 'week']).default('environment'))
    .addHelpText('after', `\n${EXPLANATION}`)
    .action((options: Options, command: Command) => metrics(context, command, options));
}

const EXPLANATION = 'A deployment is content that became live in every cluster of its environment; lead time is from a commit in the first environment until then; a deployment failed when it was degraded, undone, or mended while it had Failed; restored is healthy again everywhere. – is not known. Definitions: docs/metrics.md';

async function metrics(context: Context, command: Command, options: Options): Promise<void> {
  const globals = globalOptions(command);
  const from = beginning(options, context.terminal.now());
  const client = await clientFor(context, globals);
  const repository = await chooseRepository(client, options.repository);
  const { application, environment, to, timezone, by } = options;
  const report = await client.call(API.deliveryMetrics, { query: { repository, by, ...present({ application, environment, from, to, timezone }) } });
  if (globals.output === 'json') return writeJson(context.terminal, report);
  writeReport(context.terminal, report, by);
}

/** @throws InvalidInput */
function beginning({ since, from, to }: Options, now: number): string | undefined {
  if (since === undefined) return from;
  if (from !== undefined || to !== undefined) throw new InvalidInput('say --since, or --from and --to');
  const duration = parseDuration(since);
  if (duration === undefined || duration < 1_000) throw new InvalidInput(`--since ${since}: not a duration such as 7d, 30d or 36h`);
  const start = new Date(now - duration);
  if (Number.isNaN(start.getTime()) || start.getTime() < 0) throw new InvalidInput(`--since ${since}: longer ago than there are times`);
  return start.toISOString();
}

type Line = DeliveryReportDto['items'][number];
type Figures = Line['figures'];

const FIGURES = ['deployments', 'per day', 'lead time (median)', 'lead time (p90)', 'failed', 'to restore (median)', 'open', 'direct'];

function writeReport(terminal: Terminal, { from, to, timezone, record, total, items }: DeliveryReportDto, by: By): void {
  terminal.out(`${minute(from)} to ${minute(to)} UTC${timezone === 'UTC' ? '' : `, days of ${printableLine(timezone)}`}`);
  if (record.wholeSince > from) terminal.out(`${paint(terminal, 'yellow', 'The record is whole only since')} ${minute(record.wholeSince)}: ${printableLine(record.message, 300)}`);
  const rows = items.map((line) => [...namesOf(line, by, timezone), ...cellsOf(terminal, line.figures)]);
  const rest = by === 'lane' ? ['all', ''] : ['all'];
  writeTable(terminal, [...(by === 'lane' ? ['environment', 'application'] : [by]), ...FIGURES], [...rows, [...rest, ...cellsOf(terminal, total)]]);
  terminal.out(EXPLANATION);
}

function namesOf({ application, environment, from }: Line, by: By, timezone: string): readonly string[] {
  if (by === 'day' || by === 'week') return [from === undefined ? '' : dayOf(from, timezone)];
  const names: Readonly<Record<typeof by, readonly (string | undefined)[]>> = { application: [application], environment: [environment], lane: [environment, application] };
  return names[by].map((name) => name ?? '');
}

/** `2026-11-01`: the day of a time of the server's, in the time zone whose days are meant. */
function dayOf(time: string, timeZone: string): string {
  return new Intl.DateTimeFormat('sv-SE', { timeZone, year: 'numeric', month: '2-digit', day: '2-digit' }).format(Date.parse(time));
}

function cellsOf(terminal: Terminal, { deployments, leadTime, changeFailure, timeToRestore, directChanges }: Figures): readonly string[] {
  const { rate, failed, attempts } = changeFailure;
  return [
    number(deployments.count),
    number(deployments.perDay, 2),
    duration(leadTime.medianSeconds),
    duration(leadTime.p90Seconds),
    rate === null ? '–' : paint(terminal, failed > 0 ? 'red' : 'green', `${Math.round(rate * 100)}% (${failed} of ${attempts})`),
    duration(timeToRestore.medianSeconds),
    String(timeToRestore.open),
    String(directChanges),
  ];
}

function number(value: number | null, digits = 0): string {
  return value === null ? '–' : value.toFixed(digits);
}

function duration(seconds: number | null): string {
  return seconds === null ? '–' : formatDuration(seconds * 1_000);
}

/** `2026-11-01 08:00` of a time of the server's. */
function minute(time: string): string {
  return time.slice(0, 16).replace('T', ' ');
}
