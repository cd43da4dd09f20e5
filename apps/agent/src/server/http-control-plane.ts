import { assignment, commands, heartbeatReply, reportReceipt, testOrder } from '@sluice/contracts';
import { Unauthenticated } from '@sluice/kernel';
import type { AllowedTest, Assignment, Command, ControlPlane, HeartbeatReply, ReportReceipt, StateReport, TestOrder, TestResult } from '@sluice/sync';
import { z } from 'zod';
import type { AgentSession } from './agent-session.js';
import { askServer, type ServerRequest } from './server-client.js';

/** The control plane over HTTP, as `agent.ts` of @sluice/contracts says. */
export class HttpControlPlane implements ControlPlane {
  constructor(
    private readonly session: AgentSession,
    private readonly agentVersion: string,
    private readonly allowedTests: readonly AllowedTest[],
    private readonly serverIs: (version: string) => void = () => undefined,
  ) {}

  assignment(): Promise<Assignment> {
    return this.ask({ method: 'GET', path: '/agent/v1/assignment', answer: assignment });
  }

  async commands(): Promise<readonly Command[]> {
    return (await this.ask({ method: 'GET', path: '/agent/v1/commands', answer: commands })).items;
  }

  async acknowledge(ids: readonly string[]): Promise<void> {
    await this.ask({ method: 'POST', path: '/agent/v1/acknowledgements', body: { ids }, answer: z.unknown() });
  }

  report(report: StateReport): Promise<ReportReceipt> {
    return this.ask({ method: 'POST', path: '/agent/v1/reports', body: report, answer: reportReceipt });
  }

  async heartbeat(beat: { readonly sequence: number; readonly digest: string }): Promise<HeartbeatReply> {
    const { serverVersion, ...reply } = await this.ask({ method: 'POST', path: '/agent/v1/heartbeat', body: { ...beat, agentVersion: this.agentVersion, tests: this.allowedTests }, answer: heartbeatReply });
    if (serverVersion !== undefined) this.serverIs(serverVersion);
    return reply;
  }

  takeTest(run: string): Promise<TestOrder> {
    return this.ask({ method: 'POST', path: `/agent/v1/test-runs/${encodeURIComponent(run)}/take`, body: {}, answer: testOrder });
  }

  async testResult(run: string, result: TestResult): Promise<void> {
    await this.ask({ method: 'POST', path: `/agent/v1/test-runs/${encodeURIComponent(run)}/result`, body: result, answer: z.unknown() });
  }

  private async ask<Schema extends z.ZodType>(request: Omit<ServerRequest<Schema>, 'token'>): Promise<z.output<Schema>> {
    return withToken(this.session, (token) => askServer(this.session.serverUrl, { ...request, token }));
  }
}

/** Does something with a token, and once more with a fresh one when the server does not take it: the server may have forgotten the nonce. */
export async function withToken<T>(session: AgentSession, work: (token: string) => Promise<T>): Promise<T> {
  const token = await session.token();
  try {
    return await work(token);
  } catch (error) {
    if (!(error instanceof Unauthenticated)) throw error;
    await session.forget(token);
    return work(await session.token());
  }
}
