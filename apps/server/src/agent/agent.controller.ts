import { Body, Controller, Inject } from '@nestjs/common';
import { API } from '@sluice/contracts';
import type { Assignment, Enrolled, Nonce, ReportReceipt } from '@sluice/contracts';
import { instant, present } from '@sluice/kernel';
import { AcceptReport, EnrolCluster, ReadAssignment, ServerNonce, type Cluster } from '@sluice/usecases';
import type { z } from 'zod';
import { SETTINGS } from '../compose/tokens.js';
import { gitUrl } from '../forge/git-url.js';
import { OwnCluster } from '../http/caller.js';
import { Route } from '../http/route.js';
import type { Settings } from '../settings.js';
import { presentAssignment, presentNonce } from './present-agent.js';

/** The agents' gateway; the stream, the commands and the signs of life are beside it. */
@Controller()
export class AgentController {
  constructor(
    @Inject(ServerNonce) private readonly nonces: ServerNonce,
    @Inject(EnrolCluster) private readonly enrolCluster: EnrolCluster,
    @Inject(ReadAssignment) private readonly readAssignment: ReadAssignment,
    @Inject(AcceptReport) private readonly acceptReport: AcceptReport,
    @Inject(SETTINGS) private readonly settings: Settings,
  ) {}

  @Route(API.agentNonce)
  nonce(): Nonce {
    return presentNonce(this.nonces);
  }

  @Route(API.agentEnrol)
  async enrol(@Body({ schema: API.agentEnrol.body }) body: z.output<typeof API.agentEnrol.body>): Promise<Enrolled> {
    const { joinToken, publicKey, agentVersion, labels } = body;
    const cluster = await this.enrolCluster.run({ joinToken, publicKey, agentVersion, ...present({ labels }) });
    const { branch, repository, environment, floor } = await this.readAssignment.run(cluster);
    return { cluster: cluster.name, environment, repository, branch, gitUrl: gitUrl(this.settings, repository), ...(floor && { floor }) };
  }

  @Route(API.agentAssignment)
  async assignment(@OwnCluster() cluster: Cluster): Promise<Assignment> {
    return presentAssignment(await this.readAssignment.run(cluster));
  }

  @Route(API.agentReport)
  async report(@OwnCluster() cluster: Cluster, @Body({ schema: API.agentReport.body }) body: z.output<typeof API.agentReport.body>): Promise<ReportReceipt> {
    const { agentVersion, commit, drift, ...report } = body;
    return this.acceptReport.run(cluster, { ...report, ...(commit && { commit }), drift: drift.map(({ at, ...entry }) => ({ ...entry, at: instant(at) })) }, agentVersion);
  }
}
