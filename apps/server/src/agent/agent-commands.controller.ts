import { Body, Controller, Inject, Param } from '@nestjs/common';
import { API } from '@sluice/contracts';
import type { Command, TestOrder as TestOrderDto, TestResult } from '@sluice/contracts';
import { present, printable } from '@sluice/kernel';
import { pendingCommands, TestOrders, type Cluster, type TestReport } from '@sluice/usecases';
import type { z } from 'zod';
import { OwnCluster } from '../http/caller.js';
import { Route } from '../http/route.js';
import { presentCommand, presentTestOrder } from './present-agent.js';

/** What agents are asked to do, and the runs of tests among it. */
@Controller()
export class AgentCommandsController {
  constructor(@Inject(TestOrders) private readonly testOrders: TestOrders) {}

  @Route(API.agentCommands)
  async commands(@OwnCluster() cluster: Cluster): Promise<{ items: Command[] }> {
    return { items: [...pendingCommands(cluster), ...(await this.testOrders.commandsFor(cluster))].map(presentCommand) };
  }

  /** Commands follow from what the server lacks and end with it, and a run of a test ends with its result, so there is nothing to note (docs/adr/0011, 0018). */
  @Route(API.agentAcknowledge)
  acknowledge(@Body({ schema: API.agentAcknowledge.body }) _body: z.output<typeof API.agentAcknowledge.body>): void {}

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
