import { API } from '@sluice/contracts';
import type { ClusterDto } from '@sluice/contracts';
import { InvalidInput, formatLabels, labelsProblem } from '@sluice/kernel';
import type { Command } from 'commander';
import { chooseRepository, clientFor, globalOptions } from '../context.js';
import type { Context, GlobalOptions } from '../context.js';
import { watched, watchOption, type Watching } from '../watch.js';
import { age, paint, short, writeJson, writeTable } from '../terminal.js';
import type { Terminal } from '../terminal.js';

export function clustersCommand(program: Command, context: Context): void {
  const clusters = program.command('clusters').description('agents: what each runs, and how it does');
  clusters
    .command('list', { isDefault: true })
    .description('list them (the default)')
    .addOption(watchOption())
    .action((options: Watching, command: Command) => watched(context, options, (shown) => list(shown, globalOptions(command))));
  clusters
    .command('token')
    .description('make a join token for a new agent (or one that enrols again)')
    .argument('<cluster>', 'a name for it: lower-case letters, digits and -')
    .argument('<environment>', 'the environment that it runs')
    .option('-r, --repository <name>', 'the repository, when the server has several')
    .option('--label <key=value...>', 'what waves select it by, beside the labels that it has')
    .action(async (cluster: string, environment: string, options: { repository?: string; label?: readonly string[] }, command: Command) => {
      const globals = globalOptions(command);
      const client = await clientFor(context, globals);
      const token = await client.call(API.createJoinToken, { body: { cluster, environment, repository: await chooseRepository(client, options.repository), ...(options.label && { labels: labelChange(options.label, false).set }) } });
      if (globals.output === 'json') return writeJson(context.terminal, token);
      context.terminal.out(`${token.token}\n${paint(context.terminal, 'dim', `valid for ${age({ ...context.terminal, now: () => Date.parse(token.expiresAt) }, new Date(context.terminal.now()).toISOString())}; give it to the agent as SLUICE_JOIN_TOKEN`)}`);
    });
  clusters
    .command('label')
    .description('set labels of a cluster (canary=true), and take others away (canary-)')
    .argument('<cluster>', 'as `sluice clusters` lists it')
    .argument('<labels...>', 'key=value to set, key- to take away')
    .action((cluster: string, labels: readonly string[], _options: unknown, command: Command) => act(context, command, (client) => client.call(API.labelCluster, { params: { cluster }, body: labelChange(labels, true) })));
  clusters
    .command('accept')
    .description('let a cluster take a commit that does not descend from what it runs (after a force push)')
    .argument('<cluster>', 'as `sluice clusters` lists it')
    .argument('<commit>', 'its full name')
    .action((cluster: string, commit: string, _options: unknown, command: Command) => act(context, command, (client) => client.call(API.acceptCommit, { params: { cluster }, body: { commit } })));
  clusters
    .command('revoke')
    .description('shut an agent out at once')
    .argument('<cluster>', 'as `sluice clusters` lists it')
    .action((cluster: string, _options: unknown, command: Command) => act(context, command, (client) => client.call(API.revokeCluster, { params: { cluster } })));
}

async function list(context: Context, globals: GlobalOptions): Promise<void> {
  const { items } = await (await clientFor(context, globals)).call(API.clusters);
  if (globals.output === 'json') return writeJson(context.terminal, items);
  writeClusters(context.terminal, items);
}

/** `key=value` and `key-`. @throws InvalidInput for anything else. */
function labelChange(texts: readonly string[], mayRemove: boolean): { readonly set: Record<string, string>; readonly remove: string[] } {
  const change = { set: {} as Record<string, string>, remove: [] as string[] };
  for (const text of texts) {
    const at = text.indexOf('=');
    if (at > 0) change.set[text.slice(0, at)] = text.slice(at + 1);
    else if (mayRemove && at < 0 && text.length > 1 && text.endsWith('-')) change.remove.push(text.slice(0, -1));
    else throw new InvalidInput(`${text}: write key=value${mayRemove ? ', or key- to take a label away' : ''}`);
  }
  const problem = labelsProblem(change.set);
  if (problem !== undefined) throw new InvalidInput(problem);
  return change;
}

async function act(context: Context, command: Command, call: (client: Awaited<ReturnType<typeof clientFor>>) => Promise<ClusterDto>): Promise<void> {
  const globals = globalOptions(command);
  const cluster = await call(await clientFor(context, globals));
  if (globals.output === 'json') writeJson(context.terminal, cluster);
  else writeClusters(context.terminal, [cluster]);
}

/** What differs now, and beside it what differed and was put back. */
function driftText({ drift }: ClusterDto): string {
  const reverted = drift.filter((one) => one.reverted).length;
  const standing = drift.length - reverted;
  return reverted === 0 ? String(standing) : `${standing} (${reverted} put back)`;
}

function writeClusters(terminal: Terminal, clusters: readonly ClusterDto[]): void {
  if (clusters.length === 0) return terminal.out('No agent is enrolled.');
  writeTable(
    terminal,
    ['cluster', 'environment', 'labels', 'wave', 'connected', 'phase', 'health', 'runs', 'assigned', 'drift', 'seen', 'message'],
    clusters.map((cluster) => [
      cluster.name,
      cluster.environment,
      formatLabels(cluster.labels),
      waveText(cluster),
      cluster.revoked ? paint(terminal, 'red', 'revoked') : cluster.connected ? paint(terminal, 'green', 'yes') : paint(terminal, 'yellow', 'no'),
      cluster.phase,
      cluster.health,
      short(cluster.commit),
      short(cluster.assigned),
      driftText(cluster),
      cluster.lastSeenAt === undefined ? 'never' : `${age(terminal, cluster.lastSeenAt)} ago`,
      messageOf(cluster),
    ]),
  );
}

/** Where there are waves: in which it is. */
function waveText({ wave }: ClusterDto): string {
  if (!wave) return '–';
  return wave.number === undefined ? 'in none' : `${wave.number} of ${wave.of}`;
}

/** What the agent says, and the first of what it says it of; before that, why it may be wrong. */
function messageOf({ message, resources, skew }: ClusterDto): string {
  const [first] = resources;
  const said = first && first.message !== '' ? `${message}${message === '' ? '' : ': '}${first.object ?? first.path}: ${first.message}` : message;
  return skew === undefined ? said : [skew, said].filter(Boolean).join('; ');
}
