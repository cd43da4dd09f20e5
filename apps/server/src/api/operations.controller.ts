import { Controller, Header, Inject, Res } from '@nestjs/common';
import { API } from '@sluice/contracts';
import type { Health } from '@sluice/contracts';
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
    const checks = Object.fromEntries(await Promise.all(Object.entries(this.ports.checks).map(async ([name, check]) => [name, await this.outcome(name, check)] as const)));
    const status = Object.values(checks).every((outcome) => outcome === 'ok') ? 'ok' : 'unavailable';
    if (status === 'unavailable') void reply.status(503);
    return { status, checks };
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

  private async outcome(name: string, check: () => Promise<void>): Promise<'ok' | 'unavailable'> {
    let timer: NodeJS.Timeout | undefined;
    const late = new Promise<never>((_, reject) => {
      timer = setTimeout(() => reject(new Error('no answer in time')), CHECK_DEADLINE);
    });
    try {
      await Promise.race([check(), late]);
      return 'ok';
    } catch (error) {
      this.log.warn({ err: error, check: name }, 'readiness check failed');
      return 'unavailable';
    } finally {
      clearTimeout(timer);
    }
  }
}
