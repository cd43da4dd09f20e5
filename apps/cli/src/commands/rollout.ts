import { API } from '@sluice/contracts';
import type { RolloutDto } from '@sluice/contracts';
import { formatDuration, formatLabels, printable } from '@sluice/kernel';
import type { Command } from 'commander';
import type { ApiClient } from '../api-client.js';
import { chooseRepository, clientFor, globalOptions } from '../context.js';
import type { Context } from '../context.js';
import { paint, short, writeJson, writeTable } from '../terminal.js';
import type { Terminal } from '../terminal.js';
import { watched, watchOption, type Watching } from '../watch.js';

interface Options {
  readonly repository?: string;
  readonly reason: string;
}

type Where = { readonly repository: string; readonly environment: string };

export function rolloutCommand(program: Command, context: Context): void {
  const rollout = program.command('rollout').description('what goes through the waves of an environment');
  rollout
    .command('show', { isDefault: true })
    .description('how far it has got, wave by wave (the default)')
    .argument('<environment>', 'one with waves')
    .option('-r, --repository <name>', 'the repository, when the server has several')
    .addOption(watchOption())
    .action((environment: string, options: Options & Watching, command: Command) => watched(context, options, (shown) => run(shown, command, { environment, ...options }, (client, params) => client.call(API.rollout, { params }))));
  order(rollout, 'pause', 'stop further waves: no cluster gets anything but a rollback').action((environment: string, options: Options, command: Command) =>
    run(context, command, { environment, ...options }, (client, params) => client.call(API.pauseRollout, { params, body: { reason: options.reason } })),
  );
  order(rollout, 'continue', 'let a paused one go on').action((environment: string, options: Options, command: Command) =>
    run(context, command, { environment, ...options }, (client, params) => client.call(API.continueRollout, { params, body: { reason: options.reason } })),
  );
  order(rollout, 'abort', 'roll back everything that it brought, in all clusters that have it').action((environment: string, options: Options, command: Command) =>
    run(context, command, { environment, ...options }, (client, params) => client.call(API.abortRollout, { params, body: { reason: options.reason } })),
  );
}

function order(parent: Command, name: string, description: string): Command {
  return parent
    .command(name)
    .description(description)
    .argument('<environment>', 'one with waves')
    .requiredOption('--reason <text>', 'why, for those who wait')
    .option('-r, --repository <name>', 'the repository, when the server has several');
}

type Shown = RolloutDto & { readonly undoes?: readonly string[]; readonly impossible?: readonly string[] };

async function run(context: Context, command: Command, { environment, repository: wanted }: { readonly environment: string; readonly repository?: string }, call: (client: ApiClient, where: Where) => Promise<Shown>): Promise<void> {
  const globals = globalOptions(command);
  const client = await clientFor(context, globals);
  const shown = await call(client, { environment, repository: await chooseRepository(client, wanted) });
  if (globals.output === 'json') return writeJson(context.terminal, shown);
  writeRollout(context.terminal, shown);
}

function writeRollout(terminal: Terminal, { message, rollout, waves, undoes = [], impossible = [] }: Shown): void {
  terminal.out(printable(message));
  if (undoes.length > 0) terminal.out(`Rolls back ${undoes.join(', ')}; the same content is held until somebody promotes it again.`);
  for (const problem of impossible) terminal.out(`${paint(terminal, 'red', 'not rolled back')} ${printable(problem)}`);
  if (!rollout) return;
  if (rollout.promotions.length > 0) terminal.out(`brings ${rollout.promotions.join(', ')}`);
  if (waves.length === 0) return;
  writeTable(
    terminal,
    ['wave', 'clusters', 'soak', 'cluster', 'labels', 'to run', 'state', 'until', 'message'],
    waves.flatMap((wave, index) => waveRows(terminal, wave, index)),
  );
}

type Wave = RolloutDto['waves'][number];

function waveRows(terminal: Terminal, wave: Wave, index: number): readonly (readonly string[])[] {
  const head = [`${wave.state === 'current' ? '→ ' : ''}${index + 1}`, wave.name, formatDuration(wave.soakSeconds * 1_000)];
  if (wave.clusters.length === 0) return [[...head, '–', '', '', wave.state, '', wave.message]];
  return wave.clusters.map((cluster, at) => [...(at === 0 ? head : ['', '', '']), cluster.name, formatLabels(cluster.labels), short(cluster.assigned), stateText(terminal, cluster.state), cluster.until ?? '', printable(cluster.message)]);
}

function stateText(terminal: Terminal, state: Wave['clusters'][number]['state']): string {
  const colours = { failed: 'red', unreachable: 'red', waiting: 'yellow', soaking: 'yellow', later: 'dim', healthy: 'green' } as const;
  return paint(terminal, colours[state], state);
}
