import { Controller, Inject, Res } from '@nestjs/common';
import { API } from '@sluice/contracts';
import type { Logger } from '@sluice/runtime';
import { assignmentTopic, clusterTopic, pendingCommands, ReadAssignment, ServerNonce, TestOrders, type Cluster } from '@sluice/usecases';
import type { FastifyReply } from 'fastify';
import type { Ports } from '../compose/ports.js';
import { LOG, PORTS } from '../compose/tokens.js';
import { OwnCluster } from '../http/caller.js';
import { EventStream } from '../http/event-stream.js';
import { follow } from '../http/follow.js';
import { Route } from '../http/route.js';
import { AgentConnections } from './agent-connections.js';
import { presentAssignment, presentCommand, presentNonce } from './present-agent.js';

// how late a lost signal is made good, and how late a lost revocation at the latest
const LOOK_INTERVAL = 20_000;
const NONCE_INTERVAL = 5 * 60_000;

/** The one stream that an agent holds. It carries no state: what is assigned now is sent at once and again whenever it changes, so that nothing can be missed. */
@Controller()
export class AgentStreamController {
  constructor(
    @Inject(PORTS) private readonly ports: Ports,
    @Inject(ReadAssignment) private readonly readAssignment: ReadAssignment,
    @Inject(TestOrders) private readonly testOrders: TestOrders,
    @Inject(ServerNonce) private readonly nonces: ServerNonce,
    @Inject(AgentConnections) private readonly connections: AgentConnections,
    @Inject(LOG) private readonly log: Logger,
  ) {}

  @Route(API.agentStream)
  open(@OwnCluster() cluster: Cluster, @Res() reply: FastifyReply): void {
    const stream = new EventStream(reply);
    const sent = { assignment: '', commands: new Set<string>() };
    const look = async (): Promise<void> => {
      const now = await this.ports.clusters.get(cluster.name);
      // a re-enrolment has another key: this stream was opened with the old one
      if (!now || now.revoked || now.publicKey !== cluster.publicKey) return stream.end();
      await this.sendNews(stream, now, sent);
    };
    const sendNonce = (): void => stream.send({ event: 'nonce', data: presentNonce(this.nonces) });
    sendNonce();
    this.connections.add(cluster.name, stream);
    const timer = setInterval(() => {
      sendNonce();
      // the fleet is another meanwhile
      stream.comeBackWithin(this.connections.spread);
    }, NONCE_INTERVAL);
    timer.unref();
    stream.onEnd(() => clearInterval(timer));
    const failed = (error: unknown) => this.log.warn({ err: error, cluster: cluster.name }, 'agent stream ended by an error');
    follow(stream, this.ports.signals, [assignmentTopic(cluster), clusterTopic(cluster.name)], { interval: LOOK_INTERVAL, look, failed });
  }

  private async sendNews(stream: EventStream, cluster: Cluster, sent: { assignment: string; readonly commands: Set<string> }): Promise<void> {
    const assignment = presentAssignment(await this.readAssignment.run(cluster));
    const text = JSON.stringify(assignment);
    if (text !== sent.assignment) stream.send({ event: 'assignment', id: String(assignment.revision), data: assignment });
    sent.assignment = text;
    for (const command of [...pendingCommands(cluster), ...(await this.testOrders.commandsFor(cluster))]) {
      if (!sent.commands.has(command.id)) stream.send({ event: 'command', data: presentCommand(command) });
      sent.commands.add(command.id);
    }
  }
}
