import { Body, Controller, Inject } from '@nestjs/common';
import { API, versionSkew } from '@sluice/contracts';
import type { HeartbeatReply } from '@sluice/contracts';
import type { Logger } from '@sluice/runtime';
import { NoteAllowedTests, NoteHeartbeat, type Cluster } from '@sluice/usecases';
import type { z } from 'zod';
import { LOG } from '../compose/tokens.js';
import { OwnCluster } from '../http/caller.js';
import { Route } from '../http/route.js';
import { SERVER_VERSION } from '../server-version.js';

/** Signs of life: both sides find out whether they hold the same state, and go together. */
@Controller()
export class AgentHeartbeatController {
  /** Agents of which it was said that they and this server do not go together. */
  private readonly told = new Set<string>();

  constructor(
    @Inject(NoteHeartbeat) private readonly noteHeartbeat: NoteHeartbeat,
    @Inject(NoteAllowedTests) private readonly noteAllowedTests: NoteAllowedTests,
    @Inject(LOG) private readonly log: Logger,
  ) {}

  @Route(API.agentHeartbeat)
  async heartbeat(@OwnCluster() cluster: Cluster, @Body({ schema: API.agentHeartbeat.body }) { tests, ...beat }: z.output<typeof API.agentHeartbeat.body>): Promise<HeartbeatReply> {
    const reply = await this.noteHeartbeat.run(cluster, beat);
    await this.noteAllowedTests.run(cluster, tests);
    this.tellSkew(cluster, beat.agentVersion);
    return { ...reply, serverVersion: SERVER_VERSION };
  }

  private tellSkew({ name }: Cluster, agentVersion: string): void {
    const [skew, agent] = [versionSkew(agentVersion, SERVER_VERSION), `${name} ${agentVersion}`];
    if (skew === undefined || this.told.has(agent)) return;
    this.told.add(agent);
    this.log.warn({ cluster: name, agentVersion, serverVersion: SERVER_VERSION, skew }, 'agent and server are too far apart');
  }
}
