import { Controller, Header, Inject, Res } from '@nestjs/common';
import { API } from '@sluice/contracts';
import type { Health } from '@sluice/contracts';
import { SluiceError } from '@sluice/kernel';
import type { Logger, Metrics } from '@sluice/runtime';
import type { FastifyReply } from 'fastify';
import type { Ports } from '../compose/ports.js';
import { LOG, METRICS, PORTS } from '../compose/tokens.js';
import { Route } from '../http/route.js';
import { openApiDocument } from './open-api.js';

const CHECK_DEADLINE = 5_000;

/** What the platform around the server asks. */
@Controller()
export class OperationsController {
  private readonly document = openApiDocument(API);

  constructor(
    @Inject(PORTS) private readonly ports: Ports,
    @Inject(METRICS) private readonly registry: Metrics,
    @Inject(LOG) private readonly log: Logger,
  ) {}

  @Route(API.alive)
  alive(): Health {
    return { status: 'ok', checks: {} };
  }

  @Route(API.ready)
  async ready(@Res({ passthrough: true }) reply: FastifyReply): Promise<Health> {
    const found = await Promise.all(Object.entries(this.ports.checks).map(async ([name, check]) => ({ name, reason: await this.problem(name, check) })));
    const checks = Object.fromEntries(found.map(({ name, reason }) => [name, reason === undefined ? 'ok' : 'unavailable'] as const));
    const reasons = Object.fromEntries(found.flatMap(({ name, reason }) => (reason === undefined ? [] : [[name, reason]])));
    if (Object.keys(reasons).length === 0) return { status: 'ok', checks };
    void reply.status(503);
    return { status: 'unavailable', checks, reasons };
  }

  @Route(API.metrics)
  @Header('content-type', 'text/plain; version=0.0.4; charset=utf-8')
  metrics(): Promise<string> {
    return this.registry.registry.metrics();
  }

  @Route(API.openApi)
  openApi(): Record<string, unknown> {
    return this.document;
  }

  /** For whoever asks, so without what only the log may say. */
  private async problem(name: string, check: () => Promise<void>): Promise<string | undefined> {
    let timer: NodeJS.Timeout | undefined;
    const late = new Promise<never>((_, reject) => {
      timer = setTimeout(() => reject(new Error('no answer in time')), CHECK_DEADLINE);
    });
    try {
      await Promise.race([check(), late]);
      return undefined;
    } catch (error) {
      this.log.warn({ err: error, check: name }, 'readiness check failed');
      return error instanceof SluiceError ? error.message : 'it does not answer: see the server’s log';
    } finally {
      clearTimeout(timer);
    }
  }
}
