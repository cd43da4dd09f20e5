import { API } from '@sluice/contracts';
import type { FreezeDto, FreezeList } from '@sluice/contracts';
import { InvalidInput, printable } from '@sluice/kernel';
import type { Command } from 'commander';
import { chooseRepository, clientFor, globalOptions } from '../context.js';
import type { Context } from '../context.js';
import { parseMoment, parseSeconds } from '../moment.js';
import { writeJson } from '../terminal.js';

interface Options {
  readonly repository?: string;
  readonly all?: boolean;
  readonly for?: string;
  readonly until?: string;
  readonly untilLifted?: boolean;
  readonly reason: string;
}

type Scope = { readonly environment?: string; readonly application?: string; readonly all: boolean };

export function freezeCommand(program: Command, context: Context): void {
  scopeCommand(program, 'freeze', 'stop what is merged into an environment; requests are opened all the same')
    .option('--for <duration>', 'how long: 90m, 2h, 3d')
    .option('--until <time>', 'until when: 2026-12-24T18:00, or with its offset')
    .option('--until-lifted', 'until somebody lifts it')
    .requiredOption('--reason <text>', 'why, for those who wait')
    .action((environment: string | undefined, application: string | undefined, options: Options, command: Command) => freeze(context, command, scopeOf(environment, application, options), { ...options, ...endOf(options) }));
}

/** A freeze of one application until it is lifted, under the name that people look for. */
export function holdCommand(program: Command, context: Context): void {
  program
    .command('hold')
    .description('hold one application back from an environment until `sluice unfreeze`: the same as `freeze … --until-lifted`')
    .argument('<environment>', 'what is merged into it')
    .argument('<application>', 'this application')
    .option('-r, --repository <name>', 'the repository, when the server has several')
    .requiredOption('--reason <text>', 'why, for those who wait')
    .action((environment: string, application: string, options: Options, command: Command) => freeze(context, command, { environment, application, all: false }, { ...options, untilLifted: true }));
}

export function unfreezeCommand(program: Command, context: Context): void {
  scopeCommand(program, 'unfreeze', 'lift what was frozen with the same arguments')
    .option('--reason <text>', 'why', '')
    .action(async (environment: string | undefined, application: string | undefined, options: Options, command: Command) => {
      const scope = scopeOf(environment, application, options);
      const globals = globalOptions(command);
      const client = await clientFor(context, globals);
      const repository = await chooseRepository(client, options.repository);
      const lifted: FreezeList = await client.call(API.liftFreezes, { params: { repository }, body: { ...scope, reason: options.reason } });
      if (globals.output === 'json') return writeJson(context.terminal, lifted);
      for (const item of lifted.items) context.terminal.out(`Lifted: ${sayFreeze(item)}`);
    });
}

/** `prod: frozen by grace until …`, for lists. */
export function sayFreeze(freeze: FreezeDto): string {
  const place = freeze.environment ?? 'every environment';
  return printable(`${freeze.application === undefined ? place : `${freeze.application} in ${place}`}: ${freeze.message}`);
}

function scopeCommand(program: Command, name: string, description: string): Command {
  return program
    .command(name)
    .description(description)
    .argument('[environment]', 'what is merged into it')
    .argument('[application]', 'only this application')
    .option('--all', 'every environment: the pause of an incident')
    .option('-r, --repository <name>', 'the repository, when the server has several');
}

function scopeOf(environment: string | undefined, application: string | undefined, { all = false }: Options): Scope {
  if ((environment === undefined) !== all) throw new InvalidInput('name an environment, or say --all');
  return { ...(environment === undefined ? {} : { environment }), ...(application === undefined ? {} : { application }), all };
}

type End = { readonly untilLifted?: boolean; readonly until?: string; readonly forSeconds?: number };

function endOf(options: Options): End {
  const { for: lasting, until, untilLifted = false } = options;
  if ([lasting !== undefined, until !== undefined, untilLifted].filter(Boolean).length !== 1) throw new InvalidInput('say one of --for, --until and --until-lifted: a freeze that nobody ends is forgotten');
  if (untilLifted) return { untilLifted };
  if (until !== undefined) return { until: parseMoment('--until', until) };
  return { forSeconds: parseSeconds('--for', lasting ?? '', ['1s', '365d']) };
}

async function freeze(context: Context, command: Command, scope: Scope, order: End & Pick<Options, 'repository' | 'reason'>): Promise<void> {
  const globals = globalOptions(command);
  const client = await clientFor(context, globals);
  const repository = await chooseRepository(client, order.repository);
  const { until, forSeconds, untilLifted = false, reason } = order;
  const end = { ...(until === undefined ? {} : { until }), ...(forSeconds === undefined ? {} : { forSeconds }), untilLifted };
  const frozen = await client.call(API.freeze, { params: { repository }, body: { ...scope, ...end, reason } });
  if (globals.output === 'json') return writeJson(context.terminal, frozen);
  context.terminal.out(sayFreeze(frozen));
}
