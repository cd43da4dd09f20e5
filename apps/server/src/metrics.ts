import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { gitCounters } from '@sluice/git-process';
import { CURRENT_STATES } from '@sluice/promotion';
import type { Cluster } from '@sluice/usecases';
import { AgentConnections } from './agent/agent-connections.js';
import { measureDelivery } from './delivery-metrics.js';
import { measureSlack } from './slack-bots.js';
import type { ServerParts } from './server.module.js';

async function clustersOf({ clusters }: ServerParts['ports']): Promise<readonly Cluster[]> {
  return (await clusters.list()).filter(({ revoked }) => !revoked);
}

/** The server's own figures, beside the process's. Read when somebody scrapes. */
export function measure({ settings, ports, metrics }: ServerParts, app: NestFastifyApplication): void {
  if (settings.roles.has('api')) {
    const connections = app.get(AgentConnections);
    metrics.gauge('agents_connected', 'Agents with an open stream to this process', [], (gauge) => gauge.set(connections.size));
  }
  metrics.gauge('git_processes_running', 'git processes of this process', [], (gauge) => gauge.set(gitCounters().running));
  metrics.total('git_processes', 'git processes since the start, by subcommand', ['command'], (total) => {
    for (const [command, count] of Object.entries(gitCounters().byCommand)) total.inc({ command }, count);
  });
  metrics.total('remote_forge_calls_total', 'Calls of forges over the network since the start, by the kind of forge and what came of them', ['forge', 'outcome'], (total) => {
    for (const [forge, outcomes] of ports.activity.remoteCalls) for (const [outcome, count] of outcomes) total.inc({ forge, outcome }, count);
  });
  if (!settings.roles.has('worker')) return;
  measureDelivery(metrics, ports);
  measureSlack(metrics, ports);
  metrics.total('composes', 'Compositions since the start', [], (total) => total.inc(ports.activity.composes));
  metrics.total('forge_calls', 'Calls of the forge since the start, by method', ['call'], (total) => {
    for (const [call, count] of ports.activity.forgeCalls) total.inc({ call }, count);
  });
  metrics.gauge('queue_depth', 'Jobs that wait or run, by queue', ['queue'], async (gauge) => {
    for (const [queue, depth] of Object.entries(await ports.queues.depths())) gauge.set({ queue }, depth);
  });
  metrics.gauge('rollouts', 'Rollouts under way in environments with waves, by state', ['state'], async (gauge) => {
    const active = await ports.rollouts.active();
    const stopped = active.filter(({ paused, undoing }) => paused && !undoing).length;
    const undoing = active.filter((rollout) => rollout.undoing).length;
    for (const [state, count] of [['running', active.length - stopped - undoing], ['paused', stopped], ['rolling-back', undoing]] as const) gauge.set({ state }, count);
  });
  metrics.gauge('clusters', 'Clusters that may report, by environment and by the phase and health of their last report', ['repository', 'environment', 'phase', 'health'], async (gauge) => {
    for (const { repository, environment, report } of await clustersOf(ports)) gauge.inc({ repository, environment, phase: report?.phase ?? 'silent', health: report?.health ?? 'Unknown' });
  });
  metrics.gauge('agent_versions', 'Clusters that may report, by the version of their agent', ['version'], async (gauge) => {
    for (const { agentVersion } of await clustersOf(ports)) gauge.inc({ version: agentVersion });
  });
  metrics.gauge('notifications', 'Notifications of the last 30 days, by kind of target and state; failed and unheard ones were told to nobody', ['kind', 'state'], async (gauge) => {
    for (const { kind, state, count } of await ports.notifications.counts()) gauge.set({ kind, state }, count);
  });
  metrics.gauge('promotions', 'Promotions on their way, by state', ['state'], async (gauge) => {
    for (const state of [...CURRENT_STATES, 'rolling-out', 'degraded'] as const) gauge.set({ state }, (await ports.promotions.list({ states: [state], limit: 200 })).items.length);
  });
}
