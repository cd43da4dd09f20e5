import { Body, Controller, Inject, Param } from '@nestjs/common';
import { API } from '@sluice/contracts';
import type { Assignment, Command, Enrolled, HeartbeatReply, Nonce, ReportReceipt, TestOrder as TestOrderDto, TestResult } from '@sluice/contracts';
import { instant, present, printable } from '@sluice/kernel';
import { AcceptReport, EnrolCluster, NoteAllowedTests, NoteHeartbeat, pendingCommands, ReadAssignment, ServerNonce, TestOrders, type Cluster, type TestReport } from '@sluice/usecases';
import type { z } from 'zod';
import { SETTINGS } from '../compose/tokens.js';
import { gitUrl } from '../forge/git-url.js';
import { OwnCluster } from '../http/caller.js';
import { Route } from '../http/route.js';
import type { Settings } from '../settings.js';
import { presentAssignment, presentCommand, presentNonce, presentTestOrder } from './present-agent.js';

/** The agents' gateway; the stream is beside it. */
@Controller()
export class AgentController {
  constructor(
    @Inject(ServerNonce) private readonly nonces: ServerNonce,
    @Inject(EnrolCluster) private readonly enrolCluster: EnrolCluster,
    @Inject(ReadAssignment) private readonly readAssignment: ReadAssignment,
    @Inject(AcceptReport) private readonly acceptReport: AcceptReport,
    @Inject(NoteHeartbeat) private readonly noteHeartbeat: NoteHeartbeat,
    @Inject(NoteAllowedTests) private readonly noteAllowedTests: NoteAllowedTests,
    @Inject(TestOrders) private readonly testOrders: TestOrders,
    @Inject(SETTINGS) private readonly settings: Settings,
  ) {}

  @Route(API.agentNonce)
  nonce(): Nonce {
    return presentNonce(this.nonces);
  }

  @Route(API.agentEnrol)
  async enrol(@Body({ schema: API.agentEnrol.body }) body: z.output<typeof API.agentEnrol.body>): Promise<Enrolled> {
    const { joinToken, publicKey, agentVersion } = body;
    const cluster = await this.enrolCluster.run({ joinToken, publicKey, agentVersion });
    const { branch, repository, environment, floor } = await this.readAssignment.run(cluster);
    return { cluster: cluster.name, environment, repository, branch, gitUrl: gitUrl(this.settings, repository), ...(floor && { floor }) };
  }

  @Route(API.agentAssignment)
  async assignment(@OwnCluster() cluster: Cluster): Promise<Assignment> {
    return presentAssignment(await this.readAssignment.run(cluster));
  }

  @Route(API.agentCommands)
  async commands(@OwnCluster() cluster: Cluster): Promise<{ items: Command[] }> {
    return { items: [...pendingCommands(cluster), ...(await this.testOrders.commandsFor(cluster))].map(presentCommand) };
  }

  /** Commands follow from what the server lacks and end with it, and a run of a test ends with its result, so there is nothing to note (docs/adr/0011, 0017). */
  @Route(API.agentAcknowledge)
  acknowledge(@Body({ schema: API.agentAcknowledge.body }) _body: z.output<typeof API.agentAcknowledge.body>): void {}

  @Route(API.agentReport)
  async report(@OwnCluster() cluster: Cluster, @Body({ schema: API.agentReport.body }) body: z.output<typeof API.agentReport.body>): Promise<ReportReceipt> {
    const { agentVersion, commit, drift, ...report } = body;
    return this.acceptReport.run(cluster, { ...report, ...(commit && { commit }), drift: drift.map(({ at, ...entry }) => ({ ...entry, at: instant(at) })) }, agentVersion);
  }

  @Route(API.agentHeartbeat)
  async heartbeat(@OwnCluster() cluster: Cluster, @Body({ schema: API.agentHeartbeat.body }) { tests, ...beat }: z.output<typeof API.agentHeartbeat.body>): Promise<HeartbeatReply> {
    const reply = await this.noteHeartbeat.run(cluster, beat);
    await this.noteAllowedTests.run(cluster, tests);
    return reply;
  }

  @Route(API.agentTakeTest)
  async takeTest(@OwnCluster() cluster: Cluster, @Param({ schema: API.agentTakeTest.params }) { run }: z.output<typeof API.agentTakeTest.params>): Promise<TestOrderDto> {
    return presentTestOrder(await this.testOrders.take(cluster, run));
  }

  @Route(API.agentTestResult)
  async testResult(
    @OwnCluster() cluster: Cluster,
    @Param({ schema: API.agentTestResult.params }) { run }: z.output<typeof API.agentTestResult.params>,
    @Body({ schema: API.agentTestResult.body }) { take, ...result }: z.output<typeof API.agentTestResult.body>,
  ): Promise<void> {
    await this.testOrders.accept(cluster, run, { take, report: toReport(result) });
  }
}

function toReport({ outcome, exitCode, signal, durationMs, message, output }: Omit<TestResult, 'take'>): TestReport {
  if (outcome === 'refused' || outcome === 'lost') return { outcome };
  return { outcome, duration: durationMs, message, output: printable(output, output.length), ...present({ exitCode, signal }) };
}
